// SPDX-License-Identifier: Apache-2.0
// The cache, the platter and what a crash leaves of them.
#include "tests/support/memory_disk.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace faultline::testing {
namespace {

constexpr uint64_t kSector = 512;

}  // namespace

class MemoryDisk::OpenedFile final : public File {
 public:
  OpenedFile(MemoryDisk& disk, NodePtr node) : disk_(disk), node_(std::move(node)) {}

  uint64_t size() const override { return node_->cache.size(); }

  void submit(ReadAt& op) override {
    if (disk_.is_dead_) return disk_.park(op);
    disk_.bytes_wanted_ += op.length;
    if (!std::exchange(disk_.holds_next_read_, false)) return complete(op, *node_);
    op.accept(disk_);
    disk_.held_reads_.push_back({&op, node_});
  }

  void submit(WriteAt& op) override {
    Change change{op.offset, {}, false};
    for (const Slice& slice : op.bytes) {
      const Bytes view = slice.view();
      change.bytes.insert(change.bytes.end(), view.begin(), view.end());
    }
    if (!disk_.lives(op, &change, node_.get())) return disk_.park(op);
    const uint64_t free = disk_.free_bytes();
    const uint64_t end = op.offset + change.bytes.size();
    const bool fits = end <= node_->cache.size() || end - node_->cache.size() <= free;
    if (!fits) {
      const uint64_t room = node_->cache.size() + free;
      change.bytes.resize(room > op.offset ? room - op.offset : 0);
    }
    apply(node_->cache, change);
    node_->unsynced.push_back(std::move(change));
    if (fits) return op.complete({});
    op.complete_error(Error(ErrorCode::kNoSpace));
  }

  void submit(Truncate& op) override {
    Change change{op.size, {}, true};
    if (!disk_.lives(op, &change, node_.get())) return disk_.park(op);
    apply(node_->cache, change);
    node_->unsynced.push_back(std::move(change));
    op.complete({});
  }

  void submit(Sync& op) override {
    if (!disk_.lives(op, nullptr, nullptr)) return disk_.park(op);
    if (disk_.fail_sync_in_ > 0 && --disk_.fail_sync_in_ == 0) {
      node_->unsynced.clear();  // the kernel marks the pages clean all the same
      return op.complete_error(Error(ErrorCode::kIo, "fsync"));
    }
    if (disk_.holds_syncs_) {
      op.accept(disk_);
      disk_.held_syncs_.push_back({&op, node_, node_->unsynced.size()});
      return;
    }
    for (const Change& change : node_->unsynced) apply(node_->platter, change);
    node_->unsynced.clear();
    op.complete({});
  }

 private:
  MemoryDisk& disk_;
  NodePtr node_;
};

void MemoryDisk::complete(ReadAt& op, const Node& node) {
  const ByteVector& bytes = node.cache;
  const uint64_t start = std::min<uint64_t>(op.offset, bytes.size());
  const uint64_t length = std::min<uint64_t>(op.length, bytes.size() - start);
  op.complete(Slice::copy_of(Bytes(bytes.data() + start, length)));
}

void MemoryDisk::release_reads() {
  const std::vector<HeldRead> held = std::exchange(held_reads_, {});
  for (const HeldRead& one : held) complete(*one.op, *one.node);
}

size_t MemoryDisk::release_syncs() {
  const std::vector<HeldSync> held = std::exchange(held_syncs_, {});
  for (const HeldSync& one : held) {
    auto& unsynced = one.node->unsynced;
    const auto end = unsynced.begin() + static_cast<ptrdiff_t>(one.changes);
    for (auto change = unsynced.begin(); change != end; ++change) apply(one.node->platter, *change);
    unsynced.erase(unsynced.begin(), end);
    one.op->complete({});
  }
  return held.size();
}

MemoryDisk::~MemoryDisk() { ASSERT(parked_.empty()); }

bool MemoryDisk::lives(OpBase&, Change* half_done, Node* node) {
  if (is_dead_) return false;
  if (++op_count_ < die_at_) return true;
  is_dead_ = true;
  if (half_done != nullptr && !half_done->is_truncate) {
    Draws draws(die_seed_, stream_id("half"), 0);
    half_done->bytes.resize(draws.below(half_done->bytes.size() + 1));
    apply(node->cache, *half_done);
    node->unsynced.push_back(std::move(*half_done));
  }
  return false;
}

