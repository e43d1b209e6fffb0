// SPDX-License-Identifier: Apache-2.0
// Goal: a power loss of a whole disk keeps what was synced, tells what it took, and follows its
// rules over files and names together. Method: stories on a DiskCore without time.
#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "broker/env/world_events.h"
#include "sim/disk/disk_core.h"
#include "sim/disk/power_loss_events.h"
#include "tests/sim/disk/disk_core_fixture.h"

namespace faultline::sim {
namespace {

TEST_F(DiskCoreTest, PowerLossTellsWhatItTook) {
  PowerLossRules rules;
  rules.keep = {0, 1};
  rules.reorder = {0, 1};
  rules.keep_everything = {0, 1};
  name(PathOp::Kind::kMakeDirectory, "t-0");
  const NodeRef log = open("t-0/0.log");
  name(PathOp::Kind::kSyncDirectory, "");
  name(PathOp::Kind::kSyncDirectory, "t-0");
  write(log, 0, "synced");
  sync(log);
  write(log, 6, "not synced");
  const NodeRef index = open("t-0/0.index");
  write(index, 0, "entry");
  sync(index);  // durable bytes without a durable name
  core_.close(log);
  core_.close(index);
  const PowerLossReport report = core_.lose_power(77, rules, now_);
  ASSERT_EQ(report.files.size(), 1u);
  EXPECT_EQ(report.files[0].lost, (std::vector<ByteRange>{{6, 16}}));
  ASSERT_EQ(report.names.size(), 1u);
  EXPECT_EQ(report.names[0].path, "t-0/0.index");
  ASSERT_EQ(report.vanished.size(), 1u);
  EXPECT_EQ(effects(77), (DiskFaultEffects{.hits = 1, .observed = 2, .bytes = 10}));
  const auto lost = probe_.all<history::DiskLost>();
  ASSERT_EQ(lost.size(), 2u);
  EXPECT_EQ(lost[0].path, "t-0/0.log");
  EXPECT_EQ(lost[0].offset, 6);
  EXPECT_EQ(lost[1].path, "t-0/0.index");
  EXPECT_EQ(lost[1].length, 5);
  EXPECT_EQ(probe_.all<DiskPowerLost>().size(), 1u);
  EXPECT_EQ(read(open("t-0/0.log")), "synced");
  EXPECT_EQ(core_.used_bytes(), 6u);
}

TEST_F(DiskCoreTest, OneInTenPowerLossesKeepsEverything) {
  int kept = 0;
  for (uint64_t fault = 1; fault <= 1000; ++fault) {
    const NodeRef file = open("a");
    write(file, core_.size(file), "x");
    core_.close(file);
    const bool kept_everything = core_.lose_power(fault, now_).kept_everything;
    if (kept_everything) EXPECT_TRUE(core_.tree().find("a").has_value());
    kept += kept_everything;
  }
  EXPECT_GT(kept, 70);
  EXPECT_LT(kept, 130);
}

TEST_F(DiskCoreTest, OldPagesAreWrittenBackByThemselves) {
  PowerLossRules rules;
  rules.keep = {0, 1};
  rules.keep_everything = {0, 1};
  const NodeRef file = open("a");
  name(PathOp::Kind::kSyncDirectory, "");
  write(file, 0, "old");
  now_ = now_ + seconds(31);
  write(file, 3, "new");
  core_.close(file);
  core_.lose_power(1, rules, now_);
  EXPECT_EQ(read(open("a")).substr(0, 3), "old");
}

class OrderedDiskTest : public DiskCoreTest {
 protected:
  OrderedDiskTest() : DiskCoreTest({.power_loss = rules()}) {}
  static PowerLossRules rules() {
    PowerLossRules rules;
    rules.ordering = DiskOrdering::kOrdered;
    rules.keep = {0, 1};
    rules.keep_everything = {0, 1};
    return rules;
  }
};

TEST_F(OrderedDiskTest, AJournalMakesEarlierNamesDurableWithTheFile) {
  name(PathOp::Kind::kMakeDirectory, "d");
  const NodeRef file = open("d/a");
  write(file, 0, "abc");
  sync(file);
  core_.close(open("d/b"));
  core_.close(file);
  core_.lose_power(1, now_);
  EXPECT_EQ(read(open("d/a")), "abc");
  EXPECT_FALSE(core_.tree().find("d/b").has_value());
}

class StrictDiskTest : public DiskCoreTest {
 protected:
  StrictDiskTest() : DiskCoreTest({.power_loss = rules()}) {}
  static PowerLossRules rules() {
    PowerLossRules rules;
    rules.ordering = DiskOrdering::kStrictPrefix;
    rules.torn = {0, 1};
    rules.keep_everything = {0, 1};
    return rules;
  }
};

TEST_F(StrictDiskTest, APrefixOverAllFilesAndNamesSurvives) {
  std::set<uint64_t> lengths;
  for (uint64_t round = 1; round <= 60; ++round) {
    const std::string prefix = std::to_string(round) + "/";
    name(PathOp::Kind::kMakeDirectory, std::to_string(round));
    const NodeRef first = open(prefix + "a");
    write(first, 0, "0");
    sync(first);  // everything before is durable with it
    const NodeRef second = open(prefix + "b");
    for (int i = 1; i <= 9; ++i) {
      const NodeRef file = i % 2 == 0 ? first : second;
      write(file, core_.size(file), std::to_string(i));
    }
    core_.close(first);
    core_.close(second);
    core_.lose_power(round, now_);
    std::string left = read(open(prefix + "a"));
    const bool has_second = core_.tree().find(prefix + "b").has_value();
    if (has_second) left += read(open(prefix + "b"));
    std::sort(left.begin(), left.end());
    EXPECT_EQ(left, std::string("0123456789").substr(0, left.size()));
    lengths.insert(left.size());
    for (const std::string file : {"a", "b"}) {
      if (core_.tree().find(prefix + file).has_value()) {
        const NodeRef node = *core_.tree().find(prefix + file);
        while (core_.tree().open_handles(node) > 0) core_.close(node);
      }
    }
  }
  EXPECT_GT(lengths.size(), 6u);
}

}  // namespace
}  // namespace faultline::sim
