// SPDX-License-Identifier: Apache-2.0
// Orderly and disorderly ends of connections.
#include "sim/net/connection.h"

#include <algorithm>
#include <utility>

#include "sim/net/events.h"
#include "sim/net/fabric.h"
#include "sim/net/host_network.h"

namespace faultline::sim {

uint64_t Connection::id_of(NodeId client, NodeId server, uint32_t number) {
  return static_cast<uint64_t>(static_cast<uint16_t>(client.value)) << 48 |
         static_cast<uint64_t>(static_cast<uint16_t>(server.value)) << 32 | number;
}

// NOLINTNEXTLINE(readability-function-size): two ends and a number
Connection::Connection(Fabric& fabric, HostNetwork& client, uint16_t client_port,
                       HostNetwork& server, uint16_t server_port, uint32_t number)
    : fabric_(fabric),
      id_(id_of(client.node(), server.node(), number)),
      ends_{End{&client, client_port}, End{&server, server_port}},
      flows_{Flow(fabric.medium(), *this, fabric.link(client, server), fabric.link(server, client),
                  id_ << 1),
             Flow(fabric.medium(), *this, fabric.link(server, client), fabric.link(client, server),
                  id_ << 1 | 1)},
      keepalives_{Keepalive(*this, Side::kClient), Keepalive(*this, Side::kServer)} {
  end(Side::kServer).is_established = false;
}

Connection::~Connection() {
  ASSERT(ends_[0].stream == nullptr && ends_[1].stream == nullptr);
  for (Keepalive& keepalive : keepalives_) fabric_.kernel().cancel(keepalive);
}

template <class Payload>
void Connection::emit(Side side, Instant time, const Payload& payload) {
  emit_at(fabric_.kernel(), host(side).node(), time, id_, payload);
}

int32_t Connection::peer(Side side) const { return host(other(side)).node().value; }

void Connection::open() { out(Side::kClient).open(fabric_.kernel().now()); }

// --- the program's calls ---

std::optional<Result<Slice>> Connection::read(Side side, size_t size_max) {
  End& own = end(side);
  if (!own.lost_because.empty()) return read_what_is_left(side, size_max);
  if (in(side).readable() > 0) return in(side).read(size_max, own.host->local_time());
  if (in(side).has_ended()) return Slice();
  return std::nullopt;
}

// As on Linux a reset takes nothing back: what had come can be read, an end that had come is one.
Result<Slice> Connection::read_what_is_left(Side side, size_t size_max) {
  End& own = end(side);
  if (own.left_to_read == 0 && own.had_ended) return Slice();
  if (own.left_to_read == 0) return fail(ErrorCode::kConnectionReset, own.lost_because);
  const size_t wanted = std::min(size_max, own.left_to_read);
  Slice slice = in(side).read(wanted, own.host->local_time());
  own.left_to_read -= slice.size();
  return slice;
}

Result<bool> Connection::write(Side side, Slices& bytes, size_t& next) {
  End& own = end(side);
  if (own.is_shut) return fail(ErrorCode::kClosed, "written after shutdown");
  if (!own.lost_because.empty()) return fail(ErrorCode::kConnectionReset, own.lost_because);
  ASSERT(own.is_writable);
  return out(side).write(bytes, next, own.host->local_time());
}

void Connection::shutdown_write(Side side) {
  End& own = end(side);
  own.is_shut = true;
  if (!own.is_writable || !own.is_known) return;
  own.is_writable = false;
  emit(side, own.host->local_time(), NetEnded{peer(side)});
  out(side).end(own.host->local_time());
}

void Connection::close(Side side) {
  End& own = end(side);
  if (!own.has_program) return;
  own.has_program = false;
  if (own.stream != nullptr) std::exchange(own.stream, nullptr)->orphan();
  fabric_.kernel().cancel(keepalives_[index(side)]);
  if (!own.is_established) own.is_known = false;  // its listener is gone, and it with it
  if (own.is_known) {
    const Instant time = own.host->local_time();
    emit(side, time, NetClosed{peer(side), in(side).readable()});
    if (in(side).readable() > 0) {
      answer_with_reset(side);  // as Linux does: the peer must not believe that all was read
    } else if (own.is_writable) {
      own.is_writable = false;
      out(side).end(time);
    }
  }
}

void Connection::abort(Side side) {
  if (end(side).is_known) answer_with_reset(side);
  close(side);
}

void Connection::lose(Side side) {
  End& own = end(side);
  if (!own.is_known) return;
  own.is_known = own.has_program = false;
  if (own.stream != nullptr) std::exchange(own.stream, nullptr)->orphan();
  fabric_.kernel().cancel(keepalives_[index(side)]);
  out(side).abandon();
  arm_keepalive(other(side));
}

void Connection::forget(Side side) {
  if (!end(side).is_known) return;
  break_off(side, "connection forgotten");
  arm_keepalive(other(side));
}

void Connection::cut() {
  for (Side side : {Side::kClient, Side::kServer})
    if (end(side).is_known) out(other(side)).reset(fabric_.kernel().now());
}

void Connection::retry_held() {
  for (Flow& flow : flows_) flow.retry_held();
}

bool Connection::is_done() const { return !ends_[0].has_program && !ends_[1].has_program; }

// --- what arrives ---

bool Connection::take_segment(Flow& flow, const Segment& segment) {
  const Side side = other(sender(flow));
  End& own = end(side);
  if (!own.host->is_on()) return false;
  if (segment.kind == SegmentKind::kReset) {
    if (own.is_known) break_off(side, "reset by peer");
    return true;
  }
  if (!own.is_known) {
    answer_with_reset(side);
    return true;
  }
  if (segment.kind == SegmentKind::kHandshake) {
    const bool is_listening = own.host->is_listening(own.port);
    if (is_listening && own.host->is_backlog_full(own.port)) return false;
    if (is_listening) emit(side, fabric_.kernel().now(), NetAccepted{peer(side), own.port});
    own.host->processor().note_outside_completion();
    if (is_listening) {
      own.is_established = true;
      own.host->hand_to_listener(*this);
    } else {
      own.has_program = false;
      answer_with_reset(side);
    }
    return true;
  }
  if (!own.has_program) {
    if (segment.kind == SegmentKind::kData) answer_with_reset(side);
    return true;
  }
  if (fabric_.kernel().wants_details())
    emit(side, fabric_.kernel().now(), NetDelivered{peer(side), segment.number, segment.size});
  own.host->processor().note_outside_completion();
  if (own.stream != nullptr) own.stream->on_readable();
  return true;
}

// This side has no use for what came: it forgets the connection and says so.
void Connection::answer_with_reset(Side side) {
  End& own = end(side);
  own.is_known = own.is_writable = false;
  if (!out(side).is_reset_on_the_way()) out(side).reset(own.host->local_time());
}

// This side learns that there is no connection any more.
void Connection::break_off(Side side, std::string reason) {
  End& own = end(side);
  if (!own.is_known) return;
  own.is_known = own.is_writable = false;
  own.lost_because = std::move(reason);
  fabric_.kernel().cancel(keepalives_[index(side)]);
  out(side).abandon();
  own.left_to_read = own.has_program ? in(side).readable() : 0;
  own.had_ended = in(side).end_has_come();
  if (own.left_to_read == 0) in(side).drop_received();
  if (!own.has_program) return;
  emit(side, fabric_.kernel().now(), NetConnectionLost{peer(side), own.lost_because});
  own.host->processor().note_outside_completion();
  if (own.stream == nullptr) return;
  own.stream->on_readable();
  own.stream->on_room();
}

void Connection::on_room(Flow& flow) {
  End& own = end(sender(flow));
  if (own.stream != nullptr) own.stream->on_room();
}

void Connection::on_no_answer(Flow& flow) {
  const Side side = sender(flow);
  flow.clear();
  break_off(side, "no answer from peer");
  arm_keepalive(other(side));
}

void Connection::on_cut(Flow& flow) { out(other(sender(flow))).reset(fabric_.kernel().now()); }

void Connection::on_silent_loss(Flow& flow) { arm_keepalive(other(sender(flow))); }

void Connection::on_turn_finished(Flow&) { fabric_.release_if_done(*this); }

void Connection::arm_keepalive(Side side) {
  Keepalive& keepalive = keepalives_[index(side)];
  if (!end(side).is_known || !end(side).has_program || keepalive.is_scheduled()) return;
  Kernel& kernel = fabric_.kernel();
  kernel.schedule(keepalive, kernel.now() + fabric_.medium().options.keepalive_after);
}

}  // namespace faultline::sim
