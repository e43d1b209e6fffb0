// SPDX-License-Identifier: Apache-2.0
// Levels of states over the shards.
#include "model/explore/store.h"

#include <algorithm>

namespace faultline::model {

Store::Store(const SearchRules& rules)
    : hash_mask_(rules.hash_bits >= 64 ? UINT64_MAX : (uint64_t{1} << rules.hash_bits) - 1) {
  shards_.reserve(kShards);
  for (size_t i = 0; i < kShards; ++i) shards_.emplace_back(rules, region_);
  for (size_t i = 0; i < kShards; ++i) open_[i] = {shards_[i].end(), 0};
}

void Store::close_level() {
  chunks_.clear();
  uint64_t rank = 0;
  for (size_t i = 0; i < kShards; ++i) {
    uint64_t left = open_[i].count;
    for (const uint64_t start : chunk_starts_[i]) {
      const auto count = static_cast<uint32_t>(std::min<uint64_t>(left, kChunkStates));
      chunks_.push_back({.shard = static_cast<uint32_t>(i),
                         .count = count,
                         .first_rank = static_cast<uint32_t>(rank),
                         .offset = start});
      rank += count;
      left -= count;
    }
    ASSERT_OP(left, ==, 0);
    chunk_starts_[i].clear();
  }
  ASSERT_OP(rank, <, uint64_t{1} << 32);  // a rank has 32 bits
  levels_.push_back(open_);
  for (size_t i = 0; i < kShards; ++i) open_[i] = {shards_[i].end(), 0};
  closed_count_ = count();
}

uint64_t Store::states_of_last_level() const {
  uint64_t states = 0;
  for (const Segment& segment : levels_.back()) states += segment.count;
  return states;
}

Store::Stored Store::find(size_t level, uint32_t rank) const {
  uint64_t left = rank;
  for (size_t i = 0; i < kShards; ++i) {
    const Segment& segment = levels_[level][i];
    if (left >= segment.count) {
      left -= segment.count;
      continue;
    }
    uint64_t offset = shards_[i].settle(segment.offset);
    for (; left > 0; --left) offset = shards_[i].after(offset);
    const Bytes state = shards_[i].state_at(offset);
    return {{state.begin(), state.end()}, shards_[i].parent_at(offset)};
  }
  UNREACHABLE();
}

uint64_t Store::count() const {
  uint64_t count = 0;
  for (const Shard& shard : shards_) count += shard.count();
  return count;
}

uint64_t Store::packed_bytes() const {
  uint64_t bytes = 0;
  for (const Shard& shard : shards_) bytes += shard.packed_bytes();
  return bytes;
}

uint64_t Store::bytes() const {
  uint64_t bytes = chunks_.capacity() * sizeof(Chunk);
  for (const Shard& shard : shards_) bytes += shard.bytes();
  for (const auto& starts : chunk_starts_) bytes += starts.capacity() * sizeof(uint64_t);
  return bytes;
}

void Store::save(FileWriter& file) const {
  for (const Shard& shard : shards_) shard.save(file);
  file.list(levels_);
  file.list(std::vector<Level>{open_});
  for (const auto& starts : chunk_starts_) file.list(starts);
  file.list(chunks_);
  file.number(closed_count_);
}

bool Store::load(FileReader& file) {
  for (Shard& shard : shards_)
    if (!shard.load(file, hash_mask_)) return false;
  levels_ = file.list<Level>();
  const std::vector<Level> open = file.list<Level>();
  if (open.size() != 1) return false;
  open_ = open.front();
  for (auto& starts : chunk_starts_) starts = file.list<uint64_t>();
  chunks_ = file.list<Chunk>();
  closed_count_ = file.number();
  return file.is_good();
}

}  // namespace faultline::model
