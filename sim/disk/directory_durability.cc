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
  for (const Change& change : pending.changes) {
    --at(change.directory).pending_changes;
    release(change.directory);
  }
  release(pending.node);
}

// A change rests on the earlier pending ones of the same names.
void DirectoryTree::add_dependencies(std::vector<bool>& chosen) const {
  std::set<std::pair<NodeRef, std::string_view>> names;
  for (size_t i = pending_.size(); i-- > 0;) {
    const std::vector<Change>& changes = pending_[i].changes;
    const auto is_needed = [&](const Change& c) { return names.contains({c.directory, c.name}); };
    if (!chosen[i]) chosen[i] = std::any_of(changes.begin(), changes.end(), is_needed);
    if (!chosen[i]) continue;
    for (const Change& change : changes) names.emplace(change.directory, change.name);
  }
}

uint64_t DirectoryTree::settle(const std::vector<bool>& chosen) {
  const uint64_t before = pending_.size();
  std::vector<Pending> left;
  std::vector<Pending> all = std::move(pending_);
  for (size_t i = 0; i < all.size(); ++i) {
    if (!chosen[i]) {
      left.push_back(std::move(all[i]));
      continue;
    }
    make_durable(all[i]);
    drop_references(all[i]);
  }
  pending_ = std::move(left);
  return before - pending_.size();
}

uint64_t DirectoryTree::sync(NodeRef directory) {
  if (at(directory).pending_changes == 0) return 0;
  std::vector<bool> chosen(pending_.size());
  for (size_t i = 0; i < pending_.size(); ++i) {
    for (const Change& change : pending_[i].changes)
      if (change.directory == directory) chosen[i] = true;
  }
  add_dependencies(chosen);
  return settle(chosen);
}

uint64_t DirectoryTree::sync_until(uint64_t sequence) {
  if (pending_.empty() || pending_.front().stamp.sequence > sequence) return 0;
  std::vector<bool> chosen(pending_.size());
  for (size_t i = 0; i < pending_.size(); ++i) chosen[i] = pending_[i].stamp.sequence <= sequence;
  return settle(chosen);
}

uint64_t DirectoryTree::sync_before(Instant time) {
  if (pending_.empty() || pending_.front().stamp.time >= time) return 0;
  std::vector<bool> chosen(pending_.size());
  for (size_t i = 0; i < pending_.size(); ++i) chosen[i] = pending_[i].stamp.time < time;
  return settle(chosen);
}

std::vector<uint64_t> DirectoryTree::pending_sequences() const {
  std::vector<uint64_t> result;
  for (const Pending& pending : pending_) result.push_back(pending.stamp.sequence);
  return result;
}

std::vector<NameLoss> DirectoryTree::lose_power_prefix(uint64_t kept) {
  std::vector<bool> chosen(pending_.size());
  for (size_t i = 0; i < pending_.size(); ++i) chosen[i] = i < kept;
  return lose_power(std::move(chosen));
}

std::vector<NameLoss> DirectoryTree::lose_power_weak(uint64_t seed, Ratio keep) {
  std::vector<bool> chosen(pending_.size());
  for (size_t i = 0; i < pending_.size(); ++i) {
    Draws draws(seed, kNameStream, mix64(identity(pending_[i].node)) ^ pending_[i].number);
    chosen[i] = draws.chance(keep);
  }
  add_dependencies(chosen);
  return lose_power(std::move(chosen));
}

std::vector<NameLoss> DirectoryTree::lose_power(std::vector<bool> kept) {
  std::vector<NameLoss> losses;
  for (size_t i = 0; i < pending_.size(); ++i) {
    const Pending& pending = pending_[i];
    if (kept[i]) continue;
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
    node->pending_changes = 0;
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
