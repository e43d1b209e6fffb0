// SPDX-License-Identifier: Apache-2.0
// Platter: what of one file would be there after a power loss now, and the damage of the medium.
// Damage is stable: it stays where it is until its place is rewritten or healed. It belongs to the
// fault that made it, so that effects can be counted.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/disk/data_op.h"
#include "sim/disk/extent_map.h"

namespace faultline::sim {

struct MediaDamage {
  enum class Kind : uint8_t {
    kUnreadable,  // a latent sector error: every read of it fails
    kFlippedBit,  // bit rot: one byte, `mask` says which bit
    kForeign,     // a misdirected write landed here
    kStale,       // a write that was acknowledged never came here
  };
  uint64_t fault = 0;
  Kind kind = Kind::kUnreadable;
  ByteRange place;
  uint8_t mask = 0;
};

class Platter {
 public:
  const ExtentMap& data() const { return data_; }
  uint64_t size() const { return size_; }

  // An operation arrives whole; what it overwrites is healed.
  void apply(const DataOp& op);
  // Bytes that arrive without being a change of the file: no new size.
  void overwrite(uint64_t offset, Slice bytes);
  void punch(ByteRange hole);
  void set_size(uint64_t size);

  void add_damage(const MediaDamage& damage);
  // Flips one bit for good. Requires position < size().
  void flip_bit(const MediaDamage& damage);
  // Takes back what a fault did, as far as nobody rewrote it: unreadable sectors and flipped bits.
  void heal(uint64_t fault);
  bool is_damaged() const { return !damage_.empty(); }
  // All damage that touches the range, in order of its making.
  std::vector<MediaDamage> damage_in(ByteRange range) const;

 private:
  void forget_damage(ByteRange rewritten);
  void toggle(uint64_t position, uint8_t mask);

  ExtentMap data_;  // nothing at or behind size_
  uint64_t size_ = 0;
  std::vector<MediaDamage> damage_;
};

}  // namespace faultline::sim
