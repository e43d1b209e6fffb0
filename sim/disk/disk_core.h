// SPDX-License-Identifier: Apache-2.0
// DiskCore: a simulated disk without time of its own: names, page caches, platters and faults
// behind synchronous calls that are told the (true) time. It survives its processes; SimDisk makes
// a port of it that takes time. All chance is keyed by (disk, file, operation).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "broker/env/disk.h"
#include "sim/disk/directory_tree.h"
#include "sim/disk/disk_config.h"
#include "sim/disk/disk_events.h"
#include "sim/disk/disk_faults.h"
#include "sim/disk/power_loss.h"

namespace faultline::sim {

class DiskCore {
 public:
  // `seed` names the disk among all of the world. `probe` outlives it.
  DiskCore(const DiskConfig& config, uint64_t seed, Probe& probe);

  // --- operations of processes ---
  Result<NodeRef> open(const std::string& path, OpenMode mode, Instant now);  // a handle to close()
  void close(NodeRef file);
  uint64_t size(NodeRef file) const { return tree_.file(file).size(); }
  Result<Slice> read(NodeRef file, uint64_t offset, uint64_t length, Instant now);
  Result<void> write(NodeRef file, uint64_t offset, const Slices& bytes, Instant now);
  Result<void> truncate(NodeRef file, uint64_t size, Instant now);
  SyncPoint sync_point(NodeRef file) const;
  Result<void> sync(NodeRef file, SyncPoint point, Instant now);
  Result<void> change_names(PathOp::Kind kind, const std::string& path, const std::string& target,
                            Instant now);
  Result<std::vector<DirectoryEntry>> list(const std::string& path) const;
  uint64_t free_bytes(Instant now);
  uint64_t total_bytes() const { return config_.capacity_bytes; }
  // A write whose process was killed meanwhile: any prefix of it may be there.
  void write_partially(NodeRef file, uint64_t offset, const Slices& bytes, Instant now);
  void release_locks();

  // --- the machine ---
  // Requires that no handle is open. `fault` keys the choices that concern the whole disk.
  PowerLossReport lose_power(uint64_t fault, const PowerLossRules& rules, Instant now);
  PowerLossReport lose_power(uint64_t fault, Instant now) {
    return lose_power(fault, config_.power_loss, now);
  }
  // Everything is on the platter now, and only there, as after an orderly restart of the machine.
  void settle_everything();
  void heal_media(uint64_t fault);  // takes latent sector errors and bit rot back

  DiskFaults& faults() { return faults_; }
  const DiskFaults& faults() const { return faults_; }
  DirectoryTree& tree() { return tree_; }
  const DirectoryTree& tree() const { return tree_; }
  const DiskConfig& config() const { return config_; }
  uint64_t seed() const { return seed_; }
  uint64_t used_bytes() const { return used_; }

 private:
  // What failed and through which fault (0: none).
  struct Failure {
    std::string_view action;
    ErrorCode code = ErrorCode::kIo;
    uint64_t fault = 0;
    ByteRange place;
  };
  DiskFaults::Subject subject(NodeRef file, uint64_t number, Instant now);
  std::unexpected<Error> fail_by(NodeRef file, const Failure& failure);
  Result<void> refuse_change(NodeRef file, const DiskFaults::Subject& subject,
                             std::string_view action);
  void tell_written(NodeRef file, ByteRange place, uint64_t asked);
  void tell_name(NodeRef node, NameChange change, const std::string& path);
  std::unexpected<Error> fail_write(NodeRef file, uint64_t offset, const Slices& bytes,
                                    uint64_t done, const Failure& failure, Instant now);
  std::unexpected<Error> fail_sync(NodeRef file, SyncPoint point, uint64_t fault);
  Result<void> refuse_names(const std::string& path, Instant now);
  Result<void> apply_names(PathOp::Kind kind, const std::string& path, const std::string& target,
                           Instant now);
  Result<void> sync_directory(const std::string& path);
  Result<void> lock(const std::string& path, Instant now);
  uint64_t room(Instant now);
  void put(NodeRef file, uint64_t offset, const Slices& bytes, Instant now);
  uint64_t charge_of(NodeRef file) const;
  OpStamp next_stamp(NodeRef file, Instant now);

  // --- settling (disk_settling.cc) ---
  void settle_old(NodeRef file, Instant now);
  void settle_old_lazily(NodeRef file, Instant now);
  void settle(NodeRef file, size_t count);
  void land_under_faults(NodeRef file, const DataOp& op);
  void misdirect(NodeRef file, const DataOp& op, const DiskFaultSpec& fault);
  NodeRef choose_victim(NodeRef file, Draws& draws) const;
  void settle_before(uint64_t sequence);

  // --- faults of the medium and power (disk_damage.cc) ---
  void apply_due_faults(Instant now);
  void evict(const DiskFaultSpec& fault, NodeRef file);
  struct Page {
    NodeRef file = kNoNode;
    uint64_t number = 0;
  };
  Page choose_page(const std::vector<NodeRef>& files, uint64_t salt) const;
  void damage_one_place(const DiskFaultSpec& fault, const std::vector<NodeRef>& files,
                        Draws& draws);
  Result<void> fetch(NodeRef file, ByteRange range);
  struct StrictCut {
    uint64_t sequence = 0;    // operations before it survive
    uint64_t tear_bytes = 0;  // of the operation at it
  };
  StrictCut choose_cut(const PowerLossRules& rules, Draws& draws) const;
  LossPlan choose_plan(NodeRef file, const PowerLossRules& rules, const StrictCut& cut) const;
  FileLoss lose_file(NodeRef file, const LossPlan& plan);
  void lose_names(PowerLossReport& report, const PowerLossRules& rules, const StrictCut& cut,
                  Draws& draws);
  void tell_met(NodeRef file, uint64_t fault, ByteRange place, std::string_view what);
  void tell_damage(NodeRef file, ByteRange place, DiskFaultKind why);
  void tell_lost(uint64_t file, const std::string& path, ByteRange place, const char* why);
  void tell(uint64_t fault, const PowerLossReport& report);

  const DiskConfig config_;
  const uint64_t seed_;
  Probe& probe_;
  DiskFaults faults_;
  DirectoryTree tree_;
  uint64_t sequence_ = 0;
  uint64_t used_ = 0;                             // bytes of files that have a name or a handle
  std::map<uint64_t, uint64_t> name_operations_;  // hash of a path -> operations on that name
  std::map<uint64_t, uint64_t> full_at_;          // no-space fault -> used bytes that it permits
  std::set<NodeRef> locked_;
};

}  // namespace faultline::sim
