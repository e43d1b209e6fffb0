// SPDX-License-Identifier: Apache-2.0
// Shard: one part of the exact state store. States lie one after the other in an arena, each with
// the rank of its parent; a table of 8 bytes a slot finds them. Costs 5 bytes a state in the arena
// and 10 to 15 in the table, over the packed size. One thread writes a shard at a time; nothing is
// ever moved or removed.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "broker/base/assert.h"
#include "broker/base/bytes.h"
#include "model/explore/region.h"
#include "model/explore/rules.h"
#include "model/explore/saved_file.h"
#include "model/explore/short_bytes.h"
#include "model/explore/slot_table.h"

namespace faultline::model {

class Shard {
 public:
  Shard(const SearchRules& rules, Region& region);

  struct Place {
    uint64_t offset = 0;
    bool is_new = false;
  };
  // Where a search for a hash begins.
  struct Probe {
    size_t slot = 0;
    size_t slots = 0;  // the size of the table that this is about
  };
  Probe probe(uint64_t hash) const { return {table_.home(SlotTable::tag_of(hash)), table_.size()}; }
  // Finds the state, or adds it with that parent. `hash` is of the state and picks this shard too.
  Place insert(Bytes state, uint64_t hash, uint32_t parent) {
    return insert(state, hash, parent, probe(hash));
  }
  Place insert(Bytes state, uint64_t hash, uint32_t parent, Probe from);

  // Ask for these some insertions ahead, in this order; the second finds where insert() may begin.
  void prefetch_slot(uint64_t hash) const { table_.prefetch(table_.home(SlotTable::tag_of(hash))); }
  Probe prefetch_state(uint64_t hash, size_t size) const {
    const uint64_t tag = SlotTable::tag_of(hash);
    const size_t slot = table_.first_match(tag, table_.home(tag));
    const uint8_t* state = record(table_.offset_at(slot));
    __builtin_prefetch(state);
    __builtin_prefetch(state + size);
    return {slot, table_.size()};
  }

  // States are at offsets in the order in which they were added: the first at or after `offset` is
  // at settle(offset), the one behind at after(offset).
  uint64_t end() const { return end_; }
  uint64_t settle(uint64_t offset) const {
    const size_t slab = slab_of(offset);
    return slab + 1 < slabs_.size() && offset >= slabs_[slab].end ? slab_begin(slab + 1) : offset;
  }
  uint64_t after(uint64_t offset) const {
    size_t header = 0;
    const size_t size = size_at(record(offset), header);
    return settle(offset + header + size);
  }
  Bytes state_at(uint64_t offset) const {
    const uint8_t* at = record(offset);
    size_t header = 0;
    const size_t size = size_at(at, header);
    return {at + header, size};
  }
  uint32_t parent_at(uint64_t offset) const {
    uint32_t parent = 0;
    std::memcpy(&parent, record(offset), sizeof parent);
    return parent;
  }

  void set_parent(uint64_t offset, uint32_t parent) {
    std::memcpy(const_cast<uint8_t*>(record(offset)), &parent, sizeof parent);
  }

  uint64_t count() const { return count_; }
  // What was written of the arena, and the table.
  uint64_t bytes() const { return end_ + table_.size() * sizeof(uint64_t); }
  uint64_t packed_bytes() const { return packed_bytes_; }  // of the states alone

  void save(FileWriter& file) const;
  // Into an empty shard; `hash_mask` as for insert(). False: the file does not fit.
  bool load(FileReader& file, uint64_t hash_mask);

 private:
  static constexpr unsigned kSlabBits = 15;
  static_assert(size_t{1} << kSlabBits == Region::kSlabBytes);

  struct Slab {
    uint8_t* bytes = nullptr;
    uint64_t end = 0;  // offset behind its last state
  };

  // A state does not cross from one slab to the next. The offset behind the last state of a full
  // slab may be that where the next one begins.
  static size_t slab_of(uint64_t offset) { return static_cast<size_t>(offset >> kSlabBits); }
  static uint64_t slab_begin(size_t slab) { return uint64_t{slab} << kSlabBits; }
  const uint8_t* record(uint64_t offset) const {
    return slabs_[slab_of(offset)].bytes + (offset & (Region::kSlabBytes - 1));
  }
  // record = parent:u32 size:u8 [size:u8] state. Two bytes of size when the first has its top bit.
  static size_t size_at(const uint8_t* at, size_t& header) {
    const size_t low = at[4];
    header = low < 0x80 ? 5 : 6;
    return low < 0x80 ? low : (low & 0x7f) << 8 | at[5];
  }
  bool is_equal(uint64_t offset, Bytes state) const {
    const Bytes stored = state_at(offset);
    return stored.size() == state.size() && equal_bytes(stored.data(), state.data(), state.size());
  }
  uint64_t append(Bytes state, uint32_t parent);

  Region* region_;
  bool compares_;
  SlotTable table_;
  std::vector<Slab> slabs_;
  uint64_t end_ = 1;
  uint64_t count_ = 0;
  uint64_t packed_bytes_ = 0;
};

}  // namespace faultline::model
