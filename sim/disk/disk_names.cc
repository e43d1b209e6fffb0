// SPDX-License-Identifier: Apache-2.0
// The operations of processes on names.
#include <algorithm>

#include "broker/base/hash.h"
#include "broker/env/disk_path.h"
#include "sim/disk/disk_core.h"

namespace faultline::sim {

void DiskCore::tell_name(NodeRef node, NameChange change, const std::string& path) {
  emit(probe_, tree_.identity(node),
       DiskNamed{.change = std::string(to_string(change)), .path = path});
}

Result<void> DiskCore::refuse_names(const std::string& path, Instant now) {
  const uint64_t name = hash64(as_bytes(path));
  const uint64_t number = ++name_operations_[name];
  if (!faults_.has_any()) return {};
  const DiskFaults::Subject subject{.file = name, .path = path, .number = number, .time = now};
  for (const auto& [kind, code] : {std::pair(DiskFaultKind::kReadOnly, ErrorCode::kReadOnly),
                                   std::pair(DiskFaultKind::kNameError, ErrorCode::kIo)}) {
    const DiskFaultSpec* fault = faults_.strike(kind, subject);
    if (fault == nullptr) continue;
    faults_.count_observed(fault->id, 0);
    emit(probe_, name,
         DiskFailed{.action = "name", .error = std::string(to_string(code)), .fault = fault->id});
    return fail(code, path);
  }
  return {};
}

Result<void> DiskCore::change_names(PathOp::Kind kind, const std::string& path,
                                    const std::string& target, Instant now) {
  apply_due_faults(now);
  if (!is_disk_path(path)) return fail(ErrorCode::kInvalidArgument, "illegal path " + path);
  if (config_.commit_names_after != kNever) tree_.sync_before(now - config_.commit_names_after);
  if (kind == PathOp::Kind::kLock) return lock(path, now);
  TRY(refuse_names(path, now));
  if (kind == PathOp::Kind::kSyncDirectory) return sync_directory(path);
  return apply_names(kind, path, target, now);
}

Result<void> DiskCore::apply_names(PathOp::Kind kind, const std::string& path,
                                   const std::string& target, Instant now) {
  const DirectoryTree::Stamp stamp{++sequence_, now};
  if (kind == PathOp::Kind::kMakeDirectory) {
    TRY(tree_.make_directories(path, stamp));
    TRY_ASSIGN(const NodeRef made, tree_.find(path));
    tell_name(made, NameChange::kMakeDirectory, path);
    return {};
  }
  const Result<NodeRef> node = tree_.find(path);
  if (kind == PathOp::Kind::kRemove) {
    const uint64_t freed = node ? charge_of(*node) : 0;
    TRY(tree_.remove(path, stamp));
    used_ -= freed;
    tell_name(*node, NameChange::kRemove, path);  // pending, so the node still lives
    return {};
  }
  ASSERT(kind == PathOp::Kind::kRename);
  const Result<NodeRef> replaced = tree_.find(target);
  const uint64_t freed = replaced && node && *replaced != *node ? charge_of(*replaced) : 0;
  TRY(tree_.rename(path, target, stamp));
  used_ -= freed;
  tell_name(*node, NameChange::kRename, target);
  return {};
}

Result<void> DiskCore::sync_directory(const std::string& path) {
  TRY_ASSIGN(const NodeRef directory, tree_.find(path));
  if (!tree_.is_directory(directory)) return fail(ErrorCode::kNotDirectory, path);
  uint64_t changes = 0;
  switch (config_.power_loss.ordering) {
    case DiskOrdering::kWeak: changes = tree_.sync(directory); break;
    case DiskOrdering::kOrdered: changes = tree_.sync_until(sequence_); break;
    case DiskOrdering::kStrictPrefix:
      changes = tree_.pending_count();
      settle_before(sequence_);
      break;
  }
  emit(probe_, tree_.identity(directory),
       DiskDirectorySynced{.changes = static_cast<int64_t>(changes)});
  return {};
}

Result<void> DiskCore::lock(const std::string& path, Instant now) {
  TRY_ASSIGN(const NodeRef file, open(path, OpenMode::kCreate, now));
  if (!locked_.insert(file).second) {
    close(file);
    return fail(ErrorCode::kLocked, path);
  }
  return {};
}

void DiskCore::release_locks() {
  for (const NodeRef file : locked_) close(file);
  locked_.clear();
}

Result<std::vector<DirectoryEntry>> DiskCore::list(const std::string& path) const {
  TRY_ASSIGN(const NodeRef directory, tree_.find(path));
  if (!tree_.is_directory(directory)) return fail(ErrorCode::kNotDirectory, path);
  std::vector<std::pair<uint64_t, DirectoryEntry>> keyed;
  for (const auto& [name, node] : tree_.entries(directory))
    keyed.emplace_back(hash64(as_bytes(name), seed_),
                       DirectoryEntry{.name = name, .is_directory = tree_.is_directory(node)});
  // No order that a program could rely on, but the same one in every run.
  std::sort(keyed.begin(), keyed.end());
  std::vector<DirectoryEntry> result;
  result.reserve(keyed.size());
  for (auto& [key, entry] : keyed) result.push_back(std::move(entry));
  return result;
}

}  // namespace faultline::sim
