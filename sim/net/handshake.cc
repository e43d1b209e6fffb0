// SPDX-License-Identifier: Apache-2.0
// SYN, SYN-ACK, RST and their timeouts.
#include "sim/net/handshake.h"

#include <algorithm>
#include <utility>

#include "sim/net/events.h"
#include "sim/net/fabric.h"
#include "sim/net/host_network.h"

namespace faultline::sim {
namespace {

constexpr Duration kResolveTime = milliseconds(1);  // until an unknown name is known to be unknown

}  // namespace

Handshake::Handshake(HostNetwork& from, Connect& op)
    : from_(from),
      fabric_(from.fabric()),
      kernel_(from.fabric().kernel()),
      op_(&op),
      port_(op.to.port) {
  op.accept(*this);
}

Handshake::~Handshake() { kernel_.cancel(*this); }

template <class Payload>
void Handshake::emit(const Payload& payload) {
  emit_at(kernel_, from_.node(), time_, entity_, payload);
}

void Handshake::forget(OpBase&) noexcept {
  op_ = nullptr;
  from_.finish(*this);
}

void Handshake::stop() {
  kernel_.cancel(*this);
  state_ = State::kStopped;
}

void Handshake::begin() {
  to_ = fabric_.resolve(from_, op_->to.host);
  time_ = from_.local_time();
  if (to_ == nullptr) {
    emit(NetConnect{op_->to.host, port_});
    cause_ = kernel_.cause();
    state_ = State::kUnknownHost;
    return kernel_.schedule(*this, time_ + kResolveTime);
  }
  own_port_ = from_.free_port();
  number_ = fabric_.link(from_, *to_).next_connection();
  entity_ = Connection::id_of(from_.node(), to_->node(), number_);
  deadline_ = time_ + fabric_.medium().options.connect_timeout;
  emit(NetConnect{op_->to.host, port_});
  cause_ = kernel_.cause();
  ask();
}

void Handshake::retry_held() {
  if (state_ != State::kHeld) return;
  kernel_.cancel(*this);
  time_ = std::max(time_, kernel_.now());
  ask();
}

void Handshake::fire() {
  time_ = kernel_.now();
  kernel_.set_cause(cause_);
  switch (state_) {
    case State::kUnknownHost: return fail_with(ErrorCode::kNotFound);
    case State::kAskOnTheWay: return answer();
    case State::kLost:
    case State::kHeld:
      if (time_ >= deadline_) return fail_with(ErrorCode::kTimedOut);
      return ask();
    case State::kAcceptedOnTheWay: return succeed();
    case State::kRefusedOnTheWay: return fail_with(ErrorCode::kConnectionRefused);
    case State::kStopped: UNREACHABLE();
  }
}

void Handshake::ask() { travel(fabric_.link(from_, *to_), State::kAskOnTheWay); }

// The question has reached the server's machine.
void Handshake::answer() {
  if (!to_->is_on()) return lose_until(Instant::far_future(), State::kLost);
  const Link& back = fabric_.link(*to_, from_);
  if (!to_->is_listening(port_)) return travel(back, State::kRefusedOnTheWay);
  if (to_->is_backlog_full(port_)) return lose_until(Instant::far_future(), State::kLost);
  travel(back, State::kAcceptedOnTheWay);
}

void Handshake::travel(const Link& link, State on_arrival) {
  const uint64_t number = ++packets_;
  const Packet packet{link.from, link.to, true, entity_, number, time_};
  kernel_.set_cause(cause_);
  const RuleVerdict verdict = fabric_.medium().rules.judge(kernel_, packet);
  cause_ = kernel_.cause();
  Draws draws(fabric_.medium().connects, mix64(entity_ ^ number));
  const Instant arrival = time_ + link.latency().draw(draws) + verdict.delay;
  switch (verdict.action) {
    case RuleAction::kDrop:
    case RuleAction::kHang: return lose_until(Instant::far_future(), State::kLost);
    case RuleAction::kHold: return lose_until(verdict.until, State::kHeld);
    case RuleAction::kReset:
    case RuleAction::kRefuse: state_ = State::kRefusedOnTheWay; break;
    case RuleAction::kPass:
    case RuleAction::kDeliver: state_ = on_arrival; break;
  }
  kernel_.schedule(*this, arrival);
}

void Handshake::lose_until(Instant retry, State state) {
  state_ = state;
  if (state == State::kLost)
    retry = time_ +
            fabric_.medium().options.syn_retry * (int64_t{1} << std::min(attempts_, uint64_t{20}));
  ++attempts_;
  kernel_.schedule(*this, std::min(retry, deadline_));
}

void Handshake::succeed() {
  Connection& connection = fabric_.connect(from_, own_port_, *to_, port_, number_);
  emit(NetConnected{to_->node().value});
  connection.open();
  from_.processor().note_outside_completion();
  Connect& op = *std::exchange(op_, nullptr);
  from_.finish(*this);
  op.complete(std::make_unique<SimStream>(connection, Side::kClient));
}

void Handshake::fail_with(ErrorCode code) {
  emit(NetConnectFailed{std::string(to_string(code))});
  from_.processor().note_outside_completion();
  Connect& op = *std::exchange(op_, nullptr);
  from_.finish(*this);
  op.complete_error(Error(code, op.to.to_string()));
}

}  // namespace faultline::sim
