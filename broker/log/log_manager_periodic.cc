// SPDX-License-Identifier: Apache-2.0
// What a log directory does every now and then: checkpoints, retention, flushing by time.
#include <algorithm>

#include "broker/log/file_names.h"
#include "broker/log/log_manager.h"
#include "broker/log/whole_file.h"

namespace faultline::log {

Task<Result<void>> LogManager::write_file(std::string name, std::string text) {
  const auto before = written_.find(name);
  if (before != written_.end() && before->second == text) co_return Result<void>{};
  written_.erase(name);
  Slice content = Slice::copy_of(text);
  const Result<void> written = co_await replace_file(env_.disk, rules_.storage, options_.directory,
                                                     name, std::move(content));
  if (!written) {
    if (written.error().code != ErrorCode::kCancelled) is_offline_ = true;
    co_return written;
  }
  written_[name] = std::move(text);
  co_return Result<void>{};
}

Task<Result<void>> LogManager::write_recovery_points(std::optional<TopicPartition> lowered,
                                                     Offset offset) {
  OffsetCheckpoint offsets;
  for (const auto& [partition, log] : logs_) {
    Offset point = log->recovery_point();
    if (lowered && *lowered == partition) point = std::min(point, offset);
    offsets[partition] = point;
  }
  std::string text = format_offset_checkpoint(offsets);
  CO_TRY(co_await write_file(std::string(kRecoveryPointFile), std::move(text)));
  co_return Result<void>{};
}

Task<Result<void>> LogManager::checkpoint_recovery_points() {
  CO_TRY_ASSIGN(const Mutex::Guard turn, co_await checkpointing_.lock());
  CO_TRY(co_await write_recovery_points(std::nullopt, 0));
  co_return Result<void>{};
}

Task<Result<void>> LogManager::truncate(TopicPartition partition, Offset offset) {
  CO_TRY_ASSIGN(const Mutex::Guard turn, co_await checkpointing_.lock());
  CO_TRY_ASSIGN(Log* const log, find_or_fail(partition));
  // B32: a recovery point beyond the end would later vouch for records that were never synced.
  // The cut goes back to the start of a batch, which the segment's base is surely not behind.
  CO_TRY(co_await write_recovery_points(partition, log->segment_base_before(offset)));
  CO_TRY(co_await log->truncate_to(offset));
  co_return Result<void>{};
}

Task<Result<void>> LogManager::truncate_fully(TopicPartition partition, Offset offset) {
  CO_TRY_ASSIGN(const Mutex::Guard turn, co_await checkpointing_.lock());
  CO_TRY_ASSIGN(Log* const log, find_or_fail(partition));
  CO_TRY(co_await write_recovery_points(partition, 0));
  CO_TRY(co_await log->truncate_fully_and_start_at(offset));
  CO_TRY(co_await write_log_starts());
  co_return Result<void>{};
}

Task<Result<void>> LogManager::checkpoint_high_watermarks() {
  CO_TRY_ASSIGN(const Mutex::Guard turn, co_await checkpointing_.lock());
  OffsetCheckpoint offsets;
  for (const auto& [partition, log] : logs_) offsets[partition] = log->high_watermark();
  std::string text = format_offset_checkpoint(offsets);
  CO_TRY(co_await write_file(std::string(kHighWatermarkFile), std::move(text)));
  co_return Result<void>{};
}

Task<Result<void>> LogManager::checkpoint_log_starts() {
  CO_TRY_ASSIGN(const Mutex::Guard turn, co_await checkpointing_.lock());
  CO_TRY(co_await write_log_starts());
  co_return Result<void>{};
}

Task<Result<void>> LogManager::write_log_starts() {
  OffsetCheckpoint offsets;
  for (const auto& [partition, log] : logs_) {
    // Kafka leaves out what the segment names say already; but a removed name can come back.
    if (log->log_start_offset() > 0) offsets[partition] = log->log_start_offset();
  }
  std::string text = format_offset_checkpoint(offsets);
  CO_TRY(co_await write_file(std::string(kLogStartFile), std::move(text)));
  co_return Result<void>{};
}

Task<Result<int>> LogManager::apply_retention() {
  int deleted = 0;
  for (Log* log : logs()) {
    const Result<int> count = co_await log->delete_old_segments();
    if (count) {
      deleted += *count;
    } else if (count.error().code != ErrorCode::kClosed &&
               count.error().code != ErrorCode::kFenced) {
      co_return count;
    }
  }
  co_return deleted;
}

Task<Result<void>> LogManager::flush_due() {
  for (Log* log : logs()) {
    const int64_t limit_ms = log->config().flush_ms;
    const auto since = log->unflushed_since();
    if (!since || limit_ms == kNever) continue;
    if ((env_.clock.now() - *since).to_ms() < limit_ms) continue;
    const Result<void> flushed = co_await log->flush();
    if (!flushed && flushed.error().code == ErrorCode::kCancelled) co_return flushed;
  }
  co_return Result<void>{};
}

void LogManager::expire_producers() {
  for (const auto& [partition, log] : logs_) log->expire_producers();
}

Task<Result<void>> LogManager::audit() {
  for (Log* log : logs()) {
    const Result<void> audited = co_await log->audit();
    if (!audited && audited.error().code == ErrorCode::kCancelled) co_return audited;
  }
  co_return Result<void>{};
}

}  // namespace faultline::log
