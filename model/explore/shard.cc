// SPDX-License-Identifier: Apache-2.0
// The state store's table and arena.
#include "model/explore/shard.h"

#include <utility>

#include "broker/base/hash.h"
#include "model/explore/pack.h"

namespace faultline::model {
namespace {

constexpr size_t kSlotsAtFirst = 64;
constexpr size_t kRecordBytesMax = kStateBytesMax + 6;

uint64_t used_max(size_t slots) { return slots * 4 / 5; }

}  // namespace

Shard::Shard(const SearchRules& rules)
    : compares_(rules.compare_states),
      slots_(kSlotsAtFirst),
      slots_used_max_(used_max(kSlotsAtFirst)) {
  static_assert(kRecordBytesMax < size_t{1} << kSlabBits);  // one fits into any slab
  slabs_.push_back({std::make_unique_for_overwrite<uint8_t[]>(slab_end(0)), end_});
}

Shard::Place Shard::insert(Bytes state, uint64_t hash, uint32_t parent, Probe from) {
  const uint64_t tag = tag_of(hash);
  // Slots are never emptied, so what was passed over is still not it; unless the table has grown.
  if (from.slots != slots_.size()) from = probe(hash);
  for (size_t slot = from.slot;; slot = next_slot(slot)) {
    const uint64_t held = slots_[slot];
    if (held == 0) {
      const uint64_t offset = append(state, parent);
      slots_[slot] = tag << kOffsetBits | offset;
      ++count_;
      packed_bytes_ += state.size();
      if (count_ > slots_used_max_) grow();
      return {offset, true};
    }
    if (held >> kOffsetBits != tag) continue;
    const uint64_t offset = held & kOffsetMask;
    if (!compares_ || is_equal(offset, state)) return {offset, false};
  }
}

uint64_t Shard::append(Bytes state, uint32_t parent) {
  ASSERT_OP(state.size(), <=, kStateBytesMax);
  const size_t header = state.size() < 0x80 ? 5 : 6;
  const size_t size = header + state.size();
  if (end_ + size > slab_end(slabs_.size() - 1)) {
    end_ = slab_begin(slabs_.size());
    ASSERT_OP(slab_end(slabs_.size()), <=, kOffsetMask);
    const size_t bytes = slab_end(slabs_.size()) - end_;
    slabs_.push_back({std::make_unique_for_overwrite<uint8_t[]>(bytes), end_});
  }
  const uint64_t offset = end_;
  uint8_t* at = slabs_.back().bytes.get() + (offset - slab_begin(slabs_.size() - 1));
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

void Shard::grow() {
  ASSERT(slots_.size() < size_t{1} << (kTagBits - 1));
  std::vector<uint64_t> old(slots_.size() + slots_.size() / 2);
  std::swap(old, slots_);
  slots_used_max_ = used_max(slots_.size());
  for (const uint64_t held : old)
    if (held != 0) put(held >> kOffsetBits, held & kOffsetMask);
}

void Shard::put(uint64_t tag, uint64_t offset) {
  size_t slot = slot_of(tag);
  while (slots_[slot] != 0) slot = next_slot(slot);
  slots_[slot] = tag << kOffsetBits | offset;
}

void Shard::save(FileWriter& file) const {
  file.number(slots_.size());
  file.number(count_);
  file.number(packed_bytes_);
  file.number(slabs_.size());
  for (size_t slab = 0; slab < slabs_.size(); ++slab) {
    const uint64_t begin = slab_begin(slab);
    file.number(slabs_[slab].end);
    file.bytes({slabs_[slab].bytes.get(), slabs_[slab].end - begin});
  }
}

bool Shard::load(FileReader& file, uint64_t hash_mask) {
  const uint64_t slots = file.number();
  count_ = file.number();
  packed_bytes_ = file.number();
  const uint64_t slabs = file.number();
  if (!file.is_good() || slots >= uint64_t{1} << (kTagBits - 1) || count_ > used_max(slots) ||
      slabs == 0 || slabs > kOffsetBits - kSlabBits)
    return false;
  slots_.assign(slots, 0);
  slots_used_max_ = used_max(slots);
  slabs_.clear();
  for (size_t slab = 0; slab < slabs; ++slab) {
    const uint64_t begin = slab_begin(slab);
    end_ = file.number();
    if (end_ < begin || end_ > slab_end(slab)) return false;
    slabs_.push_back({std::make_unique_for_overwrite<uint8_t[]>(slab_end(slab) - begin), end_});
    if (!file.bytes(slabs_.back().bytes.get(), end_ - begin)) return false;
  }
  uint64_t offset = 1;
  for (uint64_t i = 0; i < count_; ++i, offset = after(offset)) {
    if (offset >= end_) return false;
    put(tag_of(hash64(state_at(offset)) & hash_mask), offset);
  }
  return offset == end_;
}

}  // namespace faultline::model