void MemoryDisk::apply(ByteVector& to, const Change& change) {
  if (change.is_truncate) return to.resize(change.offset);
  if (change.bytes.empty()) return;
  const uint64_t end = change.offset + change.bytes.size();
  if (to.size() < end) to.resize(end);
  std::memcpy(to.data() + change.offset, change.bytes.data(), change.bytes.size());
}

void MemoryDisk::restart() {
  is_dead_ = false;
  die_at_ = UINT64_MAX;
  fail_sync_in_ = 0;
  locks_.clear();
}

void MemoryDisk::lose_power(uint64_t seed) {
  restart();
  Draws draws(seed, stream_id("power"), 0);
  for (auto& [directory, changes] : unsynced_names_) {
    changes.resize(draws.below(changes.size() + 1));  // a journal: some first part of it is there
    for (const NameChange& change : changes) apply(change);
  }
  unsynced_names_.clear();
  names_ = durable_names_;
  for (auto& [path, node] : names_) {
    for (const Change& change : node->unsynced) {
      if (change.is_truncate) {
        if (draws.chance({1, 2})) apply(node->platter, change);
        continue;
      }
      // Each sector that a write touched got there or not, by itself.
      const bool grows = draws.chance({1, 2});  // the size can be there without the data
      uint64_t at = change.offset;
      const uint64_t end = change.offset + change.bytes.size();
      while (at < end) {
        const uint64_t next = std::min(end, (at / kSector + 1) * kSector);
        const uint8_t* from = change.bytes.data() + (at - change.offset);
        if (draws.chance({2, 3}))
          apply(node->platter, {at, ByteVector(from, from + (next - at)), false});
        at = next;
      }
      if (grows && node->platter.size() < end) node->platter.resize(end);
    }
    node->unsynced.clear();
    node->cache = node->platter;
  }
}

void MemoryDisk::flip_bit(const std::string& path, uint64_t byte, int bit) {
  Node& node = *names_.at(path);
  node.cache.at(byte) ^= static_cast<uint8_t>(1 << bit);
  if (byte < node.platter.size()) node.platter[byte] ^= static_cast<uint8_t>(1 << bit);
}

ByteVector MemoryDisk::contents(const std::string& path) const { return names_.at(path)->cache; }

std::vector<std::string> MemoryDisk::paths() const {
  std::vector<std::string> all;
  for (const auto& [path, node] : names_) all.push_back(path);
  return all;
}

void MemoryDisk::put(const std::string& path, Bytes bytes) {
  auto node = std::make_shared<Node>();
  node->cache.assign(bytes.begin(), bytes.end());
  node->platter = node->cache;
  names_[path] = node;
  durable_names_[path] = node;
  for (std::string up = parent_of(path); !up.empty(); up = parent_of(up)) directories_.insert(up);
}

void MemoryDisk::erase(const std::string& path) {
  names_.erase(path);
  durable_names_.erase(path);
}

void MemoryDisk::import(const std::string& real_directory, const std::string& to) {
  namespace fs = std::filesystem;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(real_directory)) {
    const std::string path = to + "/" + fs::relative(entry.path(), real_directory).string();
    if (entry.is_directory()) {
      directories_.insert(path);
      continue;
    }
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    put(path, bytes);
  }
}

uint64_t MemoryDisk::used_bytes() const {
  uint64_t used = 0;
  for (const auto& [path, node] : names_) used += node->cache.size();
  return used;
}

uint64_t MemoryDisk::free_bytes() {
  if (capacity_ == UINT64_MAX) return total_bytes();
  const uint64_t used = used_bytes();
  return used >= capacity_ ? 0 : capacity_ - used;
}

std::string MemoryDisk::parent_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

void MemoryDisk::apply(const NameChange& change) {
  if (change.node == nullptr) {
    durable_names_.erase(change.path);
  } else {
    durable_names_[change.path] = change.node;
  }
  if (!change.renamed_from.empty()) durable_names_.erase(change.renamed_from);
}

