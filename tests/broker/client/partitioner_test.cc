// SPDX-License-Identifier: Apache-2.0
// Goal: records land where Apache Kafka puts them. Method: the vectors of Kafka's own UtilsTest;
// all records of a topic that Kafka's Java client filled; small examples of the other strategies.
#include "broker/client/partitioner.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "broker/wire/record.h"
#include "broker/wire/record_batch.h"

namespace faultline::client {
namespace {

namespace fs = std::filesystem;

TEST(Partitioner, hashes_as_the_vectors_of_kafka_say) {
  const std::pair<const char*, int32_t> vectors[] = {
      {"21", -973932308},
      {"foobar", -790332482},
      {"a-little-bit-long-string", -985981536},
      {"a-little-bit-longer-string", -1486304829},
      {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
      {"abc", 479470107},
  };
  for (const auto& [key, hash] : vectors)
    EXPECT_EQ(static_cast<int32_t>(murmur2(as_bytes(key))), hash) << key;
}

// Checks every record of one segment; returns how many there were.
int check_segment(const fs::path& path, int32_t partition) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const Slice bytes = Slice::copy_of(text);
  int count = 0;
  size_t at = 0;
  while (at < bytes.size()) {
    const auto batch = wire::parse_batch(bytes.view().subspan(at));
    EXPECT_TRUE(batch.has_value());
    if (!batch) break;
    const auto plain = wire::plain_records(bytes.subslice(at, batch->size()), 1 << 26);
    EXPECT_TRUE(plain.has_value());
    wire::RecordIterator records(plain->view(), batch->record_count());
    while (const auto record = records.next()) {
      EXPECT_TRUE(as_text(*record->key).starts_with("user-"));
      EXPECT_EQ(partition_for_key(*record->key, 6), partition) << as_text(*record->key);
      ++count;
    }
    EXPECT_TRUE(records.finished());
    at += batch->size();
  }
  return count;
}

TEST(Partitioner, puts_every_key_where_kafka_put_it) {
  const fs::path root = fs::path(FAULTLINE_SHARED_DIR) / "data/kafka-4.1-golden/clean-shutdown";
  if (!fs::exists(root)) GTEST_SKIP() << "no recorded Kafka data at " << root;
  int records = 0;
  for (int32_t partition = 0; partition < 6; ++partition) {
    int here = 0;
    for (const auto& entry :
         fs::directory_iterator(root / ("six-partitions-" + std::to_string(partition))))
      if (entry.path().extension() == ".log") here += check_segment(entry.path(), partition);
    EXPECT_GT(here, 0) << partition;
    records += here;
  }
  EXPECT_GE(records, 60);
}

TEST(Partitioner, range_gives_contiguous_blocks_and_the_rest_to_the_first) {
  EXPECT_EQ(range_assignment(7, 3, 0), (std::vector<int32_t>{0, 1, 2}));
  EXPECT_EQ(range_assignment(7, 3, 1), (std::vector<int32_t>{3, 4}));
  EXPECT_EQ(range_assignment(7, 3, 2), (std::vector<int32_t>{5, 6}));
  EXPECT_TRUE(range_assignment(2, 3, 2).empty());
}

RC_GTEST_PROP(Partitioner, range_covers_every_partition_once, ()) {
  const auto partitions = *rc::gen::inRange(0, 200);
  const auto members = *rc::gen::inRange(1, 30);
  std::vector<int32_t> all;
  for (int32_t member = 0; member < members; ++member)
    for (const int32_t partition : range_assignment(partitions, members, member))
      all.push_back(partition);
  RC_ASSERT(all.size() == static_cast<size_t>(partitions));
  for (int32_t i = 0; i < partitions; ++i) RC_ASSERT(all[static_cast<size_t>(i)] == i);
}

TEST(Partitioner, round_robin_goes_round_whatever_batches_close) {
  KeylessPartitioner keyless(KeylessStrategy::kRoundRobin);
  for (const int32_t expected : {0, 1, 2, 0, 1, 2, 0}) {
    EXPECT_FALSE(keyless.needs_draw());
    EXPECT_EQ(keyless.choose(3, 0), expected);
    keyless.on_batch_closed(expected);
  }
}

TEST(Partitioner, sticky_stays_until_its_own_batch_closes_and_then_leaves) {
  KeylessPartitioner keyless(KeylessStrategy::kSticky);
  int32_t current = keyless.choose(4, 2);
  EXPECT_EQ(current, 2);
  for (uint64_t draw = 0; draw < 40; ++draw) {
    EXPECT_FALSE(keyless.needs_draw());
    EXPECT_EQ(keyless.choose(4, draw), current);
    keyless.on_batch_closed((current + 1) % 4);  // another's: no reason to move
    EXPECT_EQ(keyless.choose(4, draw), current);
    keyless.on_batch_closed(current);
    EXPECT_TRUE(keyless.needs_draw());
    const int32_t next = keyless.choose(4, draw);
    EXPECT_NE(next, current);
    EXPECT_TRUE(next >= 0 && next < 4);
    current = next;
  }
}

TEST(Partitioner, sticky_has_no_choice_with_one_partition) {
  KeylessPartitioner keyless(KeylessStrategy::kSticky);
  EXPECT_EQ(keyless.choose(1, 7), 0);
  keyless.on_batch_closed(0);
  EXPECT_EQ(keyless.choose(1, 8), 0);
}

}  // namespace
}  // namespace faultline::client
