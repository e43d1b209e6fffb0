// SPDX-License-Identifier: Apache-2.0
// Listening and the life of a machine's sockets.
#include "sim/net/host_network.h"

#include <algorithm>
#include <utility>

#include "sim/net/fabric.h"
#include "sim/net/handshake.h"

namespace faultline::sim {
namespace {

constexpr uint16_t kFirstFreePort = 32768;

}  // namespace

HostNetwork::HostNetwork(Fabric& fabric, std::string name, Processor& processor)
    : fabric_(fabric), name_(std::move(name)), processor_(processor), node_{processor.node()} {}

HostNetwork::~HostNetwork() { ASSERT(listeners_.empty()); }

Result<std::unique_ptr<Listener>> HostNetwork::listen(const Endpoint& at) {
  ASSERT(is_on_);
  const bool is_any = at.host.empty() || at.host == "0.0.0.0";
  if (!is_any && fabric_.resolve(*this, at.host) != this)
    return fail(ErrorCode::kInvalidArgument, at.host + " is not an address of " + name_);
  const uint16_t port = at.port == 0 ? free_port() : at.port;
  if (listeners_.contains(port)) return fail(ErrorCode::kExists, "listening already");
  auto listener = std::make_unique<SimListener>(*this, port);
  listeners_.emplace(port, listener.get());
  return listener;
}

void HostNetwork::submit(Connect& op) {
  ASSERT(is_on_);
  handshakes_.push_back(std::make_unique<Handshake>(*this, op));
  handshakes_.back()->begin();
}

void HostNetwork::finish(Handshake& handshake) {
  const size_t erased = std::erase_if(handshakes_, [&](const std::unique_ptr<Handshake>& each) {
    return each.get() == &handshake;
  });
  ASSERT_OP(erased, ==, 1u);
}

void HostNetwork::retry_handshakes() {
  for (const std::unique_ptr<Handshake>& handshake : handshakes_) handshake->retry_held();
}

void HostNetwork::close_sockets() {
  while (!listeners_.empty()) listeners_.begin()->second->close();
  for (const std::unique_ptr<Handshake>& handshake : handshakes_) handshake->stop();
}

void HostNetwork::set_on(bool is_on) {
  is_on_ = is_on;
  if (!is_on) close_sockets();
}

bool HostNetwork::is_backlog_full(uint16_t port) const {
  return listeners_.at(port)->is_backlog_full(fabric_.medium().options.accept_backlog);
}

void HostNetwork::hand_to_listener(Connection& connection) {
  listeners_.at(connection.port(Side::kServer))->add(connection);
}

uint16_t HostNetwork::free_port() {
  do {
    last_port_ = last_port_ < kFirstFreePort || last_port_ == UINT16_MAX
                     ? kFirstFreePort
                     : static_cast<uint16_t>(last_port_ + 1);
  } while (listeners_.contains(last_port_));
  return last_port_;
}

SimListener::SimListener(HostNetwork& host, uint16_t port)
    : host_(&host), local_{host.name(), port} {}

SimListener::~SimListener() {
  ASSERT(op_ == nullptr);
  close();
}

void SimListener::close() {
  if (host_ == nullptr) return;
  HostNetwork& host = *std::exchange(host_, nullptr);
  host.forget_listener(local_.port);
  while (!queue_.empty()) {
    Connection& connection = *queue_.front();
    queue_.pop_front();
    if (host.is_on()) {
      connection.abort(Side::kServer);
    } else {
      connection.lose(Side::kServer);
    }
    host.fabric().release_if_done(connection);
  }
  if (op_ != nullptr) std::exchange(op_, nullptr)->complete_error(Error(ErrorCode::kClosed));
}

void SimListener::submit(Accept& op) {
  ASSERT(op_ == nullptr);
  op.accept(*this);
  op_ = &op;
  if (host_ == nullptr) {
    std::exchange(op_, nullptr)->complete_error(Error(ErrorCode::kClosed));
  } else if (!queue_.empty()) {
    complete_accept();
  }
}

void SimListener::add(Connection& connection) {
  queue_.push_back(&connection);
  if (op_ != nullptr) complete_accept();
}

void SimListener::complete_accept() {
  Connection& connection = *queue_.front();
  queue_.pop_front();
  std::exchange(op_, nullptr)->complete(std::make_unique<SimStream>(connection, Side::kServer));
}

}  // namespace faultline::sim
