// SPDX-License-Identifier: Apache-2.0
// SlotTable: from a hash to where its state lies. Open addressing, 8 bytes a slot, nothing is ever
// removed. Eight neighbours are looked at together: how many there are to pass is random, so that a
// loop over them would be mispredicted each time.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include <emmintrin.h>

#include "model/explore/region.h"

namespace faultline::model {

class SlotTable {
 public:
  // slot = tag << 36 | offset. A tag alone says where its slot is, so that the table grows without
  // looking at the states; it is never 0, so that an empty slot has a tag of its own.
  static constexpr unsigned kTagBits = 28;
  static constexpr unsigned kOffsetBits = 64 - kTagBits;
  static constexpr uint64_t kOffsetMask = (uint64_t{1} << kOffsetBits) - 1;
  static constexpr size_t kSlotsMax = size_t{1} << kTagBits;

  static uint64_t tag_of(uint64_t hash) { return std::max<uint64_t>(hash >> kOffsetBits, 1); }

  explicit SlotTable(Region& region);

  size_t size() const { return size_; }
  size_t home(uint64_t tag) const { return static_cast<size_t>(tag * size_ >> kTagBits); }
  // The first slot at or behind `slot` that has the tag or is empty.
  size_t first_match(uint64_t tag, size_t slot) const {
    if (slot + kTogether <= size_) {
      const __m128i wanted = _mm_set1_epi32(static_cast<int>(tag));
      const __m128i low = matches(slots_ + slot, wanted);
      const __m128i high = matches(slots_ + slot + kTogether / 2, wanted);
      const __m128i both = _mm_packs_epi32(low, high);
      const auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(both, both)));
      if (found != 0) return slot + static_cast<size_t>(std::countr_zero(found)) % kTogether;
      slot = next(slot + kTogether - 1);
    }
    while (is_other(slot, tag)) slot = next(slot);
    return slot;
  }
  size_t next(size_t slot) const { return slot + 1 == size_ ? 0 : slot + 1; }
  // Whether the slot has another tag; an empty one has not.
  bool is_other(size_t slot, uint64_t tag) const {
    return slots_[slot] != 0 && slots_[slot] >> kOffsetBits != tag;
  }
  // 0: none.
  uint64_t offset_at(size_t slot) const { return slots_[slot] & kOffsetMask; }
  void prefetch(size_t slot) const {
    __builtin_prefetch(slots_ + slot);
    __builtin_prefetch(slots_ + slot + kTogether - 1);
  }

  // Into an empty slot. The table may grow by it: slots found before are of no use then.
  void fill(size_t slot, uint64_t tag, uint64_t offset) {
    slots_[slot] = tag << kOffsetBits | offset;
    if (++used_ > used_max_) grow();
  }
  void clear(size_t size);  // and of that size from now on
  static uint64_t used_max(size_t size) { return size * 4 / 5; }

 private:
  static constexpr size_t kTogether = 8;

  // Of four slots: all ones where the tag is the wanted one or none.
  static __m128i matches(const uint64_t* at, __m128i wanted) {
    const __m128 low = _mm_loadu_ps(reinterpret_cast<const float*>(at));
    const __m128 high = _mm_loadu_ps(reinterpret_cast<const float*>(at + 2));
    const __m128i upper = _mm_castps_si128(_mm_shuffle_ps(low, high, _MM_SHUFFLE(3, 1, 3, 1)));
    const __m128i tags = _mm_srli_epi32(upper, kOffsetBits - 32);
    return _mm_or_si128(_mm_cmpeq_epi32(tags, wanted), _mm_cmpeq_epi32(tags, _mm_setzero_si128()));
  }
  void grow();

  Region* region_;
  uint64_t* slots_ = nullptr;
  size_t size_ = 0;
  uint64_t used_ = 0;
  uint64_t used_max_ = 0;
};

}  // namespace faultline::model
