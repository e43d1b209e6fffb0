// SPDX-License-Identifier: Apache-2.0
// Fabric: the network of a world: its machines, links, rules and open connections. What a process
// kill and a power loss do to sockets is here; what they do to processes and disks is not. Outlives
// the nodes and is outlived by the kernel.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/net/connection.h"
#include "sim/net/host_network.h"
#include "sim/net/link.h"
#include "sim/net/rule.h"

namespace faultline::sim {

class Fabric {
 public:
  Fabric(Kernel& kernel, FabricOptions options);
  ~Fabric();
  Fabric(const Fabric&) = delete;
  Fabric& operator=(const Fabric&) = delete;

  // --- building; names and nodes are unique ---
  // `name` resolves to the machine of `processor` everywhere, "localhost" to the asking one.
  HostNetwork& add_host(std::string name, Processor& processor);
  void set_link(NodeId from, NodeId to, LinkOptions options);

  // --- faults ---
  void add_rule(Rule rule) { medium_.rules.add(std::move(rule)); }
  // What the rule held goes on its way now. False if there is no such rule.
  bool remove_rule(uint64_t id);
  uint64_t effects(uint64_t rule_id) const { return medium_.rules.effects(rule_id); }
  // Resets the open connections between two machines, or of one with all others; how many.
  size_t reset_connections(NodeId node, std::optional<NodeId> peer);
  // `node` forgets its connections with `peer` (or all) without a word: the other side is half-open
  // until it writes or its keepalive finds out.
  size_t lose_connections(NodeId node, std::optional<NodeId> peer);

  // --- crashes; call before the frames of the process are destroyed ---
  // The machine closes the process's sockets: the peers see an end, or a reset where data was not
  // read.
  void process_killed(NodeId node);
  // The machine is off: nothing is sent any more and nothing answers.
  void power_lost(NodeId node);
  // It is on again: what still arrives for old connections is answered with resets.
  void restarted(NodeId node);

  Kernel& kernel() { return medium_.kernel; }
  size_t open_connections() const { return connections_.size(); }
  HostNetwork* host(NodeId node);

  // --- for the machines' halves ---
  Medium& medium() { return medium_; }
  Link& link(const HostNetwork& from, const HostNetwork& to);
  HostNetwork* resolve(HostNetwork& asking, std::string_view name);
  Connection& connect(HostNetwork& client, uint16_t client_port, HostNetwork& server,
                      uint16_t server_port, uint32_t number);
  // Destroys the connection when nobody can notice it any more.
  void release_if_done(Connection& connection);

 private:
  template <class Action>
  size_t for_each_connection(NodeId node, std::optional<NodeId> peer, Action action);

  Medium medium_;
  std::vector<std::unique_ptr<HostNetwork>> hosts_;  // in order of their adding
  std::map<std::pair<NodeId, NodeId>, std::unique_ptr<Link>> links_;
  std::map<uint64_t, std::unique_ptr<Connection>> connections_;  // by id
};

}  // namespace faultline::sim
