// SPDX-License-Identifier: Apache-2.0
// What a depth-first search remembers: the states exactly, with the depth at which each was met; or
// three bits of a filter for each.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "broker/base/hash.h"
#include "model/explore/shard.h"

namespace faultline::model {

class ExactSeen {
 public:
  ExactSeen() : shard_(SearchRules(), region_) {}

  // Whether the state is to be expanded: it is new, or was met only deeper than now.
  bool add(Bytes state, uint64_t depth) {
    const auto now = static_cast<uint32_t>(std::min<uint64_t>(depth, UINT32_MAX));
    const Shard::Place place = shard_.insert(state, hash64(state), now);
    if (place.is_new) return true;
    if (shard_.parent_at(place.offset) <= now) return false;
    shard_.set_parent(place.offset, now);
    return true;
  }
  uint64_t count() const { return shard_.count(); }
  uint64_t bytes() const { return shard_.bytes(); }
  uint64_t packed_bytes() const { return shard_.packed_bytes(); }

 private:
  Region region_;
  Shard shard_;
};

class BitSeen {
 public:
  static constexpr int kBitsPerState = 3;

  explicit BitSeen(uint64_t bytes) : words_(std::max<uint64_t>(1, bytes / sizeof(uint64_t))) {}

  bool add(Bytes state) {
    bool is_new = false;
    for (int i = 0; i < kBitsPerState; ++i) {
      const uint64_t bit = static_cast<uint64_t>(
          static_cast<unsigned __int128>(hash64(state, static_cast<uint64_t>(i))) * bits() >> 64);
      const uint64_t mask = uint64_t{1} << bit % 64;
      is_new |= (words_[bit / 64] & mask) == 0;
      set_ += (words_[bit / 64] & mask) == 0 ? 1 : 0;
      words_[bit / 64] |= mask;
    }
    // A new state is missed when its bits are set by others: by now, with this probability.
    if (is_new) {
      const double filled = static_cast<double>(set_) / static_cast<double>(bits());
      missed_ += filled * filled * filled;
      ++count_;
    }
    return is_new;
  }
  uint64_t count() const { return count_; }
  uint64_t bytes() const { return words_.size() * sizeof(uint64_t); }
  // How many states were missed, on average; what lies behind them alone is not counted.
  double missed() const { return missed_; }
  double filled() const { return static_cast<double>(set_) / static_cast<double>(bits()); }

 private:
  uint64_t bits() const { return words_.size() * 64; }

  std::vector<uint64_t> words_;
  uint64_t set_ = 0;
  uint64_t count_ = 0;
  double missed_ = 0;
};

}  // namespace faultline::model
