// SPDX-License-Identifier: Apache-2.0
// CachedFile: one file as its page cache and its platter. Reads and writes meet the cache; an
// operation stays pending until it is settled (sync, write-back) and only then reaches the platter.
//
// Three states of a byte range beside the normal one (in the cache and on the platter):
//   pending  in the cache only, and the system knows: the next sync writes it
//   lost     in the cache only, and the system has forgotten (fsyncgate): a failed sync marked the
//            pages clean. Reads still succeed until eviction or power loss; then the older bytes of
//            the platter come back. A later write into such a page makes the whole page dirty again
//            and so saves it. The size that a lost operation gave is not durable either until a
//            later operation settles a size.
//   cold     on the platter only: a read has to fetch it and meets the damage of the medium.
// In cold ranges cache and platter hold the same bytes (invariant), so fetching moves nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/disk/platter.h"

namespace faultline::sim {

// How many operations of each kind the file has seen: they name its operations in draws.
struct OpCounts {
  uint64_t changes = 0;  // writes and truncations, failed ones too
  uint64_t reads = 0;
  uint64_t syncs = 0;
  uint64_t submitted = 0;  // for whoever gives operations time
};

class CachedFile {
 public:
  OpCounts counts;

  // --- what a process sees ---
  uint64_t size() const { return size_; }
  void write(const OpStamp& stamp, uint64_t offset, const Slices& bytes);
  void truncate(const OpStamp& stamp, uint64_t size);

  struct Fetched {
    uint64_t bytes = 0;               // that came from the platter
    std::vector<MediaDamage> damage;  // that they met; kUnreadable means that nothing was fetched
    bool is_readable = true;
  };
  // Brings whole pages around `range` into the cache.
  Fetched fetch(ByteRange range);
  // The cached bytes; fetch() first. Requires that the range ends within size().
  Slice read(ByteRange range) const { return cache_.read(range); }
  uint64_t cold_bytes_in(ByteRange range) const;

  // --- between cache and platter ---
  const std::vector<DataOp>& pending() const { return pending_; }
  uint64_t pending_bytes() const { return pending_bytes_; }
  // Takes the oldest `count` pending operations out; the caller decides which of them land().
  std::vector<DataOp> take_oldest(size_t count);
  // How many pending operations have numbers up to `number`.
  size_t count_pending(uint64_t number) const;
  void land(const DataOp& op) { platter_.apply(op); }
  void land_hole(ByteRange hole) { platter_.punch(hole); }
  void land_size(uint64_t size) { platter_.set_size(size); }
  // A failed sync: operations up to `number` are forgotten. Returns the bytes concerned.
  uint64_t forget_pending(uint64_t number, uint64_t fault);
  // Memory pressure: all clean pages leave the cache. Returns the lost bytes that are gone now.
  uint64_t evict();
  // The same for the pages of `range` alone; forgotten bytes stay.
  void chill(ByteRange range);
  // The machine starts again: nothing in memory, all that is left is on the platter.
  void restart();

  // --- the medium ---
  const Platter& platter() const { return platter_; }
  void add_damage(const MediaDamage& damage) { platter_.add_damage(damage); }
  void flip_bit(const MediaDamage& damage);
  void misplace(uint64_t offset, const Slice& bytes);  // foreign bytes hit the platter
  void heal(uint64_t fault);

  const ByteRanges& lost() const { return lost_; }
  uint64_t lost_by() const { return lost_by_; }  // the latest fault that made `lost`
  const ByteRanges& cold() const { return cold_; }
  const ExtentMap& cached_data() const { return cache_; }
  uint64_t allocated() const { return cache_.allocated(); }

 private:
  void save_lost_pages(const OpStamp& stamp, ByteRange written);
  void push(const OpStamp& stamp, uint64_t offset, const Slice& bytes);
  void copy_cold_bytes(ByteRange range);

  ExtentMap cache_;
  uint64_t size_ = 0;
  Platter platter_;
  std::vector<DataOp> pending_;  // in order of their numbers
  uint64_t pending_bytes_ = 0;
  ByteRanges lost_;
  uint64_t lost_by_ = 0;
  ByteRanges cold_;
};

}  // namespace faultline::sim
