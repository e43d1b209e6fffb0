// SPDX-License-Identifier: Apache-2.0
// Durable bytes and their damage.
#include "sim/disk/platter.h"

#include "broker/base/assert.h"

namespace faultline::sim {
namespace {

// The part of the medium that cannot be used apart from a piece of it.
ByteRange unit_of(const MediaDamage& damage) {
  return damage.kind == MediaDamage::Kind::kUnreadable ? whole_units(damage.place, kSectorBytes)
                                                       : damage.place;
}

}  // namespace

void Platter::apply(const DataOp& op) {
  if (op.kind == DataOp::Kind::kTruncate) return set_size(op.offset);
  data_.write(op.offset, op.bytes);
  size_ = op.size_after(size_);
  forget_damage(op.range());
}

void Platter::overwrite(uint64_t offset, Slice bytes) {
  const ByteRange range = intersection({offset, offset + bytes.size()}, {0, size_});
  if (range.empty()) return;
  data_.write(offset, bytes.subslice(0, range.size()));
  forget_damage(range);
}

void Platter::punch(ByteRange hole) {
  data_.clear(hole);
  forget_damage(hole);
}

void Platter::set_size(uint64_t size) {
  if (size < size_) {
    data_.clear({size, UINT64_MAX});
    forget_damage({size, UINT64_MAX});
  }
  size_ = size;
}

void Platter::add_damage(const MediaDamage& damage) {
  ASSERT(!damage.place.empty());
  damage_.push_back(damage);
}

void Platter::flip_bit(const MediaDamage& damage) {
  ASSERT_OP(damage.place.from, <, size_);
  toggle(damage.place.from, damage.mask);
  damage_.push_back(damage);
}

void Platter::toggle(uint64_t position, uint8_t mask) {
  const Slice before = data_.read({position, position + 1});
  const uint8_t flipped = before[0] ^ mask;
  data_.write(position, Slice::copy_of(Bytes(&flipped, 1)));
}

void Platter::heal(uint64_t fault) {
  std::erase_if(damage_, [&](const MediaDamage& damage) {
    if (damage.fault != fault) return false;
    if (damage.kind == MediaDamage::Kind::kFlippedBit) toggle(damage.place.from, damage.mask);
    return damage.kind <= MediaDamage::Kind::kFlippedBit;
  });
}

std::vector<MediaDamage> Platter::damage_in(ByteRange range) const {
  std::vector<MediaDamage> found;
  for (const MediaDamage& damage : damage_)
    if (!intersection(unit_of(damage), range).empty()) found.push_back(damage);
  return found;
}

void Platter::forget_damage(ByteRange rewritten) {
  if (damage_.empty()) return;
  std::vector<MediaDamage> left;
  for (const MediaDamage& damage : damage_) {
    const ByteRange gone = intersection(unit_of(damage), rewritten);
    if (gone.empty()) {
      left.push_back(damage);
      continue;
    }
    if (damage.kind < MediaDamage::Kind::kForeign) continue;  // the sector or byte is new
    for (const ByteRange part :
         {ByteRange{damage.place.from, gone.from}, ByteRange{gone.to, damage.place.to}}) {
      if (part.empty()) continue;
      left.push_back(damage);
      left.back().place = part;
    }
  }
  damage_ = std::move(left);
}

}  // namespace faultline::sim
