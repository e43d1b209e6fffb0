// SPDX-License-Identifier: Apache-2.0
// The audit of a log: its batches and indexes as they lie there are compared with what walking
// over the whole log gives, and the result is told in an event. For simulations and tests; a
// serving broker has no use for it.
#include <algorithm>

#include <fmt/format.h>

#include "broker/log/batch_scanner.h"
#include "broker/log/log.h"

namespace faultline::log {
namespace {

// Both rise in time.
bool contains(const std::vector<TimeEntry>& entries, const TimeEntry& entry) {
  const auto place =
      std::ranges::lower_bound(entries, entry.timestamp_ms, {}, &TimeEntry::timestamp_ms);
  return place != entries.end() && *place == entry;
}

// What is wrong with the time index, compared with one rebuilt. `maxima`: each batch whose
// timestamp exceeds all before it. Entries beyond the rebuilt ones are good where they tell the
// truth: a clean stop leaves one at the end of the segment, wherever that is.
std::string compare_times(const TimeIndex& index, const TimeIndex& rebuilt,
                          const std::vector<TimeEntry>& maxima) {
  for (const TimeEntry& entry : index.entries()) {
    if (!contains(maxima, entry))
      return fmt::format("no batch at relative offset {} is the first with the timestamp {}",
                         entry.relative_offset, entry.timestamp_ms);
  }
  for (const TimeEntry& entry : rebuilt.entries()) {
    if (!contains(index.entries(), entry))
      return fmt::format("the entry for relative offset {} is missing", entry.relative_offset);
  }
  return {};
}

std::string compare_offsets(const OffsetIndex& index, const OffsetIndex& rebuilt) {
  if (index == rebuilt) return {};
  const auto& is = index.entries();
  const auto& should_be = rebuilt.entries();
  const size_t place = static_cast<size_t>(std::ranges::mismatch(is, should_be).in1 - is.begin());
  return fmt::format("entry {} of {} differs; a rebuild has {}", place, is.size(),
                     should_be.size());
}

}  // namespace

Task<Result<void>> Segment::audit(Offset from, SegmentAudit* into) {
  if (!has_file()) co_return Result<void>{};
  CO_TRY(co_await load_indexes());
  SegmentState rebuilt(state_.base_offset);
  std::vector<TimeEntry> maxima;
  BatchScanner scanner(*file_, 0, state_.size);
  while (true) {
    CO_TRY_ASSIGN(const Slice run, co_await scanner.next_run());
    if (run.empty()) break;
    BatchWalk walk(run.view());
    while (const auto batch = walk.next()) {
      if (!rebuilt.adopt(BatchFacts::of(*batch), options_.index_interval_bytes))
        co_return fail(ErrorCode::kCorrupt, path(FileKind::kLog));
      if (maxima.empty() || maxima.back() != rebuilt.largest) maxima.push_back(rebuilt.largest);
      if (batch->last_offset() < from) continue;
      if (!into->first_offset) into->first_offset = batch->base_offset();
      into->chain = history::extend_chain(
          into->chain, {batch->base_offset(), batch->last_offset(), batch->crc()});
    }
  }
  if (rebuilt.size != state_.size) co_return fail(ErrorCode::kCorrupt, path(FileKind::kLog));
  if (!into->mismatch.empty()) co_return Result<void>{};
  std::string wrong = compare_offsets(state_.offset_index, rebuilt.offset_index);
  FileKind kind = FileKind::kOffsetIndex;
  if (wrong.empty()) {
    wrong = compare_times(state_.time_index, rebuilt.time_index, maxima);
    kind = FileKind::kTimeIndex;
  }
  if (wrong.empty() && state_.largest != rebuilt.largest)
    wrong = fmt::format("the largest timestamp is {}, not {}", rebuilt.largest.timestamp_ms,
                        state_.largest.timestamp_ms);
  if (!wrong.empty()) into->mismatch = path(kind) + ": " + wrong;
  co_return Result<void>{};
}

Task<Result<void>> Log::audit() {
  CO_TRY_ASSIGN(const Mutex::Guard turn, co_await writing_.lock());
  CO_TRY(check_usable());
  const SegmentList::Pin pin(segments_);
  SegmentAudit found;
  for (Segment* segment : segments_.pointers())
    CO_TRY(co_await segment->audit(log_start_offset_, &found));
  tracer_.audited(found.first_offset.value_or(log_end_offset_), log_end_offset_, found.chain,
                  std::move(found.mismatch));
  co_return Result<void>{};
}

}  // namespace faultline::log
