// SPDX-License-Identifier: Apache-2.0
// DirectoryTree: the names of a disk, as processes see them and as they are durable. Each change of
// names is an operation that stays pending until its directory is synced; a power loss keeps some
// of them and the current tree becomes the durable one. A rename is one operation, atomic under all
// orderings. A node lives while a name (current, durable or pending) or an open handle refers to
// it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/result.h"
#include "sim/disk/page_cache.h"
#include "sim/disk/power_loss.h"

namespace faultline::sim {

using NodeRef = uint32_t;  // index of a node; 0 is none
constexpr NodeRef kNoNode = 0;
constexpr NodeRef kRootNode = 1;

enum class NameChange : uint8_t { kCreate, kMakeDirectory, kRename, kRemove };
std::string_view to_string(NameChange change);

// A pending change that a power loss took back.
struct NameLoss {
  NameChange change = NameChange::kCreate;
  uint64_t node = 0;  // identity of the file or directory
  std::string path;   // of the name as it was before the power loss; of a rename, the target
};

class DirectoryTree {
 public:
  // Identities of files hang on `seed`, their path and how often that path was made.
  explicit DirectoryTree(uint64_t seed);
  ~DirectoryTree();

  // --- what a process sees ---
  Result<NodeRef> find(std::string_view path) const;
  bool is_directory(NodeRef node) const;
  CachedFile& file(NodeRef node);
  const CachedFile& file(NodeRef node) const;
  uint64_t identity(NodeRef node) const;
  // Where the node is now, or was last.
  std::string path_of(NodeRef node) const;
  // Current names in a directory, ascending.
  std::vector<std::pair<std::string, NodeRef>> entries(NodeRef directory) const;
  // Durable names in it, ascending; each leads to a node that lives.
  std::vector<std::pair<std::string, NodeRef>> durable_entries(NodeRef directory) const;
  // All files reachable now, in order of their paths.
  std::vector<NodeRef> files() const;
  // All files that live, with or without a name; in an order without meaning, always the same.
  std::vector<NodeRef> all_files() const;

  struct Stamp {
    uint64_t sequence = 0;
    Instant time{};
  };
  // The path must be legal and free, its parent a directory.
  Result<NodeRef> create_file(std::string_view path, Stamp stamp);
  Result<void> make_directories(std::string_view path, Stamp stamp);
  Result<void> remove(std::string_view path, Stamp stamp);
  Result<void> rename(std::string_view from, std::string_view to, Stamp stamp);

  // Open handles keep a file alive without a name. close_handle() may end it.
  void open_handle(NodeRef node);
  void close_handle(NodeRef node);
  uint32_t open_handles(NodeRef node) const;
  uint64_t all_open_handles() const { return all_open_handles_; }
  bool is_named(NodeRef node) const;  // by a current name
  // --- durability ---
  // Makes every pending change of names in `directory` durable. Returns how many.
  uint64_t sync(NodeRef directory);
  // Makes durable all changes up to `sequence` (a journal); or those before `time`.
  uint64_t sync_until(uint64_t sequence);
  uint64_t sync_before(Instant time);
  uint64_t pending_count() const { return pending_.size(); }
  std::vector<uint64_t> pending_sequences() const;

  // Keeps a prefix of the pending changes, `kept` of them.
  std::vector<NameLoss> lose_power_prefix(uint64_t kept);
  // Keeps or drops each independently; where two changes met at one name, the later one is kept
  // only together with the earlier. Draws are keyed by the changed node.
  std::vector<NameLoss> lose_power_weak(uint64_t seed, Ratio keep);

 private:
  struct Entry {
    NodeRef current = kNoNode;
    NodeRef durable = kNoNode;
    uint32_t made = 0;  // how many nodes were created under this name
  };
  struct Node {
    uint64_t identity = 0;
    uint32_t references = 0;
    uint32_t name_changes = 0;
    uint32_t current_names = 0;
    uint32_t open_handles = 0;
    std::vector<uint64_t> pending;  // of a directory: keys of the pending changes in it, ascending
    uint32_t current_entries = 0;   // of a directory: names in it now
    NodeRef parent = kNoNode;
    std::string name;
    std::unique_ptr<CachedFile> file;  // nullptr: a directory
    std::map<std::string, Entry, std::less<>> entries;
  };
  struct Change {
    NodeRef directory = kNoNode;
    std::string name;
    NodeRef after = kNoNode;
  };
  struct Pending {
    NameChange kind = NameChange::kCreate;
    Stamp stamp;
    NodeRef node = kNoNode;
    uint32_t number = 0;  // of the node's name changes
    std::vector<Change> changes;
  };

  void retain(NodeRef node) { ++at(node).references; }
  void release(NodeRef node);
  Node& at(NodeRef ref);
  const Node& at(NodeRef ref) const;
  NodeRef add_node(uint64_t identity, bool is_file);
  NodeRef make_node(NodeRef directory, std::string_view name, NameChange kind, Stamp stamp);
  Result<NodeRef> find_parent(std::string_view path) const;
  NodeRef child(NodeRef directory, std::string_view name) const;
  bool is_inside(NodeRef node, NodeRef directory) const;
  void set_current(NodeRef directory, const std::string& name, NodeRef node);
  void push(NameChange kind, NodeRef node, Stamp stamp, std::vector<Change> changes);
  void make_durable(const Pending& pending);
  void drop_references(const Pending& pending);
  using Keys = std::set<uint64_t>;  // of pending_
  uint64_t settle(const Keys& chosen);
  void add_dependencies(Keys& chosen) const;
  std::vector<NameLoss> lose_power(const Keys& kept);
  void restart_from_durable();

  const uint64_t seed_;
  std::vector<std::unique_ptr<Node>> nodes_;  // nullptr: free
  std::vector<NodeRef> free_;
  uint64_t all_open_handles_ = 0;
  uint64_t last_key_ = 0;
  std::map<uint64_t, Pending> pending_;  // by a running number, so in order of their sequences
};

}  // namespace faultline::sim
