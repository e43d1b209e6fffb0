// SPDX-License-Identifier: Apache-2.0
// SimDisk: the Disk port of one simulated machine: a DiskCore whose operations take time.
// Operations on cached pages and names take about as long as a system call; reads of cold pages and
// syncs queue for the one device. An operation has its effect when it completes. The disk belongs
// to the machine: it outlives its processes, forgets their operations, and knows what a kill and a
// power loss are.
//
// Latencies are draws keyed by (disk, file, operation), so they stay when faults are taken out.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "broker/env/disk.h"
#include "sim/disk/disk_core.h"
#include "sim/kernel/processor.h"
#include "sim/kernel/quantiles.h"

namespace faultline::sim {

struct DiskSpeed {
  QuantileTable cached = QuantileTable::latency(microseconds(3), microseconds(30));
  QuantileTable write = QuantileTable::latency(microseconds(10), microseconds(200));
  QuantileTable read = QuantileTable::latency(microseconds(80), milliseconds(1));
  QuantileTable sync = QuantileTable::latency(milliseconds(1), milliseconds(10));
  // What the device is busy for, beside the latency of the one who waits.
  int64_t device_bytes_per_second = 1'000'000'000;
  int64_t device_operations_per_second = 20'000;
  int64_t memory_bytes_per_second = 10'000'000'000;  // copying to and from the page cache
};

class SimDisk final : public Disk, private OpOwner, private Probe {
 public:
  SimDisk(Processor& processor, const DiskConfig& config, const DiskSpeed& speed);
  ~SimDisk();

  // --- Disk ---
  uint64_t free_bytes() override { return core_.free_bytes(kernel_.now()); }
  uint64_t total_bytes() override { return core_.total_bytes(); }
  void submit(OpenFile& op) override;
  void submit(PathOp& op) override;
  void submit(ListDirectory& op) override;

  // --- the world: call after the node's process is gone ---
  // The page cache stays; of a write under way, any part may be there. Locks are free again.
  void process_killed();
  // As DiskCore::lose_power(), writes under way included.
  PowerLossReport power_lost(uint64_t fault, const PowerLossRules& rules);
  PowerLossReport power_lost(uint64_t fault) {
    return power_lost(fault, core_.config().power_loss);
  }
  void inject(DiskFaultSpec fault) { core_.faults().inject(std::move(fault)); }
  // Ends a fault; what it held up goes on, what it did to the medium is taken back.
  void end_fault(uint64_t fault);
  DiskFaultEffects effects(uint64_t fault) const { return core_.faults().effects(fault); }

  DiskCore& core() { return core_; }
  const DiskCore& core() const { return core_; }
  size_t operations_in_flight() const { return requests_.size() - free_.size(); }

 private:
  class SimFile;
  enum class Kind : uint8_t { kOpen, kPath, kList, kRead, kWrite, kTruncate, kSync };

  // One operation between its start and its completion. A cancelled one goes on without its op.
  struct Request final : TimedEvent {
    explicit Request(SimDisk& disk) : owner(disk) {}
    void fire() override { owner.finish(*this); }
    SimDisk& owner;
    Kind kind = Kind::kRead;
    OpBase* op = nullptr;
    bool is_active = false;
    bool is_stalled = false;  // counted for the fault already
    NodeRef file = kNoNode;   // holds a handle while active
    uint64_t latency_draw = 0;
    uint64_t offset = 0;  // or the new size
    Slices bytes;         // of a write
    SyncPoint point;      // of a sync
    EventId cause = 0;
  };

  void forget(OpBase& op) noexcept override;
  EventId emit(const EventType& type, uint64_t entity, const EventPayload& payload) override;
  std::span<uint8_t> payload_room() override { return kernel_.payload_room(); }
  bool wants_details() const override { return kernel_.wants_details(); }

  Request& start(Kind kind, OpBase& op, NodeRef file);
  Request& start_named(Kind kind, OpBase& op, const std::string& path);
  void schedule(Request& request, const QuantileTable& table, uint64_t device_bytes,
                uint64_t memory_bytes, bool uses_device);
  bool hold_back(Request& request);
  void finish(Request& request);
  void complete(Request& request);
  void release(Request& request);
  void settle_requests();

  Kernel& kernel_;
  Processor& processor_;
  const int32_t node_;
  const DiskSpeed speed_;
  Instant device_free_{};
  std::map<uint64_t, uint64_t> name_requests_;  // hash of a path -> requests
  DiskCore core_;
  std::vector<std::unique_ptr<Request>> requests_;  // all that were ever needed at once
  std::vector<Request*> free_;
};

}  // namespace faultline::sim
