// SPDX-License-Identifier: Apache-2.0
// Store: all states of a breadth-first search, in a fixed number of shards, level by level. A state
// is named by its level and its rank there: shard by shard, in the order in which they were added.
// That order does not depend on the number of threads, and so nothing that a search says does.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "broker/base/hash.h"
#include "model/explore/shard.h"

namespace faultline::model {

class Store {
 public:
  static constexpr size_t kShards = 16;
  static constexpr uint32_t kChunkStates = 64;

  // Neighbours of one level and shard, at most kChunkStates: the unit of work.
  struct Chunk {
    uint32_t shard = 0;
    uint32_t count = 0;
    uint32_t first_rank = 0;
    uint64_t offset = 0;
  };

  explicit Store(const SearchRules& rules);

  uint64_t hash_of(Bytes state) const { return hash64(state) & hash_mask_; }
  static size_t shard_of(uint64_t hash) { return static_cast<size_t>(hash % kShards); }

  const Shard& shard(size_t number) const { return shards_[number]; }
  struct Added {
    bool is_new = false;
    bool is_in_open_level = false;  // new, or added since the last close_level()
  };
  // Adds the state to the open level unless it is stored. `parent` is a rank in the level before.
  // Threads may call this at once for different shards.
  Added insert(Bytes state, uint64_t hash, uint32_t parent) {
    return insert(state, hash, parent, shards_[shard_of(hash)].probe(hash));
  }
  Added insert(Bytes state, uint64_t hash, uint32_t parent, Shard::Probe from) {
    const size_t shard = shard_of(hash);
    const Shard::Place place = shards_[shard].insert(state, hash, parent, from);
    Segment& open = open_[shard];
    if (!place.is_new) return {false, place.offset >= open.offset};
    if (open.count % kChunkStates == 0) chunk_starts_[shard].push_back(place.offset);
    ++open.count;
    return {true, true};
  }

  // The open level is complete: it becomes the last one, cut into chunks, and a new one is open.
  void close_level();
  size_t levels() const { return levels_.size(); }
  const std::vector<Chunk>& chunks() const { return chunks_; }  // of the last level
  uint64_t states_of_last_level() const;
  uint64_t states_in_open_level() const { return count() - closed_count_; }

  struct Stored {
    std::vector<uint8_t> state;
    uint32_t parent = 0;
  };
  // Costs a scan of a part of the level.
  Stored find(size_t level, uint32_t rank) const;

  uint64_t count() const;
  uint64_t bytes() const;         // of memory, tables included
  uint64_t packed_bytes() const;  // of the states alone

  void save(FileWriter& file) const;
  bool load(FileReader& file);  // into an empty store; false: the file does not fit

 private:
  struct Segment {  // of one level in one shard
    uint64_t offset = 0;
    uint64_t count = 0;
  };
  using Level = std::array<Segment, kShards>;

  uint64_t hash_mask_;
  Region region_;
  std::vector<Shard> shards_;
  std::vector<Level> levels_;
  Level open_{};
  std::array<std::vector<uint64_t>, kShards> chunk_starts_;  // of the open level
  std::vector<Chunk> chunks_;
  uint64_t closed_count_ = 0;
};

}  // namespace faultline::model
