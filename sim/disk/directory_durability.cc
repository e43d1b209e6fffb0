// SPDX-License-Identifier: Apache-2.0
// Which changes of names are durable, and what a power loss makes of the rest.
#include <algorithm>
#include <set>
#include <utility>

#include "broker/base/assert.h"
#include "sim/disk/directory_tree.h"

namespace faultline::sim {
namespace {

constexpr uint64_t kNameStream = stream_id("disk.power-loss.name");

}  // namespace

void DirectoryTree::make_durable(const Pending& pending) {
  for (const Change& change : pending.changes) {
    Entry& entry = at(change.directory).entries[change.name];
    if (change.after != kNoNode) retain(change.after);
    const NodeRef before = std::exchange(entry.durable, change.after);
    if (before != kNoNode) release(before);
  }
}

void DirectoryTree::drop_references(const Pending& pending) {
  for (const Change& change : pending.changes) release(change.directory);
  release(pending.node);
}

// A change rests on the earlier pending ones of the same names.
void DirectoryTree::add_dependencies(Keys& chosen) const {
  std::set<std::pair<NodeRef, std::string_view>> names;
  for (auto entry = pending_.rbegin(); entry != pending_.rend(); ++entry) {
    const std::vector<Change>& changes = entry->second.changes;
    const auto is_needed = [&](const Change& c) { return names.contains({c.directory, c.name}); };
    if (std::any_of(changes.begin(), changes.end(), is_needed)) chosen.insert(entry->first);
    if (!chosen.contains(entry->first)) continue;
    for (const Change& change : changes) names.emplace(change.directory, change.name);
  }
}

uint64_t DirectoryTree::settle(const Keys& chosen) {
  for (const uint64_t key : chosen) {
    const auto found = pending_.find(key);
    const Pending pending = std::move(found->second);
    pending_.erase(found);
    for (const Change& change : pending.changes) {
      std::vector<uint64_t>& keys = at(change.directory).pending;
      const auto place = std::lower_bound(keys.begin(), keys.end(), key);
      if (place != keys.end() && *place == key) keys.erase(place);
    }
    make_durable(pending);
    drop_references(pending);
  }
  return chosen.size();
}

uint64_t DirectoryTree::sync(NodeRef directory) {
  const std::vector<uint64_t>& pending = at(directory).pending;
  if (pending.empty()) return 0;
  Keys chosen(pending.begin(), pending.end());
  // Without a rename across directories nothing elsewhere can matter.
  const bool is_local = std::all_of(pending.begin(), pending.end(), [&](uint64_t key) {
    const std::vector<Change>& changes = pending_.at(key).changes;
    return std::all_of(changes.begin(), changes.end(),
                       [&](const Change& c) { return c.directory == directory; });
  });
  if (!is_local) add_dependencies(chosen);
  return settle(chosen);
}

uint64_t DirectoryTree::sync_until(uint64_t sequence) {
  Keys chosen;
  for (const auto& [key, pending] : pending_) {
    if (pending.stamp.sequence > sequence) break;
    chosen.insert(chosen.end(), key);
  }
  return settle(chosen);
}

uint64_t DirectoryTree::sync_before(Instant time) {
  Keys chosen;
  for (const auto& [key, pending] : pending_) {
    if (pending.stamp.time >= time) break;
    chosen.insert(chosen.end(), key);
  }
  return settle(chosen);
}

std::vector<uint64_t> DirectoryTree::pending_sequences() const {
  std::vector<uint64_t> result;
  for (const auto& [key, pending] : pending_) result.push_back(pending.stamp.sequence);
  return result;
}

std::vector<NameLoss> DirectoryTree::lose_power_prefix(uint64_t kept) {
  Keys chosen;
  for (const auto& [key, pending] : pending_)
    if (chosen.size() < kept) chosen.insert(chosen.end(), key);
  return lose_power(chosen);
}

std::vector<NameLoss> DirectoryTree::lose_power_weak(uint64_t seed, Ratio keep) {
  Keys chosen;
  for (const auto& [key, pending] : pending_) {
    Draws draws(seed, kNameStream, mix64(identity(pending.node)) ^ pending.number);
    if (draws.chance(keep)) chosen.insert(chosen.end(), key);
  }
  add_dependencies(chosen);
  return lose_power(chosen);
}

std::vector<NameLoss> DirectoryTree::lose_power(const Keys& kept) {
  std::vector<NameLoss> losses;
  for (const auto& [key, pending] : pending_) {
    if (kept.contains(key)) continue;
    const Change& last = pending.changes.back();
    const std::string parent = path_of(last.directory);
    losses.push_back({pending.kind, identity(pending.node),
                      parent.empty() ? last.name : parent + "/" + last.name});
  }
  settle(kept);
  restart_from_durable();
  return losses;
}

// Memory is gone: no handles, no pending changes, and the current names are the durable ones. Nodes
// that no durable path reaches are dropped, even a cycle that half-kept renames may have made.
void DirectoryTree::restart_from_durable() {
  ASSERT_OP(all_open_handles_, ==, 0u);
  pending_.clear();
  for (const std::unique_ptr<Node>& node : nodes_) {
    if (node == nullptr) continue;
    node->references = 0;
    node->current_names = 0;
    node->current_entries = 0;
    node->pending.clear();
  }
  at(kRootNode).references = 1;
  at(kRootNode).current_names = 1;
  std::vector<NodeRef> open = {kRootNode};
  std::vector<bool> is_reached(nodes_.size());
  while (!open.empty()) {
    const NodeRef directory = open.back();
    open.pop_back();
    if (is_reached[directory]) continue;
    is_reached[directory] = true;
    for (auto& [name, entry] : at(directory).entries) {
      entry.current = entry.durable;
      if (entry.current == kNoNode) continue;
      Node& node = at(entry.current);
      node.references += 2;  // one for each view
      ++node.current_names;
      ++at(directory).current_entries;
      node.parent = directory;
      node.name = name;
      open.push_back(entry.current);
    }
  }
  for (NodeRef ref = kRootNode; ref < nodes_.size(); ++ref) {
    if (nodes_[ref] == nullptr || is_reached[ref]) continue;
    nodes_[ref] = nullptr;
    free_.push_back(ref);
  }
}

}  // namespace faultline::sim
