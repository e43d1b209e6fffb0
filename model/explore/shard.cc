// SPDX-License-Identifier: Apache-2.0
// The state store's table and arena.
#include "model/explore/shard.h"

#include <utility>

#include "broker/base/hash.h"
#include "model/explore/pack.h"

namespace faultline::model {
namespace {

constexpr size_t kRecordBytesMax = kStateBytesMax + 6;

}  // namespace

Shard::Shard(const SearchRules& rules, Region& region)
    : region_(&region), compares_(rules.compare_states), table_(region) {
  static_assert(kRecordBytesMax < Region::kSlabBytes);  // one fits into any slab
  slabs_.push_back({region.slab(), end_});
}

Shard::Place Shard::insert(Bytes state, uint64_t hash, uint32_t parent, Probe from) {
  const uint64_t tag = SlotTable::tag_of(hash);
  // Slots are never emptied, so what was passed over is still not it; unless the table has grown.
  if (from.slots != table_.size()) from = probe(hash);
  for (size_t slot = from.slot;; slot = table_.next(slot)) {
    if (table_.is_other(slot, tag)) continue;
    const uint64_t held = table_.offset_at(slot);
    if (held == 0) {
      const uint64_t offset = append(state, parent);
      table_.fill(slot, tag, offset);
      ++count_;
      packed_bytes_ += state.size();
      return {offset, true};
    }
    if (!compares_ || is_equal(held, state)) return {held, false};
  }
}

uint64_t Shard::append(Bytes state, uint32_t parent) {
  ASSERT_OP(state.size(), <=, kStateBytesMax);
  const size_t header = state.size() < 0x80 ? 5 : 6;
  const size_t size = header + state.size();
  if (end_ + size > slab_begin(slabs_.size())) {
    end_ = slab_begin(slabs_.size());
    ASSERT_OP(slab_begin(slabs_.size() + 1), <=, SlotTable::kOffsetMask);
    slabs_.push_back({region_->slab(), end_});
  }
  const uint64_t offset = end_;
  uint8_t* at = slabs_.back().bytes + (offset - slab_begin(slabs_.size() - 1));
  std::memcpy(at, &parent, sizeof parent);
  if (header == 6) {
    at[4] = static_cast<uint8_t>(0x80 | state.size() >> 8);
    at[5] = static_cast<uint8_t>(state.size());
  } else {
    at[4] = static_cast<uint8_t>(state.size());
  }
  copy_bytes(at + header, state.data(), state.size());
  end_ += size;
  slabs_.back().end = end_;
  return offset;
}

void Shard::save(FileWriter& file) const {
  file.number(table_.size());
  file.number(count_);
  file.number(packed_bytes_);
  file.number(slabs_.size());
  for (size_t slab = 0; slab < slabs_.size(); ++slab) {
    const uint64_t begin = slab_begin(slab);
    file.number(slabs_[slab].end);
    file.bytes({slabs_[slab].bytes, slabs_[slab].end - begin});
  }
}

bool Shard::load(FileReader& file, uint64_t hash_mask) {
  const uint64_t slots = file.number();
  count_ = file.number();
  packed_bytes_ = file.number();
  const uint64_t slabs = file.number();
  if (!file.is_good() || slots >= SlotTable::kSlotsMax || count_ > SlotTable::used_max(slots) ||
      slabs == 0 || slabs >> (SlotTable::kOffsetBits - kSlabBits) != 0)
    return false;
  table_.clear(slots);
  slabs_.clear();
  for (size_t slab = 0; slab < slabs; ++slab) {
    const uint64_t begin = slab_begin(slab);
    end_ = file.number();
    if (end_ < begin || end_ > slab_begin(slab + 1)) return false;
    slabs_.push_back({region_->slab(), end_});
    if (!file.bytes(slabs_.back().bytes, end_ - begin)) return false;
  }
  uint64_t offset = 1;
  for (uint64_t i = 0; i < count_; ++i, offset = after(offset)) {
    if (offset >= end_) return false;
    const uint64_t tag = SlotTable::tag_of(hash64(state_at(offset)) & hash_mask);
    size_t slot = table_.home(tag);
    while (table_.offset_at(slot) != 0) slot = table_.next(slot);
    table_.fill(slot, tag, offset);
  }
  return offset == end_;
}

}  // namespace faultline::model
