// SPDX-License-Identifier: Apache-2.0
// Grouping what is to be sent by the broker that leads its partition, in one vector: a member
// `leader` says to whom each goes. Requests go to the leaders by their ids, and what is for one
// leader keeps its order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "broker/base/ids.h"

namespace faultline::client {

// `all` is in the order of what partition_of(each) names.
template <class Led, class PartitionOf>
void order_by_leader(std::vector<Led>& all, PartitionOf partition_of) {
  const auto place = [&](const Led& each) {
    return std::pair<int32_t, const TopicPartition&>(each.leader, partition_of(each));
  };
  // Mostly there is one leader.
  if (!std::ranges::is_sorted(all, {}, &Led::leader)) std::ranges::sort(all, {}, place);
}

// Of what is in order: all that goes to the first one's leader. Requires that there is one.
template <class Led>
std::span<Led> first_leader_of(std::span<Led> ordered) {
  const auto other = std::ranges::find_if(
      ordered, [&](const Led& each) { return each.leader != ordered.front().leader; });
  return ordered.first(static_cast<size_t>(other - ordered.begin()));
}

// Of what is in order.
template <class Led>
int64_t count_leaders(std::span<Led> ordered) {
  int64_t count = 0;
  for (; !ordered.empty(); ++count) ordered = ordered.subspan(first_leader_of(ordered).size());
  return count;
}

}  // namespace faultline::client
