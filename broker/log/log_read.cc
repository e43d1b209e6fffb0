// SPDX-License-Identifier: Apache-2.0
// Reading by offset and by time. Readers take no turn: they pin the segments, and look again
// whether the log was cut while they waited for the disk.
#include <algorithm>

#include "broker/base/assert.h"
#include "broker/log/log.h"
#include "broker/wire/record.h"

namespace faultline::log {
namespace {

constexpr size_t kPlainBytesMax = 256 << 20;

// The first record of a batch at or behind `offset` with a timestamp of at least `timestamp_ms`.
Result<std::optional<TimestampOffset>> find_record(const Slice& bytes, Offset offset,
                                                   int64_t timestamp_ms) {
  const wire::BatchView batch(bytes.view());
  TRY_ASSIGN(const Slice plain, wire::plain_records(bytes, kPlainBytesMax));
  wire::RecordIterator records(plain.view(), batch.record_count());
  while (const auto record = records.next()) {
    const Offset at = record->offset_in(batch);
    const int64_t time_ms = record->timestamp_in(batch);
    if (at >= offset && time_ms >= timestamp_ms)
      return TimestampOffset{time_ms, at, batch.leader_epoch()};
  }
  return std::optional<TimestampOffset>();
}

}  // namespace

Offset Log::limit_of(Isolation isolation) const {
  switch (isolation) {
    case Isolation::kLogEnd: return log_end_offset_;
    case Isolation::kHighWatermark: return high_watermark_;
    case Isolation::kLastStable: return last_stable_offset();
  }
  UNREACHABLE();
}

ReadResult Log::result_at(Offset offset) const {
  return {.batches = {},
          .next_offset = offset,
          .log_start_offset = log_start_offset_,
          .high_watermark = high_watermark_,
          .last_stable_offset = last_stable_offset(),
          .log_end_offset = log_end_offset_};
}

std::optional<Result<ReadResult>> Log::read_at_once(const ReadRequest& request) const {
  const Result<void> usable = check_usable();
  if (!usable) return std::unexpected(usable.error());
  if (request.offset < log_start_offset_ || request.offset > log_end_offset_)
    return fail(ErrorCode::kOutOfRange, partition().to_string());
  if (request.offset >= limit_of(request.isolation)) return result_at(request.offset);
  return std::nullopt;
}

Task<Result<ReadResult>> Log::read(ReadRequest request) {
  if (std::optional<Result<ReadResult>> known = read_at_once(request)) co_return std::move(*known);
  const SegmentList::Pin pin(segments_);
  ReadResult result = result_at(request.offset);
  const Offset limit = limit_of(request.isolation);
  const uint64_t cuts = cuts_;
  std::optional<FoundRange> found;
  for (Segment* segment : segments_.pointers(segments_.floor(request.offset))) {
    if (found || segment->base_offset() >= limit) break;
    if (!segment->has_file()) continue;
    Result<std::optional<FoundRange>> read =
        co_await segment->read(request.offset, limit, request.bytes_max, request.at_least_one);
    if (cuts != cuts_) break;  // it may have walked from old batches into new ones
    if (!read) co_return std::unexpected(read.error());
    found = std::move(*read);
  }
  CO_TRY(check_usable());
  if (cuts != cuts_) co_return fail(ErrorCode::kOutOfRange, "the log was cut meanwhile");
  env_.cpu.charge(Work::kLogRead, 1);
  if (!found || found->bytes.empty()) co_return result;
  result.next_offset = found->next_offset;
  result.batches = std::move(found->bytes);
  co_return result;
}

Task<Result<std::optional<TimestampOffset>>> Log::find_timestamp(int64_t timestamp_ms) {
  CO_TRY(check_usable());
  const SegmentList::Pin pin(segments_);
  const std::vector<Segment*> segments = segments_.pointers();
  for (Segment* segment : segments) {
    if (!segment->has_file() || segment->end_offset() <= log_start_offset_) continue;
    CO_TRY_ASSIGN(const TimeEntry largest, co_await segment->largest_timestamp());
    if (largest.timestamp_ms < timestamp_ms) continue;
    CO_TRY_ASSIGN(const auto found, co_await find_in_segment(segment, timestamp_ms));
    if (found) co_return found;
  }
  co_return std::optional<TimestampOffset>();
}

Task<Result<std::optional<TimestampOffset>>> Log::find_in_segment(Segment* segment,
                                                                  int64_t timestamp_ms) {
  Offset from = log_start_offset_;
  while (true) {
    CO_TRY_ASSIGN(const Slice bytes, co_await segment->find_batch_by_time(timestamp_ms, from));
    if (bytes.empty()) co_return std::optional<TimestampOffset>();
    const wire::BatchView batch(bytes.view());
    // B42 (KAFKA-16310): the header knows only that some record is late enough, not which.
    if (!rules_.storage.scan_batch_for_timestamp) {
      const TimestampOffset last{batch.max_timestamp(), batch.last_offset(), batch.leader_epoch()};
      co_return std::optional(last);
    }
    CO_TRY_ASSIGN(const auto record, find_record(bytes, from, timestamp_ms));
    if (record) co_return record;
    from = batch.next_offset();  // its late records lie before the log start
  }
}

Task<Result<std::optional<TimestampOffset>>> Log::find_max_timestamp() {
  CO_TRY(check_usable());
  const SegmentList::Pin pin(segments_);
  std::optional<TimestampOffset> best;
  for (Segment* segment : segments_.pointers()) {
    if (!segment->has_file() || segment->end_offset() <= log_start_offset_) continue;
    CO_TRY_ASSIGN(const TimeEntry largest, co_await segment->largest_timestamp());
    // The record of the largest timestamp may lie before the log start: then any next larger one.
    int64_t wanted_ms = segment->base_offset() >= log_start_offset_ ? largest.timestamp_ms : 0;
    while (wanted_ms >= 0 && wanted_ms <= largest.timestamp_ms) {
      if (best && wanted_ms <= best->timestamp_ms) wanted_ms = best->timestamp_ms + 1;
      CO_TRY_ASSIGN(const auto found, co_await find_in_segment(segment, wanted_ms));
      if (!found) break;
      best = found;
      wanted_ms = found->timestamp_ms + 1;
    }
  }
  co_return best;
}

}  // namespace faultline::log
