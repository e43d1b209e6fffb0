// SPDX-License-Identifier: Apache-2.0
// Rules: what the network does to traffic, as data (after turmoil's). An ordered list is asked for
// every segment and connection attempt; a rule that matches and whose chance comes up answers.
// kDeliver adds its delay and the list is read on, every other answer is final. Chances are drawn
// by (rule id, entity, number), so taking one rule out leaves the draws of all others as they were
// (design decision D5). Each rule counts its effects.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "broker/base/ids.h"
#include "sim/kernel/kernel.h"
#include "sim/kernel/quantiles.h"

namespace faultline::sim {

enum class RuleAction : uint8_t {
  kPass,     // exempt from all later rules
  kDeliver,  // after an extra delay
  kDrop,     // lost: retransmitted later, given up in the end
  kHold,     // stays in the network until the rule ends or is removed, then goes on in order
  kReset,    // both ends see a reset; a connection attempt is refused
  kRefuse,   // connection attempts only: refused
  kHang,     // connection attempts only: no answer at all
};

std::string_view to_string(RuleAction action);  // "hold"

enum class RuleScope : uint8_t { kAll, kConnects, kSegments };

struct Rule {
  uint64_t id = 0;           // unique among all rules of a run; names the rule's draws
  std::vector<NodeId> from;  // empty: any
  std::vector<NodeId> to;    // empty: any
  bool both_ways = false;    // also matches with `from` and `to` exchanged
  RuleScope scope = RuleScope::kAll;
  Instant begin{};
  Instant end = Instant::far_future();  // not included
  Ratio probability{1, 1};
  RuleAction action = RuleAction::kPass;
  std::optional<QuantileTable> delay;  // kDeliver

  bool matches(NodeId sender, NodeId receiver, bool is_connect, Instant time) const;
};

// One segment, acknowledgement or connection attempt, on its way at `time`.
struct Packet {
  NodeId from;
  NodeId to;
  bool is_connect = false;
  uint64_t entity = 0;  // its flow
  uint64_t number = 0;  // within the flow, attempts included
  Instant time{};
};

struct RuleVerdict {
  RuleAction action = RuleAction::kPass;  // never kDeliver
  Duration delay{};
  Instant until{};  // kHold: when the rule ends by itself
};

class RuleSet {
 public:
  // A rule with this id must not be there.
  void add(Rule rule);
  // False if there is none.
  bool remove(uint64_t id);
  bool empty() const { return rules_.empty(); }
  const std::vector<Rule>& rules() const { return rules_; }
  // How often the rule acted, also after its removal.
  uint64_t effects(uint64_t id) const;

  // Emits an event for what a rule does, which becomes kernel.cause().
  RuleVerdict judge(Kernel& kernel, const Packet& packet);

 private:
  void count_effect(Kernel& kernel, const Packet& packet, const Rule& rule);

  std::vector<Rule> rules_;
  std::map<uint64_t, uint64_t> effects_;
};

}  // namespace faultline::sim
