// SPDX-License-Identifier: Apache-2.0
// The state graph: a plain breadth-first exploration that keeps the edges.
#include "model/explore/state_graph.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "broker/base/hash.h"

namespace faultline::model {

StateGraph::StateGraph(const Space& space, const SearchOptions& options) {
  const std::unique_ptr<Expander> expander = space.expander({});
  Expansion expansion;
  expander->initial(expansion);
  for (const Expansion::Item& item : expansion.items) number_of(expansion.packed(item));
  initial_ = size();
  std::vector<uint8_t> current;
  for (Id id = 0; id < size(); ++id) {
    current.assign(state(id).begin(), state(id).end());
    expander->expand(current, expansion);
    for (const Expansion::Item& item : expansion.items)
      edges_.push_back({item.step, number_of(expansion.packed(item))});
    edge_ends_.push_back(edges_.size());
    if (size() > options.states_max || size() >= UINT32_MAX - 1)
      why_incomplete_ = fmt::format("there are more than {} states", options.states_max);
    else if (id % 256 == 0 && bytes() > options.bytes_max)
      why_incomplete_ =
          fmt::format("the state graph takes more than {} MiB of memory", options.bytes_max >> 20);
    else if (id % 4096 == 0 && options.watcher != nullptr &&
             options.watcher->on_progress({.generated = edges_.size(),
                                           .distinct = size(),
                                           .queue = size() - id,
                                           .bytes = bytes()}) == Watcher::Wish::kStop)
      why_incomplete_ = "interrupted";
    if (!why_incomplete_.empty()) return;
  }
}

uint64_t StateGraph::bytes() const {
  return bytes_.capacity() + ends_.capacity() * sizeof(uint64_t) +
         edges_.capacity() * sizeof(Edge) + edge_ends_.capacity() * sizeof(uint64_t) +
         slots_.capacity() * sizeof(Id);
}

StateGraph::Id StateGraph::number_of(Bytes wanted) {
  size_t slot = static_cast<size_t>(hash64(wanted)) & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1))
    if (std::ranges::equal(state(slots_[slot] - 1), wanted)) return slots_[slot] - 1;
  bytes_.insert(bytes_.end(), wanted.begin(), wanted.end());
  ends_.push_back(bytes_.size());
  slots_[slot] = size();
  if (ends_.size() * 2 > slots_.size()) grow();
  return size() - 1;
}

void StateGraph::grow() {
  std::vector<Id> old(slots_.size() * 2);
  std::swap(old, slots_);
  for (const Id held : old) {
    if (held == 0) continue;
    size_t slot = static_cast<size_t>(hash64(state(held - 1))) & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = held;
  }
}

}  // namespace faultline::model
