// SPDX-License-Identifier: Apache-2.0
// Matching and drawing.
#include "sim/net/rule.h"

#include <algorithm>
#include <utility>

#include "sim/net/events.h"

namespace faultline::sim {
namespace {

bool names(const std::vector<NodeId>& nodes, NodeId node) {
  return nodes.empty() || std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

std::string_view to_string(RuleAction action) {
  switch (action) {
    case RuleAction::kPass: return "pass";
    case RuleAction::kDeliver: return "deliver";
    case RuleAction::kDrop: return "drop";
    case RuleAction::kHold: return "hold";
    case RuleAction::kReset: return "reset";
    case RuleAction::kRefuse: return "refuse";
    case RuleAction::kHang: return "hang";
  }
  UNREACHABLE();
}

bool Rule::matches(NodeId sender, NodeId receiver, bool is_connect, Instant time) const {
  if (time < begin || time >= end) return false;
  if (scope != RuleScope::kAll && is_connect != (scope == RuleScope::kConnects)) return false;
  const bool only_connects = action == RuleAction::kRefuse || action == RuleAction::kHang;
  if (only_connects && !is_connect) return false;
  if (names(from, sender) && names(to, receiver)) return true;
  return both_ways && names(from, receiver) && names(to, sender);
}

void RuleSet::add(Rule rule) {
  for (const Rule& other : rules_) ASSERT_OP(other.id, !=, rule.id);
  ASSERT(rule.action != RuleAction::kDeliver || rule.delay.has_value());
  effects_.try_emplace(rule.id, 0);
  rules_.push_back(std::move(rule));
}

bool RuleSet::remove(uint64_t id) {
  return std::erase_if(rules_, [id](const Rule& rule) { return rule.id == id; }) > 0;
}

uint64_t RuleSet::effects(uint64_t id) const {
  const auto found = effects_.find(id);
  return found == effects_.end() ? 0 : found->second;
}

RuleVerdict RuleSet::judge(Kernel& kernel, const Packet& packet) {
  RuleVerdict verdict;
  for (const Rule& rule : rules_) {
    if (!rule.matches(packet.from, packet.to, packet.is_connect, packet.time)) continue;
    const uint64_t stream = mix64(stream_id("net.rule") ^ mix64(rule.id));
    Draws draws(kernel.seed(), stream, mix64(packet.entity) ^ packet.number);
    if (!draws.chance(rule.probability)) continue;
    if (rule.action == RuleAction::kPass) return verdict;
    count_effect(kernel, packet, rule);
    if (rule.action == RuleAction::kDeliver) {
      verdict.delay = verdict.delay + rule.delay->draw(draws);
      continue;
    }
    verdict.action = rule.action;
    verdict.until = rule.end;
    return verdict;
  }
  return verdict;
}

// A delay can touch every segment for seconds: after the first it is told only to those who want
// details.
void RuleSet::count_effect(Kernel& kernel, const Packet& packet, const Rule& rule) {
  const uint64_t count = ++effects_[rule.id];
  if (rule.action == RuleAction::kDeliver && count > 1 && !kernel.wants_details()) return;
  const NetRuleEffect effect{std::string(to_string(rule.action)), packet.to.value,
                             packet.is_connect, packet.entity, packet.number};
  emit_at(kernel, packet.from, packet.time, rule.id, effect);
}

}  // namespace faultline::sim
