// SPDX-License-Identifier: Apache-2.0
// Segments, their losses and the window of one direction.
#include "sim/net/flow.h"

namespace faultline::sim {
namespace {

constexpr uint64_t kAttemptBits = 8;  // a draw's number: segment number and attempt
constexpr size_t kCopiedBytesMax = 1024;

}  // namespace

Flow::Flow(Medium& medium, FlowOwner& owner, Link& link, Link& back, uint64_t entity)
    : medium_(medium),
      owner_(owner),
      link_(link),
      back_(back),
      entity_(entity),
      mixed_entity_(mix64(entity)),
      credit_(medium.options.receive_buffer_bytes),
      arrival_(*this),
      window_update_(*this) {}

Flow::~Flow() {
  medium_.kernel.cancel(arrival_);
  medium_.kernel.cancel(window_update_);
}

// --- sending ---

bool Flow::write(Slices& bytes, size_t& next, Instant time) {
  write_time_ = time;
  write_cause_ = medium_.kernel.cause();
  while (next < bytes.size()) {
    if (is_cut_) {
      next = bytes.size();
      break;
    }
    const size_t room = medium_.options.send_buffer_bytes - unsent_;
    if (room == 0) return false;
    Slice& slice = bytes[next];
    if (slice.size() <= room) {
      unsent_ += slice.size();
      bytes_.push_back(std::move(slice));
      ++next;
    } else {
      bytes_.push_back(slice.subslice(0, room));
      slice = slice.subslice(room);
      unsent_ += room;
    }
    send_what_fits();
  }
  return true;
}

void Flow::open(Instant time) {
  write_time_ = time;
  write_cause_ = medium_.kernel.cause();
  append(SegmentKind::kHandshake, 0);
}

void Flow::end(Instant time) {
  if (is_cut_ || is_end_due_) return;
  is_end_due_ = true;
  write_time_ = time;
  write_cause_ = medium_.kernel.cause();
  send_what_fits();
}

void Flow::reset(Instant time) {
  abandon();
  write_time_ = time;
  write_cause_ = medium_.kernel.cause();
  append(SegmentKind::kReset, 0);
}

void Flow::abandon() {
  is_cut_ = true;
  drop_unsent();
  for (size_t i = 0; i < segments_.size(); ++i)
    if (segments_[i].state == SegmentState::kLost) return drop_from(i);
}

bool Flow::is_reset_on_the_way() const {
  return !segments_.empty() && segments_.back().kind == SegmentKind::kReset;
}

void Flow::send_what_fits() {
  const Instant now = medium_.kernel.now();
  if (write_time_ < now) write_time_ = now;
  while (unsent_ > 0 && credit_ > 0 && !is_cut_) append(SegmentKind::kData, segment_size());
  if (!is_end_due_ || unsent_ > 0 || is_cut_) return;
  is_cut_ = true;
  append(SegmentKind::kEnd, 0);
}

size_t Flow::segment_size() {
  const size_t size = std::min({unsent_, credit_, medium_.options.segment_bytes_max});
  Draws draws(medium_.splits, mixed_entity_ ^ (segments_made_ + 1));
  return draws.chance(medium_.options.split_segment) ? 1 + draws.below(size) : size;
}

void Flow::append(SegmentKind kind, size_t size) {
  unsent_ -= size;
  credit_ -= size;
  Segment segment;
  segment.number = ++segments_made_;
  segment.first_sent = write_time_;
  segment.cause = write_cause_;
  segment.size = static_cast<uint32_t>(size);
  segment.kind = kind;
  segments_.push_back(segment);
  transmit(segments_.back(), write_time_);
  if (is_cut_) drop_unsent();
  drop_lost_reset();
  if (segments_.size() == 1) schedule_arrival();
}

// Nobody repeats a reset.
void Flow::drop_lost_reset() {
  const Segment& last = segments_.back();
  if (last.kind != SegmentKind::kReset || last.state != SegmentState::kLost) return;
  drop_from(segments_.size() - 1);
  owner_.on_silent_loss(*this);
}

// May turn the segment into a reset, and drop those after it; the queue keeps the segment.
void Flow::transmit(Segment& segment, Instant time) {
  const uint64_t number = segment.number << kAttemptBits | (segment.attempts & 0xff);
  ++segment.attempts;
  medium_.kernel.set_cause(segment.cause);
  const Packet packet{link_.from, link_.to, false, entity_, number, time};
  const RuleVerdict verdict = medium_.rules.judge(medium_.kernel, packet);
  segment.cause = medium_.kernel.cause();
  Draws draws(medium_.latencies, mixed_entity_ ^ number);
  const Duration latency = link_.latency().draw(draws) + verdict.delay;
  switch (verdict.action) {
    case RuleAction::kDrop:
      segment.state = SegmentState::kLost;
      segment.time = retransmission_time(time, segment.attempts);
      return;
    case RuleAction::kHold:
      segment.state = SegmentState::kHeld;
      segment.time = verdict.until;
      return;
    case RuleAction::kReset:
      if (segment.kind == SegmentKind::kReset) break;
      is_cut_ = true;
      segment.kind = SegmentKind::kReset;
      owner_.on_cut(*this);
      break;
    default: break;
  }
  segment.state = SegmentState::kOnTheWay;
  segment.time = link_.transmit(time, segment.size) + latency;
}

Instant Flow::retransmission_time(Instant time, uint16_t attempts) const {
  Duration wait = medium_.options.retransmission_min;
  const Duration wait_max = medium_.options.retransmission_max;
  for (uint16_t i = 1; i < attempts && wait < wait_max; ++i) wait = wait * 2;
  return time + std::min(wait, wait_max);
}

// Tries all lost and held segments again; false when the flow was given up or is empty.
bool Flow::retry_waiting(Instant time) {
  for (size_t i = 0; i < segments_.size(); ++i) {
    Segment& segment = segments_[i];
    if (segment.state == SegmentState::kOnTheWay) continue;
    if (segment.state == SegmentState::kLost &&
        time - segment.first_sent >= medium_.options.give_up_after) {
      medium_.kernel.set_cause(segment.cause);
      owner_.on_no_answer(*this);
      return false;
    }
    transmit(segment, time);
    if (segment.kind != SegmentKind::kReset) continue;
    drop_unsent();
    drop_from(i + 1);
    drop_lost_reset();
  }
  return !segments_.empty();
}

void Flow::drop_unsent() {
  bytes_.drop_back(unsent_);
  unsent_ = 0;
}

void Flow::drop_from(size_t index) {
  ASSERT_OP(unsent_, ==, 0u);
  while (segments_.size() > index) {
    bytes_.drop_back(segments_.back().size);
    segments_.pop_back();
  }
  schedule_arrival();
}

// --- arriving ---

void Flow::schedule_arrival() {
  medium_.kernel.cancel(arrival_);
  if (segments_.empty() || segments_.front().time == Instant::far_future()) return;
  medium_.kernel.schedule(arrival_, segments_.front().time);
}

void Flow::on_arrival() {
  const Instant now = medium_.kernel.now();
  while (!segments_.empty() && segments_.front().time <= now) {
    if (segments_.front().state != SegmentState::kOnTheWay) {
      if (!retry_waiting(now)) break;
      continue;
    }
    Segment segment = segments_.front();
    segments_.pop_front();
    if (segment.kind == SegmentKind::kReset && segment.size > 0) {
      ASSERT(segments_.empty());       // a reset is the last of its flow
      bytes_.drop_back(segment.size);  // of the data that a rule turned into it
      segment.size = 0;
    }
    readable_ += segment.size;
    if (segment.size > 0) causes_.push_back({segment.size, segment.cause});
    if (segment.kind == SegmentKind::kEnd) has_ended_ = true;
    medium_.kernel.set_cause(segment.cause);
    if (owner_.take_segment(*this, segment)) continue;
    readable_ -= segment.size;
    if (segment.size > 0) causes_.pop_back();
    Segment& lost = segments_.emplace_front(segment);
    lost.state = SegmentState::kLost;
    lost.time = retransmission_time(now, lost.attempts);
    if (lost.kind == SegmentKind::kReset) drop_from(0);
  }
  schedule_arrival();
  owner_.on_turn_finished(*this);
}

void Flow::retry_held() {
  const Instant now = medium_.kernel.now();
  if (window_state_ == WindowState::kHeld) offer_window(now);
  bool has_held = false;
  for (const Segment& segment : segments_) has_held |= segment.state == SegmentState::kHeld;
  if (!has_held) return;
  retry_waiting(now);
  schedule_arrival();
}

// --- reading ---

Slice Flow::read(size_t size_max, Instant time) {
  ASSERT(readable_ > 0 && size_max > 0);
  const FabricOptions& options = medium_.options;
  Draws draws(medium_.reads, mixed_entity_ ^ ++reads_);
  size_t size = std::min(readable_, size_max);
  if (draws.chance(options.short_read)) size = 1 + draws.below(size);
  const bool is_small = bytes_.front_size() < kCopiedBytesMax;
  Slice slice;
  if (draws.chance(options.gather_read)) {
    slice = bytes_.gather(size);
  } else if (is_small) {
    slice = bytes_.gather(std::min(size, kCopiedBytesMax));
  } else {
    slice = bytes_.take(size);
  }
  note_read(slice.size());
  freed_ += slice.size();
  if (unsent_ == 0) {
    credit_ += freed_;  // the sender does not wait for it
    freed_ = 0;
  } else if (window_state_ == WindowState::kIdle &&
             (freed_ * 4 >= options.receive_buffer_bytes || readable_ == 0)) {
    offer_window(time);
  }
  return slice;
}

// What the reader does next was caused by the segment of the last byte that it read.
void Flow::note_read(size_t size) {
  readable_ -= size;
  uint64_t left = size;
  while (left > 0) {
    Cause& cause = causes_.front();
    medium_.kernel.set_cause(cause.event);
    const uint64_t taken = std::min(cause.bytes, left);
    cause.bytes -= taken;
    left -= taken;
    if (cause.bytes == 0) causes_.pop_front();
  }
}

void Flow::offer_window(Instant time) {
  const uint64_t number = ++window_updates_;
  const uint64_t entity = mix64(entity_ ^ stream_id("net.window"));
  const EventId cause = medium_.kernel.cause();
  const Packet packet{back_.from, back_.to, false, entity, number, time};
  const RuleVerdict verdict = medium_.rules.judge(medium_.kernel, packet);
  medium_.kernel.set_cause(cause);
  Draws draws(medium_.latencies, mix64(entity) ^ number);
  Instant at = time + back_.latency().draw(draws) + verdict.delay;
  window_state_ = WindowState::kOnTheWay;
  if (verdict.action == RuleAction::kHold) {
    window_state_ = WindowState::kHeld;
    at = verdict.until;
  } else if (verdict.action == RuleAction::kDrop) {
    window_state_ = WindowState::kLost;
    at = retransmission_time(time, 1);
  }
  medium_.kernel.cancel(window_update_);
  if (at < Instant::far_future()) medium_.kernel.schedule(window_update_, at);
}

void Flow::on_window_update() {
  if (window_state_ != WindowState::kOnTheWay) return offer_window(medium_.kernel.now());
  window_state_ = WindowState::kIdle;
  credit_ += std::exchange(freed_, 0);
  medium_.kernel.set_cause(write_cause_);
  send_what_fits();
  owner_.on_room(*this);
  owner_.on_turn_finished(*this);
}

void Flow::drop_received() {
  while (readable_ > 0) readable_ -= bytes_.take(readable_).size();
  causes_.clear();
}

void Flow::clear() {
  abandon();
  drop_from(0);
}

}  // namespace faultline::sim
