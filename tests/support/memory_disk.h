// SPDX-License-Identifier: Apache-2.0
// MemoryDisk: a Disk for tests, with a page cache and a platter. Ops complete at once. It can die
// at a chosen op (that op may be half done and never completes), lose power (unsynced writes are
// applied in part, torn at sectors; unsynced names vanish from some point on), fail an fsync in the
// manner of fsyncgate, and run full.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "broker/base/prng.h"
#include "broker/env/disk.h"

namespace faultline::testing {

using ByteVector = std::vector<uint8_t>;

class MemoryDisk final : public Disk, private OpOwner {
 public:
  MemoryDisk() = default;
  ~MemoryDisk();

  // --- faults ---
  // The op with this number (op_count() + n is the n-th from now) never completes, nor any later
  // one; a write may have been done in part. The test then destroys the scope that waits.
  void die_at(uint64_t op_number, uint64_t seed) {
    die_at_ = op_number;
    die_seed_ = seed;
  }
  bool is_dead() const { return is_dead_; }
  // The machine runs again after a process kill: all that was written is there.
  void restart();
  // The machine runs again after a power loss.
  void lose_power(uint64_t seed);
  // The n-th sync of a file from now fails and drops what it should have made durable.
  void fail_sync_in(uint64_t syncs) { fail_sync_in_ = syncs; }
  // From now on syncs wait; what is written meanwhile is none of theirs.
  void hold_syncs() { holds_syncs_ = true; }
  // Completes those that wait; says how many.
  size_t release_syncs();
  // The next read of a file waits, and then finds what is there by then.
  void hold_next_read() { holds_next_read_ = true; }
  void release_reads();
  // Writes beyond this many bytes in all files fail half done with kNoSpace.
  void set_capacity(uint64_t bytes) { capacity_ = bytes; }
  // Flips one bit of a file, in the cache and on the platter.
  void flip_bit(const std::string& path, uint64_t byte, int bit);

  // --- what is there (page cache view) ---
  uint64_t op_count() const { return op_count_; }
  uint64_t bytes_wanted() const { return bytes_wanted_; }  // by all reads
  bool exists(const std::string& path) const { return names_.contains(path); }
  ByteVector contents(const std::string& path) const;
  std::vector<std::string> paths() const;
  // Makes a durable file, and its directories.
  void put(const std::string& path, Bytes bytes);
  void put(const std::string& path, std::string_view text) { put(path, as_bytes(text)); }
  void erase(const std::string& path);
  // Copies a real directory, files up to `bytes_max`, below `to`.
  void import(const std::string& real_directory, const std::string& to);

  uint64_t free_bytes() override;
  uint64_t total_bytes() override { return std::min(capacity_, UINT64_MAX / 2); }
  void submit(OpenFile& op) override;
  void submit(PathOp& op) override;
  void submit(ListDirectory& op) override;

 private:
  struct Change {  // a write, or a truncation when `is_truncate`
    uint64_t offset = 0;
    ByteVector bytes;
    bool is_truncate = false;
  };
  struct Node {
    ByteVector cache;
    ByteVector platter;
    std::vector<Change> unsynced;
  };
  using NodePtr = std::shared_ptr<Node>;  // a test's convenience: open files outlive their names
  struct NameChange {
    std::string path;
    NodePtr node;              // null: the name is gone
    std::string renamed_from;  // goes in the same step
  };
  class OpenedFile;

  // False: the disk has died at this op.
  bool lives(OpBase& op, Change* half_done, Node* node);
  static void apply(ByteVector& to, const Change& change);
  static std::string parent_of(const std::string& path);
  Result<void> do_path_op(const PathOp& op);
  void set_name(const std::string& path, NodePtr node);
  void apply(const NameChange& change);
  uint64_t used_bytes() const;
  struct HeldSync {
    Sync* op = nullptr;
    NodePtr node;
    size_t changes = 0;  // that it covers
  };
  struct HeldRead {
    ReadAt* op = nullptr;
    NodePtr node;
  };
  static void complete(ReadAt& op, const Node& node);
  void forget(OpBase& op) noexcept override {
    std::erase(parked_, &op);
    std::erase_if(held_syncs_, [&](const HeldSync& held) { return held.op == &op; });
    std::erase_if(held_reads_, [&](const HeldRead& held) { return held.op == &op; });
  }

  template <class T>
  void park(Op<T>& op) {
    op.accept(*this);
    parked_.push_back(&op);
  }

  std::map<std::string, NodePtr> names_;
  std::map<std::string, NodePtr> durable_names_;
  std::map<std::string, std::vector<NameChange>> unsynced_names_;  // by directory, in order
  std::set<std::string> directories_{""};
  std::set<std::string> locks_;
  std::vector<OpBase*> parked_;
  uint64_t op_count_ = 0;
  uint64_t bytes_wanted_ = 0;
  uint64_t die_at_ = UINT64_MAX;
  uint64_t die_seed_ = 0;
  uint64_t fail_sync_in_ = 0;
  uint64_t capacity_ = UINT64_MAX;
  bool is_dead_ = false;
  bool holds_syncs_ = false;
  std::vector<HeldSync> held_syncs_;
  bool holds_next_read_ = false;
  std::vector<HeldRead> held_reads_;
};

}  // namespace faultline::testing
