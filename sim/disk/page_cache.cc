// SPDX-License-Identifier: Apache-2.0
// Movement of bytes between a process, the page cache and the platter.
#include "sim/disk/page_cache.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "broker/base/assert.h"

namespace faultline::sim {

void CachedFile::push(const OpStamp& stamp, uint64_t offset, const Slice& bytes) {
  pending_.push_back({DataOp::Kind::kWrite, stamp, offset, bytes});
  pending_bytes_ += bytes.size();
}

void CachedFile::write(const OpStamp& stamp, uint64_t offset, const Slices& bytes) {
  ASSERT(pending_.empty() || pending_.back().stamp.number < stamp.number);
  uint64_t position = offset;
  for (const Slice& slice : bytes) {
    if (slice.empty()) continue;
    cache_.write(position, slice);
    push(stamp, position, slice);
    position += slice.size();
  }
  if (position == offset) return;  // POSIX: writing nothing changes nothing, not even the size
  if (position > size_) size_ = position;
  const ByteRange written{offset, position};
  cold_.remove(written);
  if (!lost_.empty()) save_lost_pages(stamp, written);
}

void CachedFile::save_lost_pages(const OpStamp& stamp, ByteRange written) {
  lost_.remove(written);
  const ByteRange pages = whole_units(written, kPageBytes);
  for (const ByteRange& part : lost_.within(pages)) push(stamp, part.from, cache_.read(part));
  lost_.remove(pages);
}

void CachedFile::truncate(const OpStamp& stamp, uint64_t size) {
  const ByteRange gone{size, UINT64_MAX};
  cache_.clear(gone);
  cold_.remove(gone);
  lost_.remove(gone);
  size_ = size;
  pending_.push_back({DataOp::Kind::kTruncate, stamp, size, {}});
}

uint64_t CachedFile::cold_bytes_in(ByteRange range) const {
  if (cold_.empty()) return 0;
  uint64_t sum = 0;
  for (const ByteRange& part : cold_.within(range)) sum += part.size();
  return sum;
}

CachedFile::Fetched CachedFile::fetch(ByteRange range) {
  Fetched result;
  if (!cold_.overlaps(range)) return result;
  const ByteRange pages = whole_units(range, kPageBytes);
  const std::vector<ByteRange> parts = cold_.within(pages);
  if (platter_.is_damaged()) {
    for (const ByteRange& part : parts) {
      for (const MediaDamage& damage : platter_.damage_in(part)) {
        if (damage.kind == MediaDamage::Kind::kUnreadable) result.is_readable = false;
        result.damage.push_back(damage);
      }
    }
  }
  if (!result.is_readable) return result;
  for (const ByteRange& part : parts) result.bytes += part.size();
  cold_.remove(pages);
  return result;
}

size_t CachedFile::count_pending(uint64_t number) const {
  if (pending_.empty() || pending_.back().stamp.number <= number) return pending_.size();
  const auto end = std::partition_point(pending_.begin(), pending_.end(), [&](const DataOp& op) {
    return op.stamp.number <= number;
  });
  return static_cast<size_t>(end - pending_.begin());
}

std::vector<DataOp> CachedFile::take_oldest(size_t count) {
  ASSERT_OP(count, <=, pending_.size());
  std::vector<DataOp> taken;
  if (count == pending_.size()) {
    taken.swap(pending_);
    pending_bytes_ = 0;
    return taken;
  }
  const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(count);
  taken.assign(std::make_move_iterator(pending_.begin()), std::make_move_iterator(end));
  pending_.erase(pending_.begin(), end);
  for (const DataOp& op : taken) pending_bytes_ -= op.bytes.size();
  return taken;
}

uint64_t CachedFile::forget_pending(uint64_t number, uint64_t fault) {
  uint64_t bytes = 0;
  for (const DataOp& op : take_oldest(count_pending(number))) {
    if (op.kind == DataOp::Kind::kTruncate) {
      lost_.remove({op.offset, UINT64_MAX});
    } else {
      lost_.add(op.range());
      bytes += op.bytes.size();
    }
  }
  // What is still pending for the same bytes will be written after all.
  for (const DataOp& op : pending_)
    if (op.kind == DataOp::Kind::kWrite) lost_.remove(op.range());
  lost_.remove({size_, UINT64_MAX});
  lost_by_ = fault;
  return bytes;
}

uint64_t CachedFile::evict() {
  const uint64_t gone = lost_.total();
  lost_.clear();
  const uint64_t on_platter = platter_.size() < size_ ? platter_.size() : size_;
  cache_ = platter_.data();
  cache_.clear({size_, UINT64_MAX});
  cold_.clear();
  cold_.add({0, on_platter});
  for (const DataOp& op : pending_) {  // dirty pages are never evicted
    if (op.kind == DataOp::Kind::kTruncate) {
      cache_.clear({op.offset, UINT64_MAX});
      cold_.remove({op.offset, UINT64_MAX});
    } else {
      cache_.write(op.offset, op.bytes);
      cold_.remove(op.range());
    }
  }
  return gone;
}

void CachedFile::chill(ByteRange range) {
  const uint64_t end = std::min(size_, platter_.size());
  const ByteRange pages = intersection(whole_units(range, kPageBytes), {0, end});
  ByteRanges clean;
  clean.add(pages);
  for (const ByteRange& place : lost_.within(pages)) clean.remove(place);
  for (const DataOp& op : pending_) {
    const bool is_write = op.kind == DataOp::Kind::kWrite;
    clean.remove(is_write ? op.range() : ByteRange{op.offset, UINT64_MAX});
  }
  for (const ByteRange& place : clean.ranges()) cold_.add(place);
  copy_cold_bytes(pages);
}

void CachedFile::restart() {
  pending_.clear();
  pending_bytes_ = 0;
  lost_.clear();
  cache_ = platter_.data();
  size_ = platter_.size();
  cold_.clear();
  cold_.add({0, size_});
}

void CachedFile::copy_cold_bytes(ByteRange range) {
  for (const ByteRange& part : cold_.within(range)) {
    cache_.clear(part);
    platter_.data().visit(part, [&](uint64_t at, Slice bytes) { cache_.write(at, bytes); });
  }
}

void CachedFile::flip_bit(const MediaDamage& damage) {
  platter_.flip_bit(damage);
  copy_cold_bytes(damage.place);
}

void CachedFile::misplace(uint64_t offset, const Slice& bytes) {
  platter_.overwrite(offset, bytes);
  copy_cold_bytes({offset, offset + bytes.size()});
}

void CachedFile::heal(uint64_t fault) {
  if (!platter_.is_damaged()) return;
  platter_.heal(fault);
  // Bits that were fetched meanwhile stay wrong in memory; the cold ones follow the platter.
  copy_cold_bytes({0, size_});
}

}  // namespace faultline::sim
