// SPDX-License-Identifier: Apache-2.0
// Reading and writing one partition of __consumer_offsets.
#include "broker/groups/coordinator_shard.h"

#include "broker/wire/batch_builder.h"
#include "broker/wire/compression.h"
#include "broker/wire/record.h"

namespace faultline::groups {
namespace {

constexpr size_t kReadBytes = 1 << 20;
constexpr size_t kPlainBytesMax = 64 << 20;
constexpr size_t kBatchBytesMax = 1 << 19;

// The part of `whole` that a view into it shows.
Slice slice_of(const Slice& whole, Bytes view) {
  return whole.subslice(static_cast<size_t>(view.data() - whole.data()), view.size());
}

}  // namespace

CoordinatorShard::CoordinatorShard(Clock& clock, log::Log& log, LeaderEpoch epoch,
                                   OnWritten on_written)
    : clock_(clock), log_(log), epoch_(epoch), on_written_(std::move(on_written)) {}

Task<Result<void>> CoordinatorShard::load() {
  Offset offset = log_.log_start_offset();
  while (offset < log_.log_end_offset()) {
    log::ReadRequest request;
    request.offset = offset;
    request.bytes_max = kReadBytes;
    request.isolation = log::Isolation::kLogEnd;
    CO_TRY_ASSIGN(const log::ReadResult read, co_await log_.read(request));
    if (read.next_offset <= offset) co_return fail(ErrorCode::kCorrupt, "a hole in the log");
    CO_TRY(fold(read.batches));
    offset = read.next_offset;
  }
  is_loaded_ = true;
  co_return Result<void>{};
}

Result<void> CoordinatorShard::fold(const Slice& batches) {
  size_t position = 0;
  while (position < batches.size()) {
    TRY_ASSIGN(const wire::BatchView batch, wire::parse_batch(batches.view().subspan(position)));
    if (!batch.crc_is_valid()) return fail(ErrorCode::kCorrupt, "batch checksum");
    const Slice whole = batches.subslice(position, batch.size());
    position += batch.size();
    // Offsets committed in a transaction count once there is a coordinator for those.
    if (batch.is_control() || batch.is_transactional()) continue;
    TRY_ASSIGN(const Slice plain, wire::plain_records(whole, kPlainBytesMax));
    wire::RecordIterator records(plain.view(), batch.record_count());
    while (const std::optional<wire::RecordView> view = records.next()) {
      if (!view->key) return fail(ErrorCode::kCorrupt, "coordinator record without key");
      CoordinatorRecord record;
      record.key = slice_of(plain, *view->key);
      if (view->value) record.value = slice_of(plain, *view->value);
      TRY_ASSIGN(const CoordinatorEntry entry, parse_record(record));
      apply(entry);
    }
    if (!records.finished()) return fail(ErrorCode::kCorrupt, "coordinator batch");
  }
  return {};
}

void CoordinatorShard::apply(const CoordinatorEntry& entry) {
  if (const auto* offset = std::get_if<OffsetEntry>(&entry)) {
    Group& group = groups[offset->group];
    group.state.id = offset->group;
    if (offset->offset) {
      group.offsets[offset->key] = *offset->offset;
    } else {
      group.offsets.erase(offset->key);
    }
    const bool is_gone = group.offsets.empty() && group.state.generation == 0;
    if (is_gone) groups.erase(offset->group);
  } else if (const auto* stored = std::get_if<GroupEntry>(&entry)) {
    Group& group = groups[stored->group];
    if (stored->value) {
      group.state = restore(stored->group, *stored->value, clock_.now());
    } else if (group.offsets.empty()) {
      groups.erase(stored->group);
    } else {
      group.state = GroupState{};
      group.state.id = stored->group;
    }
  }
}

void CoordinatorShard::write(ShardWrite write) {
  queue_.push_back(std::move(write));
  changed_.notify_all();
}

Task<void> CoordinatorShard::run_writer() {
  while (true) {
    while (queue_.empty()) {
      const Result<void> woken = co_await changed_.wait();
      if (!woken) co_return;
    }
    std::vector<ShardWrite> writes;
    size_t bytes = 0;
    while (!queue_.empty() && bytes < kBatchBytesMax) {
      for (const CoordinatorRecord& record : queue_.front().records)
        bytes += record.key.size() + (record.value ? record.value->size() : 0);
      writes.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    is_writing_ = true;
    const Result<void> outcome = co_await append(&writes);
    is_writing_ = false;
    if (!outcome && outcome.error().code == ErrorCode::kCancelled) co_return;
    for (const ShardWrite& write : writes) on_written_(write, outcome);
    changed_.notify_all();
  }
}

Task<Result<void>> CoordinatorShard::append(const std::vector<ShardWrite>* writes) {
  wire::BatchOptions options;
  options.leader_epoch = epoch_;
  wire::BatchBuilder builder(options);
  const int64_t now_ms = clock_.wall_now().to_ms();
  for (const ShardWrite& write : *writes) {
    for (const CoordinatorRecord& record : write.records) {
      wire::NewRecord entry;
      entry.timestamp_ms = now_ms;
      entry.key = record.key.view();
      if (record.value) entry.value = record.value->view();
      builder.append(entry);
    }
  }
  if (builder.empty()) co_return Result<void>{};
  log::AppendRequest request;
  CO_TRY_ASSIGN(request.batches, std::move(builder).build());
  request.leader_epoch = epoch_;
  request.origin = log::AppendOrigin::kCoordinator;
  CO_TRY_ASSIGN(const log::AppendResult appended, co_await log_.append(std::move(request)));
  if (appended.status != log::AppendStatus::kAppended)
    co_return fail(ErrorCode::kInvalidArgument, "the log refused the coordinator's records");
  co_return Result<void>{};
}

Task<Result<void>> CoordinatorShard::drained() {
  while (!queue_.empty() || is_writing_) CO_TRY(co_await changed_.wait());
  co_return Result<void>{};
}

}  // namespace faultline::groups
