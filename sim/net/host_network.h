// SPDX-License-Identifier: Apache-2.0
// HostNetwork: the Network port of one machine, and its half of TCP: listening sockets, attempts to
// connect, and whether it has power. It lives as long as the machine; streams and listeners belong
// to the process.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "broker/base/ids.h"
#include "broker/env/network.h"
#include "sim/kernel/processor.h"
#include "sim/net/connection.h"

namespace faultline::sim {

class Handshake;
class SimListener;

class HostNetwork final : public Network {
 public:
  HostNetwork(Fabric& fabric, std::string name, Processor& processor);
  ~HostNetwork();

  // --- Network ---
  Result<std::unique_ptr<Listener>> listen(const Endpoint& at) override;
  void submit(Connect& op) override;

  Fabric& fabric() const { return fabric_; }
  const std::string& name() const { return name_; }
  NodeId node() const { return node_; }
  Processor& processor() const { return processor_; }
  Instant local_time() const { return processor_.local_time(); }
  bool is_on() const { return is_on_; }

  // --- for Fabric ---
  void close_sockets();  // of a killed process
  void set_on(bool is_on);
  void retry_handshakes();

  // --- for Connection, Handshake and SimListener ---
  bool is_listening(uint16_t port) const { return listeners_.contains(port); }
  bool is_backlog_full(uint16_t port) const;
  void hand_to_listener(Connection& connection);
  void forget_listener(uint16_t port) { listeners_.erase(port); }
  void finish(Handshake& handshake);  // destroys it
  uint16_t free_port();

 private:
  Fabric& fabric_;
  const std::string name_;
  Processor& processor_;
  const NodeId node_;
  bool is_on_ = true;
  uint16_t last_port_ = 0;
  std::map<uint16_t, SimListener*> listeners_;
  std::vector<std::unique_ptr<Handshake>> handshakes_;
};

class SimListener final : public Listener, private OpOwner {
 public:
  SimListener(HostNetwork& host, uint16_t port);
  ~SimListener() override;

  Endpoint local() const override { return local_; }
  void submit(Accept& op) override;

  // --- for HostNetwork ---
  void add(Connection& connection);
  // As on Linux, one more than the backlog's number may wait.
  bool is_backlog_full(size_t backlog) const { return queue_.size() > backlog; }
  // Nobody accepts any more. Connections that wait are reset, or forgotten without power.
  void close();

 private:
  void forget(OpBase&) noexcept override { op_ = nullptr; }
  void complete_accept();

  HostNetwork* host_;
  const Endpoint local_;
  Accept* op_ = nullptr;
  std::deque<Connection*> queue_;
};

}  // namespace faultline::sim
