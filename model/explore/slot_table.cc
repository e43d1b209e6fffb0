// SPDX-License-Identifier: Apache-2.0
// How the table grows: by a half, when four slots of five are taken.
#include "model/explore/slot_table.h"

#include "broker/base/assert.h"

namespace faultline::model {
namespace {

constexpr size_t kSlotsAtFirst = 64;

}  // namespace

SlotTable::SlotTable(Region& region) : region_(&region) { clear(kSlotsAtFirst); }

void SlotTable::clear(size_t size) {
  if (slots_ != nullptr) region_->give_back(slots_, size_);
  slots_ = region_->zeroed_words(size);
  size_ = size;
  used_ = 0;
  used_max_ = used_max(size);
}

void SlotTable::grow() {
  ASSERT_OP(size_, <, kSlotsMax / 2);
  const uint64_t* const old = slots_;
  const size_t old_size = size_;
  size_ += size_ / 2;
  slots_ = region_->zeroed_words(size_);
  used_max_ = used_max(size_);
  // A slot moves to about where its neighbours do, so both tables are walked from begin to end.
  for (size_t i = 0; i < old_size; ++i) {
    if (old[i] == 0) continue;
    size_t slot = home(old[i] >> kOffsetBits);
    while (slots_[slot] != 0) slot = next(slot);
    slots_[slot] = old[i];
  }
  region_->give_back(const_cast<uint64_t*>(old), old_size);
}

}  // namespace faultline::model
