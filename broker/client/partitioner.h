// SPDX-License-Identifier: Apache-2.0
// Where a producer puts a record. Records with a key go by the murmur2 hash of its bytes exactly as
// the Java client places them, so that both agree; records without one stick to a partition for a
// batch (KIP-480), or go round. Range is the spread that consumers use for assignment.
#pragma once

#include <cstdint>
#include <vector>

#include "broker/base/bytes.h"

namespace faultline::client {

// Austin Appleby's MurmurHash2, 32 bits, with Kafka's seed 0x9747b28c.
uint32_t murmur2(Bytes key);

// The partition of a keyed record among `partitions` > 0.
int32_t partition_for_key(Bytes key, int32_t partitions);

enum class KeylessStrategy : uint8_t { kSticky, kRoundRobin };

// Chooses partitions of one topic for records without a key. `draw` is a random number of the
// caller's; it is used only where the sticky strategy moves on.
class KeylessPartitioner {
 public:
  explicit KeylessPartitioner(KeylessStrategy strategy) : strategy_(strategy) {}

  int32_t choose(int32_t partitions, uint64_t draw);
  // A batch of `partition` was closed: the sticky strategy leaves it.
  void on_batch_closed(int32_t partition) {
    if (strategy_ == KeylessStrategy::kSticky && partition == current_) current_ = -1;
  }
  bool needs_draw() const { return strategy_ == KeylessStrategy::kSticky && current_ < 0; }

 private:
  const KeylessStrategy strategy_;
  int32_t current_ = -1;
  int32_t previous_ = -1;
};

// Kafka's range assignment: contiguous blocks of `partitions` for `member` of `members`.
std::vector<int32_t> range_assignment(int32_t partitions, int32_t members, int32_t member);

}  // namespace faultline::client
