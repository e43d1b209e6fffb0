// SPDX-License-Identifier: Apache-2.0
// Lookups and changes of names; lifetimes of nodes.
#include "sim/disk/directory_tree.h"

#include <algorithm>

#include "broker/base/assert.h"
#include "broker/base/hash.h"
#include "broker/env/disk_path.h"

namespace faultline::sim {
namespace {

constexpr int kLevelsMax = 2000;  // as many as the longest path can have
constexpr uint64_t kIdentityStream = stream_id("disk.file.identity");

std::unexpected<Error> fail_path(ErrorCode code, std::string_view path, const char* why) {
  return fail(code, std::string(path.empty() ? "the root" : path) + ": " + why);
}

}  // namespace

std::string_view to_string(NameChange change) {
  switch (change) {
    case NameChange::kCreate: return "create";
    case NameChange::kMakeDirectory: return "make_directory";
    case NameChange::kRename: return "rename";
    case NameChange::kRemove: return "remove";
  }
  UNREACHABLE();
}

DirectoryTree::DirectoryTree(uint64_t seed) : seed_(seed) {
  nodes_.push_back(nullptr);  // kNoNode
  const NodeRef root = add_node(mix(seed, kIdentityStream, 0, 0), false);
  ASSERT_OP(root, ==, kRootNode);
  at(root).references = 1;
  at(root).current_names = 1;
}

DirectoryTree::~DirectoryTree() = default;

DirectoryTree::Node& DirectoryTree::at(NodeRef ref) {
  ASSERT(ref != kNoNode && nodes_[ref] != nullptr);
  return *nodes_[ref];
}

const DirectoryTree::Node& DirectoryTree::at(NodeRef ref) const {
  ASSERT(ref != kNoNode && nodes_[ref] != nullptr);
  return *nodes_[ref];
}

bool DirectoryTree::is_directory(NodeRef node) const { return at(node).file == nullptr; }
uint64_t DirectoryTree::identity(NodeRef node) const { return at(node).identity; }
bool DirectoryTree::is_named(NodeRef node) const { return at(node).current_names > 0; }

CachedFile& DirectoryTree::file(NodeRef node) {
  ASSERT(!is_directory(node));
  return *at(node).file;
}

const CachedFile& DirectoryTree::file(NodeRef node) const {
  ASSERT(!is_directory(node));
  return *at(node).file;
}

NodeRef DirectoryTree::add_node(uint64_t identity, bool is_file) {
  auto node = std::make_unique<Node>();
  node->identity = identity;
  if (is_file) node->file = std::make_unique<CachedFile>();
  if (free_.empty()) {
    nodes_.push_back(std::move(node));
    return static_cast<NodeRef>(nodes_.size() - 1);
  }
  const NodeRef ref = free_.back();
  free_.pop_back();
  nodes_[ref] = std::move(node);
  return ref;
}

uint32_t DirectoryTree::open_handles(NodeRef node) const { return at(node).open_handles; }

void DirectoryTree::open_handle(NodeRef node) {
  retain(node);
  ++at(node).open_handles;
  ++all_open_handles_;
}

void DirectoryTree::close_handle(NodeRef node) {
  ASSERT_OP(at(node).open_handles, >, 0u);
  --at(node).open_handles;
  --all_open_handles_;
  release(node);
}

void DirectoryTree::release(NodeRef ref) {
  Node& node = at(ref);
  ASSERT_OP(node.references, >, 0u);
  if (--node.references > 0) return;
  // Nothing leads here any more; durable names inside are unreachable too.
  const std::unique_ptr<Node> dead = std::move(nodes_[ref]);
  free_.push_back(ref);
  for (const auto& [name, entry] : dead->entries) {
    ASSERT(entry.current == kNoNode);
    if (entry.durable != kNoNode) release(entry.durable);
  }
}

NodeRef DirectoryTree::child(NodeRef directory, std::string_view name) const {
  const Node& node = at(directory);
  const auto found = node.entries.find(name);
  return found == node.entries.end() ? kNoNode : found->second.current;
}

Result<NodeRef> DirectoryTree::find(std::string_view path) const {
  if (!is_disk_path(path)) return fail_path(ErrorCode::kInvalidArgument, path, "illegal path");
  NodeRef node = kRootNode;
  std::string_view rest = path;
  while (!rest.empty()) {
    if (!is_directory(node))
      return fail_path(ErrorCode::kNotDirectory, path, "a part of the path is a file");
    const size_t slash = rest.find('/');
    node = child(node, rest.substr(0, slash));
    if (node == kNoNode) return fail_path(ErrorCode::kNotFound, path, "no such file or directory");
    rest = slash == rest.npos ? std::string_view() : rest.substr(slash + 1);
  }
  return node;
}

Result<NodeRef> DirectoryTree::find_parent(std::string_view path) const {
  if (!is_disk_path(path) || path.empty())
    return fail_path(ErrorCode::kInvalidArgument, path, "illegal path");
  TRY_ASSIGN(const NodeRef parent, find(parent_path(path)));
  if (!is_directory(parent))
    return fail_path(ErrorCode::kNotDirectory, path, "a part of the path is a file");
  return parent;
}

std::string DirectoryTree::path_of(NodeRef ref) const {
  if (ref == kRootNode) return {};
  std::string path = at(ref).name;
  // A parent may be gone, or another node in its place, when the node has lost its name: then this
  // is the path of old, as far as it can be told, and it has an end.
  NodeRef up = at(ref).parent;
  for (int level = 0; level < kLevelsMax && up != kRootNode && nodes_[up] != nullptr; ++level) {
    path = at(up).name + "/" + path;
    up = at(up).parent;
  }
  return path;
}

std::vector<std::pair<std::string, NodeRef>> DirectoryTree::entries(NodeRef directory) const {
  std::vector<std::pair<std::string, NodeRef>> result;
  result.reserve(at(directory).current_entries);
  for (const auto& [name, entry] : at(directory).entries)
    if (entry.current != kNoNode) result.emplace_back(name, entry.current);
  return result;
}

std::vector<std::pair<std::string, NodeRef>> DirectoryTree::durable_entries(
    NodeRef directory) const {
  std::vector<std::pair<std::string, NodeRef>> result;
  for (const auto& [name, entry] : at(directory).entries)
    if (entry.durable != kNoNode) result.emplace_back(name, entry.durable);
  return result;
}

std::vector<NodeRef> DirectoryTree::files() const {
  std::vector<NodeRef> result;
  std::vector<NodeRef> open = {kRootNode};
  while (!open.empty()) {
    const NodeRef node = open.back();
    open.pop_back();
    if (!is_directory(node)) {
      result.push_back(node);
      continue;
    }
    const auto inside = entries(node);
    for (auto entry = inside.rbegin(); entry != inside.rend(); ++entry)
      open.push_back(entry->second);
  }
  return result;
}

std::vector<NodeRef> DirectoryTree::all_files() const {
  std::vector<NodeRef> result;
  for (NodeRef ref = kRootNode; ref < nodes_.size(); ++ref)
    if (nodes_[ref] != nullptr && nodes_[ref]->file != nullptr) result.push_back(ref);
  return result;
}

void DirectoryTree::set_current(NodeRef directory, const std::string& name, NodeRef node) {
  Entry& entry = at(directory).entries[name];
  const NodeRef before = std::exchange(entry.current, node);
  Node& parent = at(directory);
  parent.current_entries += (node != kNoNode) - (before != kNoNode);
  if (node != kNoNode) {
    retain(node);
    ++at(node).current_names;
    at(node).parent = directory;
    at(node).name = name;
  }
  if (before != kNoNode) {
    --at(before).current_names;
    release(before);
  }
}

void DirectoryTree::push(NameChange kind, NodeRef node, Stamp stamp, std::vector<Change> changes) {
  const uint64_t key = ++last_key_;
  Pending pending{kind, stamp, node, at(node).name_changes++, std::move(changes)};
  retain(node);
  for (const Change& change : pending.changes) {
    retain(change.directory);
    std::vector<uint64_t>& keys = at(change.directory).pending;
    if (keys.empty() || keys.back() != key) keys.push_back(key);
  }
  for (const Change& change : pending.changes)
    set_current(change.directory, change.name, change.after);
  pending_.emplace_hint(pending_.end(), key, std::move(pending));
}

NodeRef DirectoryTree::make_node(NodeRef directory, std::string_view name, NameChange kind,
                                 Stamp stamp) {
  Entry& entry = at(directory).entries[std::string(name)];
  const uint64_t identity =
      mix(seed_ ^ at(directory).identity, kIdentityStream, hash64(as_bytes(name)), entry.made++);
  const NodeRef node = add_node(identity, kind == NameChange::kCreate);
  std::vector<Change> changes;
  changes.push_back({directory, std::string(name), node});
  push(kind, node, stamp, std::move(changes));
  return node;
}

Result<NodeRef> DirectoryTree::create_file(std::string_view path, Stamp stamp) {
  TRY_ASSIGN(const NodeRef parent, find_parent(path));
  ASSERT(child(parent, last_name(path)) == kNoNode);
  return make_node(parent, last_name(path), NameChange::kCreate, stamp);
}

Result<void> DirectoryTree::make_directories(std::string_view path, Stamp stamp) {
  if (!is_disk_path(path)) return fail_path(ErrorCode::kInvalidArgument, path, "illegal path");
  NodeRef node = kRootNode;
  std::string_view rest = path;
  while (!rest.empty()) {
    const size_t slash = rest.find('/');
    const std::string_view name = rest.substr(0, slash);
    const NodeRef next = child(node, name);
    if (next != kNoNode && !is_directory(next))
      return fail_path(ErrorCode::kNotDirectory, path, "a part of the path is a file");
    node = next != kNoNode ? next : make_node(node, name, NameChange::kMakeDirectory, stamp);
    rest = slash == rest.npos ? std::string_view() : rest.substr(slash + 1);
  }
  return {};
}

Result<void> DirectoryTree::remove(std::string_view path, Stamp stamp) {
  TRY_ASSIGN(const NodeRef parent, find_parent(path));
  const NodeRef node = child(parent, last_name(path));
  if (node == kNoNode) return fail_path(ErrorCode::kNotFound, path, "no such file or directory");
  if (at(node).current_entries > 0)
    return fail_path(ErrorCode::kNotDirectory, path, "directory not empty");
  std::vector<Change> changes;
  changes.push_back({parent, std::string(last_name(path)), kNoNode});
  push(NameChange::kRemove, node, stamp, std::move(changes));
  return {};
}

bool DirectoryTree::is_inside(NodeRef node, NodeRef directory) const {
  while (node != directory && node != kRootNode) node = at(node).parent;
  return node == directory;
}

Result<void> DirectoryTree::rename(std::string_view from, std::string_view to, Stamp stamp) {
  TRY_ASSIGN(const NodeRef from_parent, find_parent(from));
  TRY_ASSIGN(const NodeRef to_parent, find_parent(to));
  const NodeRef node = child(from_parent, last_name(from));
  const NodeRef replaced = child(to_parent, last_name(to));
  if (node == kNoNode) return fail_path(ErrorCode::kNotFound, from, "no such file or directory");
  if (node == replaced) return {};
  if (is_directory(node) && is_inside(to_parent, node))
    return fail_path(ErrorCode::kInvalidArgument, to, "a directory cannot move into itself");
  if (replaced != kNoNode) {
    if (is_directory(node) && !is_directory(replaced))
      return fail_path(ErrorCode::kNotDirectory, to, "is a file");
    // As POSIX: a directory above the source is refused as not empty, whatever the source is.
    if (at(replaced).current_entries > 0 &&
        (is_directory(node) || is_inside(from_parent, replaced)))
      return fail_path(ErrorCode::kNotDirectory, to, "directory not empty");
    if (!is_directory(node) && is_directory(replaced))
      return fail_path(ErrorCode::kInvalidArgument, to, "is a directory");
  }
  std::vector<Change> changes;
  changes.push_back({from_parent, std::string(last_name(from)), kNoNode});
  changes.push_back({to_parent, std::string(last_name(to)), node});
  push(NameChange::kRename, node, stamp, std::move(changes));
  return {};
}

}  // namespace faultline::sim