void MemoryDisk::set_name(const std::string& path, NodePtr node) {
  if (node == nullptr) {
    names_.erase(path);
  } else {
    names_[path] = node;
  }
  unsynced_names_[parent_of(path)].push_back({path, std::move(node), ""});
}

void MemoryDisk::submit(OpenFile& op) {
  const auto found = names_.find(op.path);
  const bool may_create = op.mode == OpenMode::kCreate || op.mode == OpenMode::kCreateNew;
  const bool creates = found == names_.end() && may_create;
  if (is_dead_ || (creates && !lives(op, nullptr, nullptr))) return park(op);
  if (!creates && found == names_.end())
    return op.complete_error(Error(ErrorCode::kNotFound, op.path));
  if (!creates && op.mode == OpenMode::kCreateNew)
    return op.complete_error(Error(ErrorCode::kExists, op.path));
  if (creates) {
    if (!directories_.contains(parent_of(op.path)))
      return op.complete_error(Error(ErrorCode::kNotFound, op.path));
    set_name(op.path, std::make_shared<Node>());
  }
  op.complete(std::unique_ptr<File>(std::make_unique<OpenedFile>(*this, names_.at(op.path))));
}

void MemoryDisk::submit(PathOp& op) {
  if (!lives(op, nullptr, nullptr)) return park(op);
  Result<void> done = do_path_op(op);
  op.complete(std::move(done));
}

Result<void> MemoryDisk::do_path_op(const PathOp& op) {
  switch (op.kind) {
    case PathOp::Kind::kRemove:
      if (directories_.erase(op.path) > 0) return {};
      if (!names_.contains(op.path)) return fail(ErrorCode::kNotFound, op.path);
      set_name(op.path, nullptr);
      return {};
    case PathOp::Kind::kMakeDirectory:
      for (std::string up = op.path; !up.empty(); up = parent_of(up)) directories_.insert(up);
      return {};
    case PathOp::Kind::kSyncDirectory: {
      for (const NameChange& change : unsynced_names_[op.path]) apply(change);
      unsynced_names_.erase(op.path);
      return {};
    }
    case PathOp::Kind::kLock:
      if (!locks_.insert(op.path).second) return fail(ErrorCode::kLocked, op.path);
      return {};
    case PathOp::Kind::kRename: break;
  }
  if (directories_.erase(op.path) > 0) {  // a directory moves at once, durably, with all in it
    directories_.insert(op.target);
    const std::string prefix = op.path + "/";
    for (auto* names : {&names_, &durable_names_}) {
      std::map<std::string, NodePtr> moved;
      for (auto& [path, node] : *names)
        moved[path.starts_with(prefix) ? op.target + path.substr(op.path.size()) : path] = node;
      *names = std::move(moved);
    }
    unsynced_names_.erase(op.path);
    return {};
  }
  const auto found = names_.find(op.path);
  if (found == names_.end()) return fail(ErrorCode::kNotFound, op.path);
  NodePtr node = found->second;
  names_.erase(op.path);
  names_[op.target] = node;
  unsynced_names_[parent_of(op.target)].push_back({op.target, node, op.path});
  return {};
}

void MemoryDisk::submit(ListDirectory& op) {
  if (is_dead_) return park(op);
  if (!directories_.contains(op.path))
    return op.complete_error(Error(ErrorCode::kNotFound, op.path));
  std::vector<DirectoryEntry> entries;
  // What lies below is one range of the sorted names.
  const std::string prefix = op.path.empty() ? "" : op.path + "/";
  for (auto entry = names_.lower_bound(prefix);
       entry != names_.end() && entry->first.starts_with(prefix); ++entry) {
    if (parent_of(entry->first) == op.path)
      entries.push_back({entry->first.substr(prefix.size()), false});
  }
  for (auto path = directories_.lower_bound(prefix);
       path != directories_.end() && path->starts_with(prefix); ++path) {
    if (!path->empty() && parent_of(*path) == op.path)
      entries.push_back({path->substr(prefix.size()), true});
  }
  std::reverse(entries.begin(), entries.end());  // no order is promised
  op.complete(std::move(entries));
}

}  // namespace faultline::testing
