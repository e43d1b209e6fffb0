// SPDX-License-Identifier: Apache-2.0
// Goal: PlatterFiles knows after each event of a disk which bytes are not on the platter. Method:
// short histories by hand, one per rule; runs of the real disk are in scene_test.cc.
#include "analysis/report/platter_files.h"

#include <gtest/gtest.h>

namespace faultline::report {
namespace {

constexpr uint64_t kFile = 7;
constexpr uint64_t kNone = PlatterFiles::kNothingMissing;

PlatterFiles with_file(int64_t write_back_after_ns = 0) {
  PlatterFiles files(write_back_after_ns);
  files.on(kFile, {.change = "create", .path = "log"});
  return files;
}

void write(PlatterFiles& files, int64_t number, int64_t offset, int64_t length,
           int64_t time_ns = 0) {
  files.on(kFile, {.number = number, .offset = offset, .length = length, .asked = length}, time_ns);
}

TEST(PlatterFiles, a_write_is_missing_until_it_is_synced) {
  PlatterFiles files = with_file();
  EXPECT_EQ(files.first_missing("log"), kNone);
  write(files, 1, 0, 100);
  write(files, 2, 100, 50);
  EXPECT_EQ(files.first_missing("log"), 0u);
  EXPECT_EQ(files.unsynced_bytes(), 150u);
  files.on(kFile, sim::DiskSynced{.number = 1, .bytes = 100});
  EXPECT_EQ(files.first_missing("log"), 100u);
  EXPECT_EQ(files.unsynced_bytes(), 50u);
  files.on(kFile, sim::DiskSynced{.number = 2, .bytes = 50});
  EXPECT_EQ(files.first_missing("log"), kNone);
  EXPECT_EQ(files.unsynced_bytes(), 0u);
}

TEST(PlatterFiles, what_a_failed_sync_drops_stays_missing_through_later_syncs) {
  PlatterFiles files = with_file();
  write(files, 1, 0, 10'000);
  files.on(history::DiskLost{.path = "log", .offset = 0, .length = 10'000, .why = "sync_error"});
  EXPECT_EQ(files.unsynced_bytes(), 0u);
  write(files, 2, 20'000, 100);
  files.on(kFile, sim::DiskSynced{.number = 2, .bytes = 100});
  EXPECT_EQ(files.first_missing("log"), 0u);
}

TEST(PlatterFiles, a_later_write_into_the_page_saves_what_was_dropped_of_it) {
  PlatterFiles files = with_file();
  write(files, 1, 0, 5'000);
  files.on(history::DiskLost{.path = "log", .offset = 0, .length = 5'000, .why = "sync_error"});
  write(files, 2, 5'000, 10);  // in the second page, which holds the bytes from 4,096 on
  EXPECT_EQ(files.unsynced_bytes(), 904u + 10u);
  files.on(kFile, sim::DiskSynced{.number = 2, .bytes = 914});
  EXPECT_EQ(files.first_missing("log"), 0u);
  write(files, 3, 100, 1);
  files.on(kFile, sim::DiskSynced{.number = 3, .bytes = 4096});
  EXPECT_EQ(files.first_missing("log"), kNone);
}

TEST(PlatterFiles, a_power_loss_leaves_nothing_to_be_synced) {
  PlatterFiles files = with_file();
  write(files, 1, 0, 100);
  files.on(sim::DiskPowerLost{});
  EXPECT_EQ(files.first_missing("log"), kNone);
  EXPECT_EQ(files.unsynced_bytes(), 0u);
}

TEST(PlatterFiles, a_file_renamed_over_another_takes_its_place) {
  PlatterFiles files = with_file();
  write(files, 1, 0, 100);
  files.on(9, {.change = "create", .path = "log.tmp"});
  files.on(9, {.change = "rename", .path = "log"});
  EXPECT_EQ(files.first_missing("log"), kNone);
  EXPECT_EQ(files.first_missing("log.tmp"), kNone);
  EXPECT_EQ(files.unsynced_bytes(), 0u);
  EXPECT_EQ(files.path_of(9), "log");
}

TEST(PlatterFiles, what_is_cut_off_or_removed_is_not_missed) {
  PlatterFiles files = with_file();
  write(files, 1, 0, 100);
  write(files, 2, 100, 100);
  files.on(kFile, sim::DiskTruncated{.number = 3, .size = 150});
  EXPECT_EQ(files.unsynced_bytes(), 150u);
  files.on(kFile, sim::DiskNamed{.change = "remove", .path = "log"});
  EXPECT_EQ(files.unsynced_bytes(), 0u);
  EXPECT_EQ(files.first_missing("log"), kNone);
}

TEST(PlatterFiles, the_system_writes_back_what_is_old) {
  PlatterFiles files = with_file(/*write_back_after_ns=*/1000);
  write(files, 1, 0, 100, 0);
  write(files, 2, 100, 100, 500);
  files.settle(1000);
  EXPECT_EQ(files.first_missing("log"), 0u);
  files.settle(1001);
  EXPECT_EQ(files.first_missing("log"), 100u);
  files.settle(1501);
  EXPECT_EQ(files.first_missing("log"), kNone);
}

TEST(PlatterFiles, nonsense_of_a_damaged_trace_does_no_harm) {
  PlatterFiles files = with_file();
  write(files, 1, -5, -7);
  write(files, 1, -5, 7);
  files.on(kFile, sim::DiskTruncated{.number = 2, .size = -1});
  files.on(sim::DiskFileCut{.path = "no such file", .size_after = -3});
  files.on(history::DiskLost{.path = "", .offset = -1, .length = -1, .why = "sync_error"});
  files.on(99, sim::DiskNamed{.change = "remove", .path = "no such file"});
  EXPECT_EQ(files.unsynced_bytes(), 0u);
}

}  // namespace
}  // namespace faultline::report
