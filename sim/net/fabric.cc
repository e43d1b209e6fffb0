// SPDX-License-Identifier: Apache-2.0
// The registry of a network.
#include "sim/net/fabric.h"

namespace faultline::sim {

Fabric::Fabric(Kernel& kernel, FabricOptions options) : medium_(kernel, std::move(options)) {}

Fabric::~Fabric() = default;

HostNetwork& Fabric::add_host(std::string name, Processor& processor) {
  ASSERT(host(NodeId{processor.node()}) == nullptr);
  for (const auto& other : hosts_) ASSERT(other->name() != name);
  hosts_.push_back(std::make_unique<HostNetwork>(*this, std::move(name), processor));
  return *hosts_.back();
}

HostNetwork* Fabric::host(NodeId node) {
  for (const auto& host : hosts_)
    if (host->node() == node) return host.get();
  return nullptr;
}

HostNetwork* Fabric::resolve(HostNetwork& asking, std::string_view name) {
  if (name == "localhost" || name == "127.0.0.1") return &asking;
  for (const auto& host : hosts_)
    if (host->name() == name) return host.get();
  return nullptr;
}

Link& Fabric::link(const HostNetwork& from, const HostNetwork& to) {
  std::unique_ptr<Link>& link = links_[{from.node(), to.node()}];
  if (link == nullptr) {
    const FabricOptions& options = medium_.options;
    link = std::make_unique<Link>(from.node(), to.node(),
                                  &from == &to ? options.loopback : options.link);
  }
  return *link;
}

void Fabric::set_link(NodeId from, NodeId to, LinkOptions options) {
  HostNetwork* const source = host(from);
  HostNetwork* const target = host(to);
  ASSERT(source != nullptr && target != nullptr);
  link(*source, *target).set_options(std::move(options));
}

Connection& Fabric::connect(HostNetwork& client, uint16_t client_port, HostNetwork& server,
                            uint16_t server_port, uint32_t number) {
  auto connection =
      std::make_unique<Connection>(*this, client, client_port, server, server_port, number);
  Connection& made = *connection;
  const bool is_new = connections_.emplace(made.id(), std::move(connection)).second;
  ASSERT(is_new);
  return made;
}

void Fabric::release_if_done(Connection& connection) {
  if (connection.is_done()) connections_.erase(connection.id());
}

template <class Action>
size_t Fabric::for_each_connection(NodeId node, std::optional<NodeId> peer, Action action) {
  size_t count = 0;
  for (auto next = connections_.begin(); next != connections_.end();) {
    Connection& connection = *(next++)->second;
    for (Side side : {Side::kClient, Side::kServer}) {
      if (connection.host(side).node() != node) continue;
      if (peer && connection.host(other(side)).node() != *peer) continue;
      ++count;
      action(connection, side);
      if (connection.host(other(side)).node() != node) break;
    }
    release_if_done(connection);
  }
  return count;
}

bool Fabric::remove_rule(uint64_t id) {
  if (!medium_.rules.remove(id)) return false;
  for (auto next = connections_.begin(); next != connections_.end();) {
    Connection& connection = *(next++)->second;
    connection.retry_held();
    release_if_done(connection);
  }
  for (const auto& host : hosts_) host->retry_handshakes();
  return true;
}

size_t Fabric::reset_connections(NodeId node, std::optional<NodeId> peer) {
  return for_each_connection(node, peer, [](Connection& connection, Side) { connection.cut(); });
}

size_t Fabric::lose_connections(NodeId node, std::optional<NodeId> peer) {
  return for_each_connection(node, peer,
                             [](Connection& connection, Side side) { connection.forget(side); });
}

void Fabric::process_killed(NodeId node) {
  ASSERT(host(node) != nullptr);
  host(node)->close_sockets();
  for_each_connection(node, std::nullopt, [](Connection& connection, Side side) {
    if (connection.has_program(side)) connection.close(side);
  });
}

void Fabric::power_lost(NodeId node) {
  ASSERT(host(node) != nullptr);
  host(node)->set_on(false);
  for_each_connection(node, std::nullopt,
                      [](Connection& connection, Side side) { connection.lose(side); });
}

void Fabric::restarted(NodeId node) {
  ASSERT(host(node) != nullptr);
  host(node)->set_on(true);
}

}  // namespace faultline::sim
