// SPDX-License-Identifier: Apache-2.0
// Goal: the three odd states of a page (pending, lost, cold) turn into one another exactly as
// page_cache.h says. Method: one small story for each rule.
#include "sim/disk/page_cache.h"

#include <string>

#include <gtest/gtest.h>

namespace faultline::sim {
namespace {

class CachedFileTest : public ::testing::Test {
 protected:
  void write(uint64_t offset, std::string_view text) {
    file_.write(stamp(), offset, {Slice::copy_of(text)});
  }
  void truncate(uint64_t size) { file_.truncate(stamp(), size); }
  OpStamp stamp() {
    ++number_;
    return {number_, number_, {}};
  }
  void sync() {
    for (const DataOp& op : file_.take_oldest(file_.pending().size())) file_.land(op);
  }
  std::string cached() { return std::string(file_.read({0, file_.size()}).text()); }
  std::string durable() {
    const Platter& platter = file_.platter();
    return std::string(platter.data().read({0, platter.size()}).text());
  }

  CachedFile file_;
  uint64_t number_ = 0;
};

TEST_F(CachedFileTest, OnlySettledOperationsAreOnThePlatter) {
  write(0, "abcdef");
  write(2, "XY");
  EXPECT_EQ(cached(), "abXYef");
  EXPECT_EQ(durable(), "");
  for (const DataOp& op : file_.take_oldest(1)) file_.land(op);
  EXPECT_EQ(durable(), "abcdef");
  EXPECT_EQ(file_.pending_bytes(), 2u);
  sync();
  EXPECT_EQ(durable(), "abXYef");
  truncate(3);
  EXPECT_EQ(cached(), "abX");
  EXPECT_EQ(durable(), "abXYef");
  sync();
  EXPECT_EQ(durable(), "abX");
}

TEST_F(CachedFileTest, CacheAndPlatterShareTheBytes) {
  const Slice batch = Slice::copy_of("batch");
  file_.write(stamp(), 0, {batch});
  sync();
  EXPECT_EQ(file_.read({0, 5}).data(), batch.data());
  EXPECT_EQ(file_.platter().data().read({0, 5}).data(), batch.data());
}

TEST_F(CachedFileTest, AfterAFailedSyncReadsSucceedUntilEviction) {
  write(0, "old");
  sync();
  write(0, "new page");
  EXPECT_EQ(file_.forget_pending(number_, 7), 8u);
  EXPECT_TRUE(file_.pending().empty());  // the next sync has nothing to do and succeeds
  EXPECT_EQ(cached(), "new page");
  EXPECT_EQ(file_.lost_by(), 7u);
  EXPECT_EQ(file_.evict(), 8u);
  EXPECT_EQ(cached(), std::string("old\0\0\0\0\0", 8));  // size is memory, bytes are not
  EXPECT_EQ(durable(), "old");
}

TEST_F(CachedFileTest, APowerLossBringsBackWhatAFailedSyncDidNotWrite) {
  write(0, "old");
  sync();
  write(0, "new page");
  file_.forget_pending(number_, 7);
  file_.restart();
  EXPECT_EQ(cached(), "old");
}

TEST_F(CachedFileTest, AFailedSyncForgetsOnlyWhatItCovered) {
  write(0, "aaaa");
  const uint64_t covered = number_;
  write(2, "bb");
  file_.forget_pending(covered, 1);
  EXPECT_EQ(file_.lost().total(), 2u);  // the other two bytes are pending once more
  sync();
  EXPECT_EQ(durable(), std::string("\0\0bb", 4));
}

TEST_F(CachedFileTest, ALaterWriteIntoALostPageSavesTheWholePage) {
  write(0, std::string(3 * kPageBytes, 'a'));
  file_.forget_pending(number_, 1);
  write(kPageBytes + 100, "b");
  EXPECT_EQ(file_.lost().total(), 2 * kPageBytes);
  sync();
  const std::string saved = durable();
  EXPECT_EQ(saved.substr(0, kPageBytes), std::string(kPageBytes, '\0'));
  EXPECT_EQ(saved.substr(kPageBytes, 100), std::string(100, 'a'));
  EXPECT_EQ(saved[kPageBytes + 100], 'b');
  EXPECT_EQ(saved.substr(kPageBytes + 101), std::string(kPageBytes - 101, 'a'));
}

TEST_F(CachedFileTest, TruncationEndsLostAndColdRanges) {
  write(0, "abcdef");
  file_.forget_pending(number_, 1);
  truncate(2);
  EXPECT_EQ(file_.lost().total(), 2u);
  truncate(6);
  EXPECT_EQ(cached(), std::string("ab\0\0\0\0", 6));
  sync();
  file_.restart();
  EXPECT_EQ(file_.cold_bytes_in({0, 100}), 6u);
  truncate(1);
  EXPECT_EQ(file_.cold_bytes_in({0, 100}), 1u);
}

TEST_F(CachedFileTest, FetchingBringsWholePagesOnce) {
  write(0, std::string(3 * kPageBytes, 'a'));
  sync();
  file_.restart();
  EXPECT_EQ(file_.fetch({kPageBytes + 5, kPageBytes + 6}).bytes, kPageBytes);
  EXPECT_EQ(file_.fetch({kPageBytes, 2 * kPageBytes}).bytes, 0u);
  EXPECT_EQ(file_.fetch({0, 3 * kPageBytes}).bytes, 2 * kPageBytes);
}

TEST_F(CachedFileTest, AnUnreadableSectorFailsReadsOfItsPageUntilRewritten) {
  write(0, std::string(2 * kPageBytes, 'a'));
  sync();
  file_.add_damage({.fault = 3, .place = {512, 1024}});
  EXPECT_TRUE(file_.fetch({0, kPageBytes}).is_readable);  // still in the cache
  file_.evict();
  const CachedFile::Fetched fetched = file_.fetch({0, 10});
  EXPECT_FALSE(fetched.is_readable);
  ASSERT_EQ(fetched.damage.size(), 1u);
  EXPECT_EQ(fetched.damage[0].fault, 3u);
  EXPECT_TRUE(file_.fetch({kPageBytes, 2 * kPageBytes}).is_readable);
  EXPECT_FALSE(file_.fetch({0, 10}).is_readable);
  write(512, std::string(512, 'b'));
  sync();
  EXPECT_TRUE(file_.fetch({0, 10}).is_readable);
}

TEST_F(CachedFileTest, AFlippedBitIsSeenFromThePlatterOnlyAndStays) {
  write(0, "aaaa");
  sync();
  file_.flip_bit({.fault = 4, .kind = MediaDamage::Kind::kFlippedBit, .place = {1, 2}, .mask = 2});
  EXPECT_EQ(cached(), "aaaa");
  file_.evict();
  EXPECT_EQ(file_.fetch({0, 4}).damage.size(), 1u);
  EXPECT_EQ(cached(), "acaa");
  file_.restart();
  EXPECT_EQ(file_.fetch({0, 4}).damage.size(), 1u);
  EXPECT_EQ(cached(), "acaa");
  file_.restart();
  file_.heal(4);
  EXPECT_EQ(file_.fetch({0, 4}).damage.size(), 0u);
  EXPECT_EQ(cached(), "aaaa");
}

TEST_F(CachedFileTest, EvictionKeepsDirtyPages) {
  write(0, "aaaa");
  sync();
  write(1, "bb");
  truncate(3);
  write(5, "c");
  EXPECT_EQ(file_.evict(), 0u);
  EXPECT_EQ(cached(), std::string("abb\0\0c", 6));
  EXPECT_EQ(file_.cold_bytes_in({0, 6}), 1u);
}

}  // namespace
}  // namespace faultline::sim
