// SPDX-License-Identifier: Apache-2.0
// Goal: a simulated disk and a real directory can be copied into each other without loss, in both
// views. Method: an image with empty files, directories and holes goes through every conversion.
#include "sim/disk/disk_image.h"

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "broker/env/local_executor.h"
#include "broker/runtime/posix_disk.h"
#include "tests/sim/disk/recording_probe.h"

namespace faultline::sim {
namespace {

DiskImage sample() {
  DiskImage image;
  image.directories = {"empty", "t-0", "t-0/deep"};
  image.files["meta.properties"] = Slice::of_static("version=1\n");
  image.files["t-0/0.log"] = Slice::copy_of(std::string(10'000, 'x'));
  image.files["t-0/deep/nothing"] = Slice();
  return image;
}

class DiskImageTest : public ::testing::Test {
 protected:
  RecordingProbe probe_;
  DiskCore core_{{}, 1, probe_};
};

TEST_F(DiskImageTest, WhatIsImportedIsDurableColdAndExportedAgain) {
  ASSERT_TRUE(import_image(core_, sample(), {}).has_value());
  EXPECT_EQ(*export_image(core_, DiskView::kCache), sample());
  EXPECT_EQ(*export_image(core_, DiskView::kPlatter), sample());
  const NodeRef log = *core_.tree().find("t-0/0.log");
  EXPECT_EQ(core_.tree().file(log).cold_bytes_in({0, 10'000}), 10'000u);
  EXPECT_EQ(core_.tree().file(log).read({0, 10'000}).data(),
            export_image(core_, DiskView::kCache)->files["t-0/0.log"].data());
  PowerLossRules rules;
  rules.keep = {0, 1};
  rules.keep_everything = {0, 1};
  core_.lose_power(1, rules, {});
  EXPECT_EQ(*export_image(core_, DiskView::kCache), sample());
}

TEST_F(DiskImageTest, TheViewsDifferByWhatIsNotSynced) {
  ASSERT_TRUE(import_image(core_, sample(), {}).has_value());
  const NodeRef log = *core_.open("t-0/0.log", OpenMode::kReadWrite, {});
  ASSERT_TRUE(core_.write(log, 0, {Slice::of_static("y")}, {}).has_value());
  core_.close(log);
  core_.close(*core_.open("new", OpenMode::kCreate, {}));
  ASSERT_TRUE(core_.change_names(PathOp::Kind::kRemove, "empty", "", {}).has_value());
  EXPECT_EQ(*export_image(core_, DiskView::kPlatter), sample());
  const DiskImage cached = *export_image(core_, DiskView::kCache);
  EXPECT_EQ(cached.files.at("t-0/0.log")[0], 'y');
  EXPECT_TRUE(cached.files.contains("new"));
  EXPECT_FALSE(cached.directories.contains("empty"));
}

TEST_F(DiskImageTest, ImportingReplacesFilesAndRefusesIllegalPaths) {
  ASSERT_TRUE(import_image(core_, sample(), {}).has_value());
  DiskImage other;
  other.files["t-0/0.log"] = Slice::of_static("short");
  ASSERT_TRUE(import_image(core_, other, {}).has_value());
  EXPECT_EQ(export_image(core_, DiskView::kPlatter)->files["t-0/0.log"].text(), "short");
  other.files["../x"] = Slice();
  EXPECT_EQ(import_image(core_, other, {}).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(DiskImageTest, ARealDirectoryGoesInAndComesOut) {
  std::string pattern = ::testing::TempDir() + "disk_image_XXXXXX";
  const std::filesystem::path root = ::mkdtemp(pattern.data());
  {
    LocalExecutor executor;
    const auto posix = std::move(*PosixDisk::open_root(root));
    for (const std::string below : {"", "a/b"}) {
      const Result<void> written =
          run_to_completion(executor, write_image(posix.get(), below, sample()));
      ASSERT_TRUE(written.has_value()) << written.error().to_string();
      EXPECT_EQ(std::filesystem::file_size(root / below / "t-0/0.log"), 10'000u);
    }
    const Result<DiskImage> read = run_to_completion(executor, read_image(posix.get(), "a/b"));
    EXPECT_EQ(*read, sample());
    const Result<DiskImage> missing = run_to_completion(executor, read_image(posix.get(), "no"));
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  }
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace faultline::sim
