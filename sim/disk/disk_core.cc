// SPDX-License-Identifier: Apache-2.0
// The operations of processes on bytes.
#include "sim/disk/disk_core.h"

#include <algorithm>
#include <utility>

#include "broker/base/assert.h"
#include "broker/base/hash.h"
#include "broker/env/disk_path.h"

namespace faultline::sim {
namespace {

constexpr uint64_t kPrefixStream = stream_id("disk.write-error.prefix");
constexpr uint64_t kKillStream = stream_id("disk.kill.prefix");

// The first `length` bytes.
Slices prefix_of(const Slices& bytes, uint64_t length) {
  Slices prefix;
  for (const Slice& slice : bytes) {
    if (length == 0) break;
    const uint64_t part = std::min<uint64_t>(length, slice.size());
    prefix.push_back(slice.subslice(0, part));
    length -= part;
  }
  return prefix;
}

// How much of a write of `total` bytes at `offset` needs no more than `room` new bytes.
uint64_t fitting_prefix(const CachedFile& file, uint64_t offset, uint64_t total, uint64_t room) {
  uint64_t fits = 0;
  uint64_t too_much = total + 1;
  while (too_much - fits > 1) {
    const uint64_t middle = fits + (too_much - fits) / 2;
    const uint64_t needed = middle - file.cached_data().allocated_in({offset, offset + middle});
    (needed <= room ? fits : too_much) = middle;
  }
  return fits;
}

}  // namespace

DiskCore::DiskCore(const DiskConfig& config, uint64_t seed, Probe& probe)
    : config_(config), seed_(seed), probe_(probe), faults_(seed), tree_(seed) {
  ASSERT_OP(config.power_loss.sector_bytes, >, 0u);
  ASSERT_OP(config.power_loss.page_bytes % config.power_loss.sector_bytes, ==, 0u);
}

DiskFaults::Subject DiskCore::subject(NodeRef file, uint64_t number, Instant now) {
  DiskFaults::Subject subject{.file = tree_.identity(file), .number = number, .time = now};
  if (faults_.has_any()) subject.path = tree_.path_of(file);
  return subject;
}

std::unexpected<Error> DiskCore::fail_by(NodeRef file, const Failure& failure) {
  if (failure.fault != 0) faults_.count_observed(failure.fault, failure.place.size());
  emit(probe_, tree_.identity(file),
       DiskFailed{.action = std::string(failure.action),
                  .error = std::string(to_string(failure.code)),
                  .fault = failure.fault,
                  .offset = static_cast<int64_t>(failure.place.from),
                  .length = static_cast<int64_t>(failure.place.size())});
  return fail(failure.code, std::string(failure.action) + " " + tree_.path_of(file));
}

Result<void> DiskCore::refuse_change(NodeRef file, const DiskFaults::Subject& subject,
                                     std::string_view action) {
  const DiskFaultSpec* fault = faults_.strike(DiskFaultKind::kReadOnly, subject);
  if (fault == nullptr) return {};
  return fail_by(file, {.action = action, .code = ErrorCode::kReadOnly, .fault = fault->id});
}

void DiskCore::tell_written(NodeRef file, ByteRange place, uint64_t asked) {
  emit(probe_, tree_.identity(file),
       DiskWritten{.number = static_cast<int64_t>(tree_.file(file).counts.changes),
                   .offset = static_cast<int64_t>(place.from),
                   .length = static_cast<int64_t>(place.size()),
                   .asked = static_cast<int64_t>(asked)});
}

Result<NodeRef> DiskCore::open(const std::string& path, OpenMode mode, Instant now) {
  apply_due_faults(now);
  const Result<NodeRef> found = tree_.find(path);
  NodeRef file = kNoNode;
  if (found) {
    if (mode == OpenMode::kCreateNew) return fail(ErrorCode::kExists, path);
    if (tree_.is_directory(*found))
      return fail(ErrorCode::kInvalidArgument, path + ": is a directory");
    file = *found;
  } else {
    const bool may_create = mode == OpenMode::kCreate || mode == OpenMode::kCreateNew;
    if (found.error().code != ErrorCode::kNotFound || !may_create)
      return std::unexpected(found.error());
    TRY(refuse_names(path, now));
    TRY_ASSIGN(file, tree_.create_file(path, {++sequence_, now}));
    tell_name(file, NameChange::kCreate, path);
  }
  tree_.open_handle(file);
  return file;
}

// What the file adds to used_ only because of its names.
uint64_t DiskCore::charge_of(NodeRef file) const {
  if (tree_.is_directory(file) || tree_.open_handles(file) > 0) return 0;
  return tree_.file(file).allocated();
}

void DiskCore::close(NodeRef file) {
  if (tree_.open_handles(file) == 1 && !tree_.is_named(file)) used_ -= tree_.file(file).allocated();
  tree_.close_handle(file);
}

Result<Slice> DiskCore::read(NodeRef node, uint64_t offset, uint64_t length, Instant now) {
  apply_due_faults(now);
  CachedFile& file = tree_.file(node);
  const uint64_t number = ++file.counts.reads;
  if (offset >= file.size()) return Slice();
  const ByteRange range{offset, offset + std::min(length, file.size() - offset)};
  if (faults_.has_any()) {
    const DiskFaultSpec* fault =
        faults_.strike(DiskFaultKind::kReadError, subject(node, number, now));
    if (fault != nullptr) return fail_by(node, {"read", ErrorCode::kIo, fault->id, range});
  }
  TRY(fetch(node, range));
  return file.read(range);
}

OpStamp DiskCore::next_stamp(NodeRef file, Instant now) {
  return {.number = tree_.file(file).counts.changes, .sequence = ++sequence_, .time = now};
}

void DiskCore::put(NodeRef node, uint64_t offset, const Slices& bytes, Instant now) {
  CachedFile& file = tree_.file(node);
  settle_old_lazily(node, now);
  const uint64_t before = file.allocated();
  file.write(next_stamp(node, now), offset, bytes);
  used_ += file.allocated() - before;
  // Where settle_old_lazily() will look the next time, long after anybody else did.
  __builtin_prefetch(file.pending().data() + file.pending().size() / 2);
}

// A write of which only the first `done` bytes arrive.
// NOLINTNEXTLINE(readability-function-size): a write, and how it ends
std::unexpected<Error> DiskCore::fail_write(NodeRef file, uint64_t offset, const Slices& bytes,
                                            uint64_t done, const Failure& failure, Instant now) {
  put(file, offset, prefix_of(bytes, done), now);
  tell_written(file, {offset, offset + done}, total_size(bytes));
  return fail_by(file, failure);
}

Result<void> DiskCore::write(NodeRef node, uint64_t offset, const Slices& bytes, Instant now) {
  apply_due_faults(now);
  CachedFile& file = tree_.file(node);
  const uint64_t total = total_size(bytes);
  if (offset > kFileBytesMax || total > kFileBytesMax - offset)
    return fail(ErrorCode::kInvalidArgument, tree_.path_of(node) + ": offset too large");
  const ByteRange range{offset, offset + total};
  const uint64_t number = ++file.counts.changes;
  if (faults_.has_any()) {
    const DiskFaults::Subject subject = this->subject(node, number, now);
    TRY(refuse_change(node, subject, "write"));
    if (const DiskFaultSpec* fault = faults_.strike(DiskFaultKind::kWriteError, subject)) {
      Draws draws(seed_, kPrefixStream, mix64(subject.file ^ mix64(fault->id)) ^ number);
      const uint64_t done = draws.below(total + 1);
      const Failure failure{"write", ErrorCode::kIo, fault->id, {offset + done, range.to}};
      return fail_write(node, offset, bytes, done, failure, now);
    }
  }
  const uint64_t room = this->room(now);
  const uint64_t done = total <= room ? total : fitting_prefix(file, offset, total, room);
  if (done < total) {
    const DiskFaultSpec* fault = faults_.find_active(DiskFaultKind::kNoSpace, "", now);
    const uint64_t id = fault == nullptr ? 0 : fault->id;
    if (fault != nullptr) faults_.count_hits(id, 1);
    const Failure failure{"write", ErrorCode::kNoSpace, id, {offset + done, range.to}};
    return fail_write(node, offset, bytes, done, failure, now);
  }
  put(node, offset, bytes, now);
  tell_written(node, range, total);
  return {};
}

Result<void> DiskCore::truncate(NodeRef node, uint64_t size, Instant now) {
  apply_due_faults(now);
  if (size > kFileBytesMax)
    return fail(ErrorCode::kInvalidArgument, tree_.path_of(node) + ": size too large");
  CachedFile& file = tree_.file(node);
  const uint64_t number = ++file.counts.changes;
  if (faults_.has_any()) {
    const DiskFaults::Subject subject = this->subject(node, number, now);
    TRY(refuse_change(node, subject, "truncate"));
    if (const DiskFaultSpec* fault = faults_.strike(DiskFaultKind::kWriteError, subject))
      return fail_by(node, {"truncate", ErrorCode::kIo, fault->id, {size, size}});
  }
  settle_old_lazily(node, now);
  used_ -= file.allocated();
  file.truncate(next_stamp(node, now), size);
  used_ += file.allocated();
  emit(probe_, tree_.identity(node),
       DiskTruncated{.number = static_cast<int64_t>(number), .size = static_cast<int64_t>(size)});
  return {};
}

SyncPoint DiskCore::sync_point(NodeRef file) const {
  return {tree_.file(file).counts.changes, sequence_};
}

Result<void> DiskCore::sync(NodeRef node, SyncPoint point, Instant now) {
  apply_due_faults(now);
  CachedFile& file = tree_.file(node);
  const uint64_t number = ++file.counts.syncs;
  settle_old(node, now);
  if (faults_.has_any()) {
    const DiskFaultSpec* fault =
        faults_.strike(DiskFaultKind::kSyncError, subject(node, number, now));
    if (fault != nullptr) return fail_sync(node, point, fault->id);
  }
  const uint64_t before = file.pending_bytes();
  settle(node, file.count_pending(point.number));
  if (config_.power_loss.ordering == DiskOrdering::kOrdered) tree_.sync_until(point.sequence);
  if (config_.power_loss.ordering == DiskOrdering::kStrictPrefix) settle_before(point.sequence);
  emit(probe_, tree_.identity(node),
       DiskSynced{.number = static_cast<int64_t>(point.number),
                  .bytes = static_cast<int64_t>(before - file.pending_bytes())});
  return {};
}

// The pages are marked clean although the platter does not have them (fsyncgate).
std::unexpected<Error> DiskCore::fail_sync(NodeRef node, SyncPoint point, uint64_t fault) {
  CachedFile& file = tree_.file(node);
  const uint64_t bytes = file.forget_pending(point.number, fault);
  const std::string path = tree_.path_of(node);
  for (const ByteRange& place : file.lost().ranges())
    tell_lost(tree_.identity(node), path, place, "sync_error");
  return fail_by(node, {"sync", ErrorCode::kIo, fault, {0, bytes}});
}

uint64_t DiskCore::room(Instant now) {
  uint64_t limit = config_.capacity_bytes;
  if (const DiskFaultSpec* fault = faults_.find_active(DiskFaultKind::kNoSpace, "", now)) {
    const auto [full_at, is_new] = full_at_.try_emplace(fault->id, used_ + fault->amount);
    limit = std::min(limit, full_at->second);
  }
  return limit > used_ ? limit - used_ : 0;
}

uint64_t DiskCore::free_bytes(Instant now) {
  apply_due_faults(now);
  return room(now);
}

void DiskCore::write_partially(NodeRef node, uint64_t offset, const Slices& bytes, Instant now) {
  CachedFile& file = tree_.file(node);
  const uint64_t total = total_size(bytes);
  const uint64_t number = ++file.counts.changes;
  Draws draws(seed_, kKillStream, mix64(tree_.identity(node)) ^ number);
  const uint64_t fate = draws.below(3);
  const uint64_t cut = round_down(offset + draws.below(total + 1), kPageBytes);
  uint64_t done = fate == 0 ? 0 : fate == 1 ? total : cut > offset ? cut - offset : 0;
  done = std::min(done, fitting_prefix(file, offset, total, room(now)));
  put(node, offset, prefix_of(bytes, done), now);
  tell_written(node, {offset, offset + done}, total);
}

}  // namespace faultline::sim
