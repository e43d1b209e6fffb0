// SPDX-License-Identifier: Apache-2.0
// Flow: one direction of a connection, as TCP would carry it. Its bytes lie in one queue: received
// and unread, on the way, not sent yet. Invariants: what is unread or on the way never exceeds the
// receive buffer (a reader that does not read stalls the writer), segments are handed over in the
// order sent, and each has its own draws, keyed by (flow, segment number, attempt). At most one
// timed event per segment, and one per window update that a stalled sender waits for.
#pragma once

#include <deque>
#include <optional>

#include "sim/net/byte_queue.h"
#include "sim/net/link.h"

namespace faultline::sim {

class Flow;

enum class SegmentKind : uint8_t { kHandshake, kData, kEnd, kReset };
enum class SegmentState : uint8_t { kOnTheWay, kLost, kHeld };

struct Segment {
  uint64_t number = 0;
  Instant time{};  // on the way: arrival; else when it is tried again
  Instant first_sent{};
  EventId cause = 0;
  uint32_t size = 0;
  uint16_t attempts = 0;
  SegmentKind kind = SegmentKind::kData;
  SegmentState state = SegmentState::kOnTheWay;
};

// The connection around a flow.
class FlowOwner {
 public:
  // A segment has reached the receiving machine; false when nobody acknowledges it.
  virtual bool take_segment(Flow& flow, const Segment& segment) = 0;
  virtual void on_room(Flow& flow) = 0;           // the sender may write on
  virtual void on_no_answer(Flow& flow) = 0;      // the sender has given up
  virtual void on_cut(Flow& flow) = 0;            // a rule reset the connection; tell the sender
  virtual void on_silent_loss(Flow& flow) = 0;    // the receiver will never hear of the end
  virtual void on_turn_finished(Flow& flow) = 0;  // last call of an event; may destroy the flow

 protected:
  ~FlowOwner() = default;
};

class Flow {
 public:
  Flow(Medium& medium, FlowOwner& owner, Link& link, Link& back, uint64_t entity);
  ~Flow();

  const Link& link() const { return link_; }
  uint64_t entity() const { return entity_; }

  // --- the sender's side; `time` is its local time ---
  // Takes slices from bytes[next] on while there is room; true when all are taken.
  bool write(Slices& bytes, size_t& next, Instant time);
  void open(Instant time);  // the last step of the handshake
  void end(Instant time);   // the peer will read the end after all bytes
  // Drops what has not left and what was lost, and resets the receiver.
  void reset(Instant time);
  // The sending machine is gone: what is on the wire still arrives, nothing is tried again.
  void abandon();
  // As abandon(), and what is on the wire is gone too.
  void clear();
  bool is_reset_on_the_way() const;

  // --- the receiver's side ---
  size_t readable() const { return readable_; }
  bool end_has_come() const { return has_ended_; }
  bool has_ended() const { return has_ended_ && readable_ == 0; }
  Slice read(size_t size_max, Instant time);
  // The receiver was reset: it will not read any more.
  void drop_received();

  // Rules changed: what was held is tried again.
  void retry_held();

 private:
  class Arrival final : public TimedEvent {
   public:
    explicit Arrival(Flow& flow) : flow_(flow) {}
    void fire() override { flow_.on_arrival(); }

   private:
    Flow& flow_;
  };
  class WindowUpdate final : public TimedEvent {
   public:
    explicit WindowUpdate(Flow& flow) : flow_(flow) {}
    void fire() override { flow_.on_window_update(); }

   private:
    Flow& flow_;
  };
  enum class WindowState : uint8_t { kIdle, kOnTheWay, kLost, kHeld };
  struct Cause {
    uint64_t bytes;
    EventId event;
  };

  void on_arrival();
  void on_window_update();
  void send_what_fits();
  void append(SegmentKind kind, size_t size);
  void transmit(Segment& segment, Instant time);
  bool retry_waiting(Instant time);
  void drop_from(size_t index);
  void drop_lost_reset();
  void drop_unsent();
  void schedule_arrival();
  void offer_window(Instant time);
  size_t segment_size();
  Instant retransmission_time(Instant time, uint16_t attempts) const;
  void note_read(size_t size);

  Medium& medium_;
  FlowOwner& owner_;
  Link& link_;
  Link& back_;  // carries acknowledgements
  const uint64_t entity_;
  const uint64_t mixed_entity_;  // for draws

  ByteQueue bytes_;  // readable_ + those of segments_ + unsent_
  size_t readable_ = 0;
  size_t unsent_ = 0;
  size_t credit_;     // bytes that the sender may still send
  size_t freed_ = 0;  // read, but not told to the sender yet
  std::deque<Segment> segments_;
  std::deque<Cause> causes_;  // of the readable bytes
  Instant write_time_{};      // nothing leaves before it was written
  EventId write_cause_ = 0;
  uint64_t segments_made_ = 0;
  uint64_t reads_ = 0;
  uint64_t window_updates_ = 0;
  WindowState window_state_ = WindowState::kIdle;
  bool is_end_due_ = false;  // once all is sent
  bool has_ended_ = false;
  bool is_cut_ = false;  // whatever is written disappears
  Arrival arrival_;
  WindowUpdate window_update_;
};

}  // namespace faultline::sim
