// SPDX-License-Identifier: Apache-2.0
// Goal: each fault of the disk does what disk_faults.h says, to whom it says, and counts what was
// felt of it. Method: one story for each kind on a DiskCore without time; events are read back.
#include "sim/disk/disk_core.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "broker/env/world_events.h"
#include "tests/sim/disk/disk_core_fixture.h"

namespace faultline::sim {
namespace {

TEST_F(DiskCoreTest, ErrorsHitTheirFilesOnlyAndInTheirTimeOnly) {
  inject({.id = 1,
          .kind = DiskFaultKind::kReadError,
          .paths = "*.log",
          .from = Instant{2000},
          .until = Instant{3000}});
  inject({.id = 2, .kind = DiskFaultKind::kNameError, .paths = "x*"});
  const NodeRef log = open("0.log");
  const NodeRef index = open("0.index");
  write(log, 0, "abc");
  write(index, 0, "abc");
  EXPECT_EQ(read(log), "abc");
  now_ = Instant{2000};
  EXPECT_EQ(read(log), "input/output error");
  EXPECT_EQ(read(index), "abc");
  now_ = Instant{3000};
  EXPECT_EQ(read(log), "abc");
  EXPECT_EQ(effects(1), (DiskFaultEffects{.hits = 1, .observed = 1, .bytes = 3}));
  EXPECT_EQ(core_.open("xy", OpenMode::kCreate, now_).error().code, ErrorCode::kIo);
  EXPECT_EQ(name(PathOp::Kind::kMakeDirectory, "xz"), "input/output error");
  EXPECT_EQ(name(PathOp::Kind::kMakeDirectory, "z"), "ok");
  EXPECT_EQ(effects(2).observed, 2u);
  const auto failures = probe_.all<DiskFailed>();
  ASSERT_EQ(failures.size(), 3u);
  EXPECT_EQ(failures[0].action, "read");
  EXPECT_EQ(failures[0].fault, 1u);
  EXPECT_EQ(failures[0].length, 3);
}

TEST_F(DiskCoreTest, NthAndHitsMaxCountOperationsOfTheFault) {
  inject({.id = 1, .kind = DiskFaultKind::kReadError, .nth = 3});
  inject({.id = 2, .kind = DiskFaultKind::kSyncError, .hits_max = 2});
  const NodeRef file = open("a");
  write(file, 0, "abc");
  std::string reads;
  for (int i = 0; i < 5; ++i) reads += read(file).substr(0, 1);
  EXPECT_EQ(reads, "aaiaa");
  std::string syncs;
  for (int i = 0; i < 4; ++i) syncs += sync(file).substr(0, 1);
  EXPECT_EQ(syncs, "iioo");
}

TEST_F(DiskCoreTest, AWriteErrorMayLeaveAPrefix) {
  inject({.id = 1, .kind = DiskFaultKind::kWriteError});
  const NodeRef file = open("a");
  std::set<uint64_t> sizes;
  for (int i = 0; i < 40; ++i) {
    const uint64_t before = core_.size(file);
    EXPECT_EQ(write(file, before, "abcdefgh"), "input/output error");
    sizes.insert(core_.size(file) - before);
  }
  EXPECT_TRUE(sizes.contains(0));
  EXPECT_TRUE(sizes.contains(8));
  EXPECT_GT(sizes.size(), 5u);
  EXPECT_EQ(effects(1).observed, 40u);
}

TEST_F(DiskCoreTest, AReadOnlyDiskRefusesEveryChange) {
  const NodeRef file = open("a");
  write(file, 0, "abc");
  inject({.id = 1, .kind = DiskFaultKind::kReadOnly});
  EXPECT_EQ(write(file, 0, "x"), "read-only");
  EXPECT_EQ(said(core_.truncate(file, 0, now_)), "read-only");
  EXPECT_EQ(name(PathOp::Kind::kRemove, "a"), "read-only");
  EXPECT_EQ(name(PathOp::Kind::kRename, "a", "b"), "read-only");
  EXPECT_EQ(core_.open("b", OpenMode::kCreate, now_).error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(read(file), "abc");
  EXPECT_EQ(effects(1).observed, 5u);
  core_.faults().end(1);
  EXPECT_EQ(write(file, 0, "x"), "ok");
}

TEST_F(DiskCoreTest, AFullDiskTakesThePrefixThatFits) {
  const NodeRef file = open("a");
  write(file, 0, "abc");
  inject({.id = 1, .kind = DiskFaultKind::kNoSpace, .amount = 4});
  EXPECT_EQ(core_.free_bytes(now_), 4u);
  EXPECT_EQ(write(file, 1, "BCDEFGHI"), "no space left");  // two of the bytes are there already
  EXPECT_EQ(read(file), "aBCDEFG");
  EXPECT_EQ(write(file, 0, "ABCDEFG"), "ok");  // needs nothing
  EXPECT_EQ(write(file, 7, "x"), "no space left");
  EXPECT_EQ(effects(1), (DiskFaultEffects{.hits = 2, .observed = 2, .bytes = 3}));
  EXPECT_EQ(said(core_.truncate(file, 5, now_)), "ok");
  EXPECT_EQ(write(file, 5, "xy"), "ok");
  core_.faults().end(1);
  EXPECT_EQ(write(file, 7, "more"), "ok");
}

class SmallDiskTest : public DiskCoreTest {
 protected:
  SmallDiskTest() : DiskCoreTest({.capacity_bytes = 10}) {}
};

TEST_F(SmallDiskTest, CapacityCountsWhatIsNamedOrOpen) {
  const NodeRef a = open("a");
  const NodeRef b = open("b");
  EXPECT_EQ(write(a, 0, "abcdef"), "ok");
  EXPECT_EQ(write(b, 1'000'000, "ghijkl"), "no space left");  // a hole takes no space
  EXPECT_EQ(core_.free_bytes(now_), 0u);
  EXPECT_EQ(name(PathOp::Kind::kRemove, "a"), "ok");
  EXPECT_EQ(core_.free_bytes(now_), 0u);  // somebody still holds it
  core_.close(a);
  EXPECT_EQ(core_.free_bytes(now_), 6u);
  core_.close(b);
  core_.close(open("c"));
  EXPECT_EQ(name(PathOp::Kind::kRename, "c", "b"), "ok");
  EXPECT_EQ(core_.free_bytes(now_), 10u);
}

TEST_F(DiskCoreTest, AFailedSyncDropsThePagesAndTheNextOneSucceeds) {
  inject({.id = 1, .kind = DiskFaultKind::kSyncError, .hits_max = 1});
  const NodeRef file = open("a");
  name(PathOp::Kind::kSyncDirectory, "");
  write(file, 0, "abc");
  EXPECT_EQ(sync(file), "input/output error");
  EXPECT_EQ(effects(1), (DiskFaultEffects{.hits = 1, .observed = 1, .bytes = 3}));
  const auto lost = probe_.all<history::DiskLost>();
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].why, "sync_error");
  EXPECT_EQ(lost[0].path, "a");
  EXPECT_EQ(sync(file), "ok");
  EXPECT_EQ(read(file), "abc");
  evict();
  EXPECT_EQ(read(file), std::string(3, '\0'));
  EXPECT_EQ(effects(1).observed, 2u);
  core_.close(file);
  core_.lose_power(2, now_);
  EXPECT_EQ(read(open("a")), "");
}

TEST_F(DiskCoreTest, AFailedSyncForgetsNothingThatWasWrittenBackBefore) {
  inject({.id = 1, .kind = DiskFaultKind::kSyncError});
  const NodeRef file = open("a");
  write(file, 0, "old");
  now_ = now_ + seconds(31);
  write(file, 3, "new");
  EXPECT_EQ(sync(file), "input/output error");
  EXPECT_EQ(effects(1).bytes, 3u);
  evict();
  EXPECT_EQ(read(file), std::string("old\0\0\0", 6));
}

TEST_F(DiskCoreTest, LatentSectorErrorsFailReadsUntilTheSectorIsRewritten) {
  const NodeRef file = open("a");
  write(file, 0, std::string(1000, 'a'));
  sync(file);
  inject({.id = 1, .kind = DiskFaultKind::kLatentSectorError, .paths = "a", .amount = 1});
  EXPECT_EQ(read(file), "input/output error");
  EXPECT_EQ(effects(1).hits, 1u);
  EXPECT_EQ(effects(1).observed, 1u);
  EXPECT_EQ(read(file), "input/output error");
  EXPECT_EQ(write(file, 0, std::string(1000, 'b')), "ok");
  EXPECT_EQ(read(file), std::string(1000, 'b'));
  sync(file);
  evict();
  EXPECT_EQ(read(file), std::string(1000, 'b'));
}

TEST_F(DiskCoreTest, DamageUnderDirtyPagesIsNotMet) {
  const NodeRef file = open("a");
  write(file, 0, std::string(1000, 'a'));
  sync(file);
  write(file, 0, std::string(1000, 'b'));
  inject({.id = 1, .kind = DiskFaultKind::kBitRot, .amount = 20});
  EXPECT_EQ(read(file), std::string(1000, 'b'));
  EXPECT_EQ(effects(1), (DiskFaultEffects{.hits = 20}));
  sync(file);
  evict();
  EXPECT_EQ(read(file), std::string(1000, 'b'));
}

TEST_F(DiskCoreTest, BitRotIsStableAndCanBeTakenBack) {
  const NodeRef file = open("a");
  write(file, 0, std::string(5000, 'a'));
  sync(file);
  inject({.id = 1, .kind = DiskFaultKind::kBitRot, .amount = 3});
  const std::string rotten = read(file);
  int differing = 0;
  for (const char byte : rotten) differing += byte != 'a';
  EXPECT_EQ(differing, 3);
  EXPECT_EQ(effects(1), (DiskFaultEffects{.hits = 3, .observed = 3, .bytes = 3}));
  EXPECT_EQ(probe_.all<history::DiskDamaged>().size(), 3u);
  evict();
  EXPECT_EQ(read(file), rotten);
  evict();
  core_.free_bytes(now_);
  core_.heal_media(1);
  EXPECT_EQ(read(file), std::string(5000, 'a'));
}

TEST_F(DiskCoreTest, DamageIsSpreadOverThePagesOfAllFilesThatMatch) {
  for (int i = 0; i < 10; ++i) {
    const NodeRef file = open(std::to_string(i) + ".log");
    write(file, 0, std::string(10 * kPageBytes, 'a'));
    sync(file);
  }
  sync(open("other"));
  inject({.id = 1, .kind = DiskFaultKind::kLatentSectorError, .paths = "*.log", .amount = 30});
  core_.free_bytes(now_);
  std::map<std::string, int> hits;
  for (const history::DiskDamaged& damage : probe_.all<history::DiskDamaged>()) ++hits[damage.path];
  EXPECT_EQ(effects(1).hits, 30u);
  EXPECT_GE(hits.size(), 6u);
  EXPECT_FALSE(hits.contains("other"));
}

TEST_F(DiskCoreTest, AMisdirectedWriteHarmsTwoPlaces) {
  uint64_t other_file = 0;
  uint64_t same_file = 0;
  for (uint64_t id = 1; id <= 40; ++id) {
    const std::string suffix = std::to_string(id);
    const NodeRef a = open("a" + suffix);
    const NodeRef b = open("b" + suffix);
    for (const NodeRef file : {a, b}) {
      write(file, 0, std::string(8 * kPageBytes, 'o'));
      sync(file);
    }
    inject({.id = id, .kind = DiskFaultKind::kMisdirectedWrite, .paths = "a*", .hits_max = 1});
    write(a, 3 * kPageBytes, std::string(kPageBytes, 'n'));
    sync(a);
    core_.faults().end(id);
    EXPECT_EQ(read(a)[3 * kPageBytes], 'n');  // the cache is right
    evict();
    const std::string left = read(a);
    EXPECT_EQ(left[3 * kPageBytes], 'o') << "the write must not be at its place";
    EXPECT_EQ(effects(id).hits, 1u);
    EXPECT_GE(effects(id).observed, 1u);
    same_file += left.find('n') != left.npos;
    for (uint64_t other = 1; other <= id; ++other) {
      const NodeRef file = open("b" + std::to_string(other));
      other_file += read(file).find('n') != std::string::npos;
      core_.close(file);
    }
  }
  EXPECT_GT(same_file, 5u);
  EXPECT_GT(other_file, 2u);
}

TEST_F(DiskCoreTest, ALostWriteIsMissingFromThePlatterOnly) {
  inject({.id = 1, .kind = DiskFaultKind::kLostWrite, .nth = 2});
  const NodeRef file = open("a");
  write(file, 0, "aaaa");
  write(file, 4, "bbbb");
  write(file, 8, "cccc");
  EXPECT_EQ(sync(file), "ok");
  EXPECT_EQ(read(file), "aaaabbbbcccc");
  evict();
  EXPECT_EQ(read(file), std::string("aaaa\0\0\0\0cccc", 12));
  EXPECT_EQ(effects(1), (DiskFaultEffects{.hits = 1, .observed = 1, .bytes = 4}));
}

TEST_F(DiskCoreTest, LocksBelongToTheProcess) {
  EXPECT_EQ(name(PathOp::Kind::kLock, ".lock"), "ok");
  EXPECT_EQ(name(PathOp::Kind::kLock, ".lock"), "locked by another");
  core_.release_locks();
  EXPECT_EQ(name(PathOp::Kind::kLock, ".lock"), "ok");
}

}  // namespace
}  // namespace faultline::sim
