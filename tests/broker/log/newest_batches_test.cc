// SPDX-License-Identifier: Apache-2.0
// Goal: a reader at the end of the log is led straight to its batch, and never to one that was cut
// away. Method: the places of drawn batches beside a list of them; logs that are read at every
// offset after they grew and were cut, and the bytes that this took.
#include <gtest/gtest.h>

#include "broker/base/prng.h"
#include "broker/log/segment_state.h"
#include "tests/broker/log/log_edges_fixture.h"

namespace faultline::log {
namespace {

TEST(NewestBatches, knows_the_last_sixteen) {
  Draws draws(1, 2, 3);
  NewestBatches newest;
  std::vector<NewestBatches::Place> all;
  EXPECT_FALSE(newest.before(0));
  Offset next = 5;
  for (int i = 0; i < 100; ++i) {
    all.push_back({next, static_cast<uint64_t>(i) * 10});
    newest.add(next, all.back().position);
    next += 1 + static_cast<Offset>(draws.below(3));
    for (Offset offset = 0; offset < next; ++offset) {
      const auto first = all.size() > 16 ? all.end() - 16 : all.begin();
      const auto behind = std::ranges::find_if(
          first, all.end(), [&](const auto& place) { return place.base_offset > offset; });
      const auto found = newest.before(offset);
      ASSERT_EQ(found.has_value(), behind != first);
      if (!found) continue;
      EXPECT_EQ(found->base_offset, std::prev(behind)->base_offset);
      EXPECT_EQ(found->position, std::prev(behind)->position);
    }
  }
  newest.clear();
  EXPECT_FALSE(newest.before(next));
}

class NewestBatchesTest : public LogEdgesTest {
 protected:
  Slice read(Log& log, Offset offset, size_t bytes_max = 1) {
    ReadRequest request;
    request.offset = offset;
    request.bytes_max = bytes_max;
    request.isolation = Isolation::kLogEnd;
    const Result<ReadResult> result = storage.run(log.read(request));
    EXPECT_TRUE(result.has_value() && !result->batches.empty()) << offset;
    return result->batches;
  }
  void expect_readable_everywhere(Log& log) {
    for (Offset offset = 0; offset < log.log_end_offset(); ++offset) {
      const Slice bytes = read(log, offset);
      const wire::BatchView batch(bytes.view());
      EXPECT_LE(batch.base_offset(), offset);
      EXPECT_GE(batch.last_offset(), offset);
      EXPECT_TRUE(batch.crc_is_valid());
    }
  }
};

TEST_F(NewestBatchesTest, a_reader_at_the_end_reads_no_other_batch) {
  const auto log = open();
  for (int i = 0; i < 100; ++i) append(*log, {.records = 2, .seed = static_cast<uint64_t>(i)});
  for (Offset offset = 168; offset < 200; ++offset) {
    const uint64_t before = storage.disk.bytes_wanted();
    const Slice got = read(*log, offset, 1 << 20);
    EXPECT_EQ(wire::BatchView(got.view()).base_offset(), offset / 2 * 2);
    EXPECT_EQ(storage.disk.bytes_wanted() - before, got.size());
  }
}

TEST_F(NewestBatchesTest, forgets_what_was_cut_away) {
  const auto log = open();
  for (uint64_t i = 0; i < 40; ++i) append(*log, {.records = 3, .value_size = i, .seed = i});
  for (const Offset cut : {110, 61, 60, 1}) {
    ASSERT_TRUE(storage.run(log->truncate_to(cut)));
    expect_readable_everywhere(*log);
    for (uint64_t i = 0; i < 5; ++i) {
      append(*log, {.records = 2, .value_size = 50 + i, .seed = i});
      expect_readable_everywhere(*log);
    }
  }
}

// A follower's log may have gaps, where compaction took batches: the one behind a gap must not be
// looked for where a batch lay that was cut away.
TEST_F(NewestBatchesTest, a_gap_where_something_was_cut_away_is_a_gap) {
  for (Offset cut = 0; cut < 96; cut += 2) {
    LogOptions options = followed();
    options.directory = "data/cut-" + std::to_string(cut) + "-0";
    const auto log = open(options);
    for (Offset base = 0; base < 100; base += 2) {
      const BatchSpec spec{.records = 2, .value_size = 100, .seed = static_cast<uint64_t>(base)};
      ASSERT_TRUE(copy(*log, base, 0, spec));
    }
    ASSERT_TRUE(storage.run(log->truncate_to(cut)));
    ASSERT_TRUE(copy(*log, 98, 0, {.records = 2}));
    for (Offset offset = cut; offset < 100; ++offset) {
      const Slice bytes = read(*log, offset);
      EXPECT_EQ(wire::BatchView(bytes.view()).base_offset(), 98);
    }
  }
}

}  // namespace
}  // namespace faultline::log
