// SPDX-License-Identifier: Apache-2.0
// murmur2 and the choice of a partition.
#include "broker/client/partitioner.h"

#include <algorithm>
#include <cstring>

#include "broker/base/assert.h"

namespace faultline::client {
namespace {

constexpr uint32_t kSeed = 0x9747b28c;
constexpr uint32_t kMultiplier = 0x5bd1e995;

uint32_t load_little_endian(const uint8_t* from) {
  uint32_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

}  // namespace

uint32_t murmur2(Bytes key) {
  uint32_t hash = kSeed ^ static_cast<uint32_t>(key.size());
  const size_t whole = key.size() / 4 * 4;
  for (size_t i = 0; i < whole; i += 4) {
    uint32_t word = load_little_endian(key.data() + i) * kMultiplier;
    word ^= word >> 24;
    hash = hash * kMultiplier ^ word * kMultiplier;
  }
  const size_t left = key.size() - whole;
  if (left >= 3) hash ^= uint32_t{key[whole + 2]} << 16;
  if (left >= 2) hash ^= uint32_t{key[whole + 1]} << 8;
  if (left >= 1) hash = (hash ^ key[whole]) * kMultiplier;
  hash = (hash ^ hash >> 13) * kMultiplier;
  return hash ^ hash >> 15;
}

int32_t partition_for_key(Bytes key, int32_t partitions) {
  ASSERT_OP(partitions, >, 0);
  return static_cast<int32_t>(murmur2(key) & 0x7fffffff) % partitions;
}

int32_t KeylessPartitioner::choose(int32_t partitions, uint64_t draw) {
  ASSERT_OP(partitions, >, 0);
  if (strategy_ == KeylessStrategy::kRoundRobin) {
    current_ = (current_ + 1) % partitions;
    return current_;
  }
  if (current_ < 0 || current_ >= partitions) {
    // Another partition than last time where there is one.
    const bool avoids = previous_ >= 0 && previous_ < partitions && partitions > 1;
    const auto choices = static_cast<uint64_t>(partitions - (avoids ? 1 : 0));
    current_ = static_cast<int32_t>(draw % choices);
    if (avoids && current_ >= previous_) ++current_;
    previous_ = current_;
  }
  return current_;
}

std::vector<int32_t> range_assignment(int32_t partitions, int32_t members, int32_t member) {
  ASSERT_OP(members, >, 0);
  ASSERT(member >= 0 && member < members);
  const int32_t each = partitions / members;
  const int32_t extra = partitions % members;
  const int32_t first = each * member + std::min(member, extra);
  const int32_t count = each + (member < extra ? 1 : 0);
  std::vector<int32_t> assigned;
  for (int32_t i = 0; i < count; ++i) assigned.push_back(first + i);
  return assigned;
}

}  // namespace faultline::client
