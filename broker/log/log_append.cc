// SPDX-License-Identifier: Apache-2.0
// Appending: batches get their offsets, their producers are asked for, the segment is rolled when
// it has to be, the bytes are written, and only then does the log's end move.
#include <algorithm>
#include <iterator>

#include "broker/base/assert.h"
#include "broker/log/batch_scanner.h"
#include "broker/log/file_names.h"
#include "broker/log/log.h"
#include "broker/log/producer_input.h"

namespace faultline::log {

// One append, decided and laid out.
struct Log::Placed {
  struct Item {
    wire::BatchView batch;  // as it came
    BatchFacts facts;       // as it will lie
    LeaderEpoch epoch = 0;
  };
  AppendResult result;
  std::vector<Item> items;
  Slices bytes;
  int64_t size = 0;
  int64_t timestamp_ms = -1;
};

Task<Result<AppendResult>> Log::append(AppendRequest request) {
  CO_TRY_ASSIGN(const AppendResult result, co_await append_in_turn(std::move(request)));
  // A duplicate is acknowledged again, so its first copy must be as durable as the config says.
  const bool is_stored =
      result.status == AppendStatus::kAppended || result.status == AppendStatus::kDuplicate;
  const int64_t limit = options_.config.flush_messages;
  const bool is_due = limit == 1 || unflushed_records_ >= limit;
  if (is_stored && is_due) CO_TRY(co_await flush_up_to(result.last_offset + 1));
  co_return result;
}

Task<Result<AppendResult>> Log::append_in_turn(AppendRequest request) {
  CO_TRY_ASSIGN(const Mutex::Guard turn, co_await writing_.lock());
  CO_TRY(check_usable());
  Placed placed;
  CO_TRY(place(request, &placed));
  if (placed.result.status == AppendStatus::kOutOfOrderSequence)
    tracer_.reached(history::LogMark::kOutOfOrderSequence);
  if (placed.result.status == AppendStatus::kInvalidEpoch)
    tracer_.reached(history::LogMark::kOlderProducerEpoch);
  if (placed.result.status != AppendStatus::kAppended) co_return placed.result;

  if (!segments_.active().is_loaded() || has_unfinished_append_) CO_TRY(co_await prepare_active());
  // Reading it is seldom needed: the segment knows it once it was appended to.
  if (is_first_timestamp_wanted()) CO_TRY(co_await segments_.active().first_timestamp());
  const Offset last_offset = placed.items.back().facts.last_offset;
  const bool rolls = must_roll(placed.size, last_offset, placed.timestamp_ms);
  if (rolls) CO_TRY(co_await roll_in_turn(placed.result.base_offset));

  Segment& segment = segments_.active();
  std::vector<BatchFacts> facts;
  uint64_t position = segment.size();
  for (const Placed::Item& item : placed.items) {
    tracer_.appended(item.batch, item.facts, position);
    position += item.facts.size;
    facts.push_back(item.facts);
  }
  has_unfinished_append_ = true;  // also if this frame dies in the middle
  const Result<void> written = co_await segment.append(std::move(placed.bytes), std::move(facts));
  if (!written) {
    const Result<void> undone = co_await undo_append(written.error());
    co_return std::unexpected(undone.error());
  }
  has_unfinished_append_ = false;
  note_appended(placed);
  co_return placed.result;
}

Result<void> Log::place(const AppendRequest& request, Placed* placed) const {
  placed->result.log_start_offset = log_start_offset_;
  const bool is_copy = request.origin == AppendOrigin::kReplication;
  const bool is_stale = !is_copy && request.leader_epoch < epochs_.latest().value_or(-1);
  if (is_stale) {
    placed->result.status = AppendStatus::kFencedLeaderEpoch;
    return {};
  }
  Offset next = log_end_offset_;
  size_t position = 0;
  while (position < request.batches.size()) {
    const Slice rest = request.batches.subslice(position);
    TRY_ASSIGN(const wire::BatchView batch, wire::parse_batch(rest.view()));
    if (is_copy && batch.base_offset() < next)
      return fail(ErrorCode::kInvalidArgument, "replicated offset below the log end");
    const Offset base = is_copy ? batch.base_offset() : next;
    if (request.origin == AppendOrigin::kClient) {
      placed->result.status = check_producer(batch, base, &placed->result);
      if (placed->result.status != AppendStatus::kAppended) return {};
    }
    const LeaderEpoch epoch = is_copy ? batch.leader_epoch() : request.leader_epoch;
    Placed::Item item{batch, BatchFacts::of(batch), epoch};
    item.facts.base_offset = base;
    item.facts.last_offset = base + batch.last_offset_delta();
    const Slice whole = rest.subslice(0, batch.size());
    Slices parts = wire::place_batch(whole, {base, epoch});
    if (placed->bytes.empty())
      placed->bytes = std::move(parts);
    else
      std::ranges::move(parts, std::back_inserter(placed->bytes));
    placed->timestamp_ms = std::max(placed->timestamp_ms, batch.max_timestamp());
    placed->size += static_cast<int64_t>(batch.size());
    next = item.facts.last_offset + 1;
    position += batch.size();
    placed->items.push_back(item);
  }
  if (placed->items.empty()) return fail(ErrorCode::kInvalidArgument, "nothing to append");
  if (placed->size > options_.config.segment_bytes) placed->result.status = AppendStatus::kTooLarge;
  placed->result.base_offset = placed->items.front().facts.base_offset;
  placed->result.last_offset = next - 1;
  placed->result.timestamp_ms = placed->timestamp_ms;
  return {};
}

AppendStatus Log::check_producer(const wire::BatchView& batch, Offset base_offset,
                                 AppendResult* result) const {
  const Result<producer::BatchInput> input = producer_input_of(batch, base_offset);
  if (!input) return AppendStatus::kAppended;  // a control batch: not for this core
  const producer::Decision decision = producer::decide(producers_, rules_.producer, *input);
  switch (decision.verdict) {
    case producer::Verdict::kAccept: return AppendStatus::kAppended;
    case producer::Verdict::kOutOfOrderSequence: return AppendStatus::kOutOfOrderSequence;
    case producer::Verdict::kInvalidEpoch: return AppendStatus::kInvalidEpoch;
    case producer::Verdict::kInvalidTransaction: return AppendStatus::kInvalidTransaction;
    case producer::Verdict::kDuplicate:
      result->base_offset = decision.original.first_offset();
      result->last_offset = decision.original.last_offset;
      result->timestamp_ms = decision.original.timestamp_ms;
      return AppendStatus::kDuplicate;
  }
  UNREACHABLE();
}

Task<Result<void>> Log::prepare_active() {
  Segment& segment = segments_.active();
  if (!segment.has_file()) {
    const Result<void> created = co_await segment.create_file();
    if (!created) co_return std::unexpected(created.error());
    has_unsynced_names_ = true;
    tracer_.file(segment.path(FileKind::kLog), segment.base_offset());
  }
  CO_TRY(co_await segment.load_indexes());
  if (has_unfinished_append_) {
    tracer_.reached(history::LogMark::kAppendCut);
    const Result<void> cut = co_await segment.cut_file();
    if (!cut) co_return std::unexpected(fence(cut.error(), "cut"));
    has_unfinished_append_ = false;
  }
  co_return Result<void>{};
}

Task<Result<void>> Log::undo_append(Error cause) {
  if (cause.code != ErrorCode::kNoSpace) co_return std::unexpected(fence(cause, "append"));
  // Without room the batch is refused, and what was written of it goes: the log itself is well.
  const Result<void> cut = co_await segments_.active().cut_file();
  if (!cut) co_return std::unexpected(fence(cut.error(), "cut"));
  has_unfinished_append_ = false;
  tracer_.truncated(log_end_offset_, "append: " + cause.to_string());
  co_return std::unexpected(cause);
}

void Log::note_appended(const Placed& placed) {
  Segment& segment = segments_.active();
  const int64_t now_ms =
      retention_clock_.now_ms(env_.clock.wall_now(), env_.clock.now(), rules_.storage);
  segment.appended_at_ms = now_ms;
  for (const Placed::Item& item : placed.items) {
    if (epochs_.assign_if_newer(item.epoch, item.facts.base_offset)) has_unwritten_epochs_ = true;
    const auto input = producer_input_of(item.batch, item.facts.base_offset);
    if (input) {
      const auto ended = producer::apply(producers_, rules_.producer, *input);
      if (ended && !ended->is_commit) segment.note_aborted(aborted_entry(*ended));
    }
    unflushed_records_ += item.facts.last_offset - item.facts.base_offset + 1;
  }
  env_.cpu.charge(Work::kLogAppend, static_cast<int64_t>(placed.items.size()));
  log_end_offset_ = placed.items.back().facts.last_offset + 1;
  if (options_.config.is_sole_replica) high_watermark_ = log_end_offset_;
  if (!unflushed_since_) unflushed_since_ = env_.clock.now();
  changed_.notify_all();
}

AbortedTransaction Log::aborted_entry(const producer::EndedTransaction& ended) const {
  const Offset stable = producers_.oldest_open_transaction().value_or(ended.last_offset + 1);
  return {ended.producer_id, ended.first_offset, ended.last_offset, stable};
}

bool Log::is_first_timestamp_wanted() {
  const Segment& segment = segments_.active();
  return options_.config.segment_ms != kNever && segment.size() > 0 &&
         segment.state().first_timestamp_ms < 0;
}

bool Log::must_roll(int64_t bytes, Offset last_offset, int64_t timestamp_ms) {
  Segment& segment = segments_.active();
  const LogConfig& config = options_.config;
  const auto size = static_cast<int64_t>(segment.size());
  if (size > config.segment_bytes - bytes) return true;
  // B41: an index entry holds 32 bits of relative offset.
  if (last_offset - segment.base_offset() > INT32_MAX) return true;
  if (segment.is_index_full(config.segment_index_bytes)) {
    tracer_.reached(history::LogMark::kRolledForIndex);
    return true;
  }
  if (size == 0 || config.segment_ms == kNever) return false;
  const int64_t first_ms = segment.state().first_timestamp_ms;
  const bool is_due = first_ms >= 0 && timestamp_ms - first_ms > config.segment_ms;
  if (is_due) tracer_.reached(history::LogMark::kRolledForTime);
  return is_due;
}

Task<Result<void>> Log::roll() {
  CO_TRY_ASSIGN(const Mutex::Guard turn, co_await writing_.lock());
  CO_TRY(check_usable());
  if (segments_.active().size() == 0) co_return Result<void>{};
  CO_TRY(co_await prepare_active());
  CO_TRY(co_await roll_in_turn(log_end_offset_));
  co_return Result<void>{};
}

Task<Result<void>> Log::roll_in_turn(Offset base_offset) {
  const SegmentList::Pin pin(segments_);
  const bool was_empty = segments_.active().size() == 0;
  if (was_empty && segments_.active().base_offset() == base_offset) co_return Result<void>{};
  auto segment = make_segment(base_offset);
  CO_TRY(co_await segment->create_file());
  has_unsynced_names_ = true;
  segments_.push_back(std::move(segment));
  tracer_.file(segments_.active().path(FileKind::kLog), base_offset);
  if (was_empty) {  // replicated offsets leap over it
    CO_TRY(co_await remove_segments(segments_.size() - 2, segments_.size() - 1));
    co_return Result<void>{};
  }
  unwritten_snapshots_.push_back({base_offset, producers_});
  segments_.drop_unused_indexes();
  background_.spawn(flush_in_background(log_end_offset_));
  co_return Result<void>{};
}

}  // namespace faultline::log
