// SPDX-License-Identifier: Apache-2.0
// The vocabulary of what happens to machines, for checkers and reports: processes that start and
// die, faults that begin and end, bytes that disks lose, and the phases of a run. The simulator
// emits them; no program does. Ids 0x1280..0x12ff. The records' side is in history_events.h.
#pragma once

#include <cstdint>
#include <string>

#include "broker/base/notation.h"
#include "broker/env/emit.h"
#include "broker/env/probe.h"

namespace faultline::history {

// A process started on this node.
struct NodeStarted {
  static constexpr MessageSpec kSpec = event_spec("node.started");
  static constexpr EventType kType = event_type<NodeStarted>(0x1280, kSpec);
  std::string name;  // "b1"
  void wire(auto& a) { a.f("name", name); }
};

// The process of this node ended without being asked: "kill" leaves the page cache as it is,
// "power_loss" may lose all that was not synced.
struct NodeCrashed {
  static constexpr MessageSpec kSpec = event_spec("node.crashed");
  static constexpr EventType kType = event_type<NodeCrashed>(0x1281, kSpec);
  std::string name;
  std::string how;
  void wire(auto& a) {
    a.f("name", name);
    a.f("how", how);
  }
};

// The process ended by itself or was asked to stop.
struct NodeStopped {
  static constexpr MessageSpec kSpec = event_spec("node.stopped");
  static constexpr EventType kType = event_type<NodeStopped>(0x1282, kSpec);
  std::string name;
  void wire(auto& a) { a.f("name", name); }
};

// A planned fault begins, on the node of the event. Momentary ones are healed in the same instant.
struct FaultInjected {
  static constexpr MessageSpec kSpec = event_spec("fault.injected");
  static constexpr EventType kType = event_type<FaultInjected>(0x1290, kSpec);
  uint32_t fault = 0;  // number in the plan
  std::string what;    // "power_loss", as scenario files say it
  std::string detail;
  void wire(auto& a) {
    a.f("fault", fault);
    a.f("what", what);
    a.f("detail", detail);
  }
};

// The fault ended; what it was seen to do.
struct FaultHealed {
  static constexpr MessageSpec kSpec = event_spec("fault.healed");
  static constexpr EventType kType = event_type<FaultHealed>(0x1291, kSpec);
  uint32_t fault = 0;
  std::string what;
  uint64_t effects = 0;
  uint64_t bytes = 0;
  void wire(auto& a) {
    a.f("fault", fault);
    a.f("what", what);
    a.f("effects", effects);
    a.f("bytes", bytes);
  }
};

// Bytes that were written but not synced are gone: "power_loss" (what the platter holds instead is
// older or torn), "sync_error" (the page cache dropped them although reads may still find them).
struct DiskLost {
  static constexpr MessageSpec kSpec = event_spec("disk.lost");
  static constexpr EventType kType = event_type<DiskLost>(0x12a0, kSpec);
  std::string path;
  int64_t offset = 0;
  int64_t length = 0;
  std::string why;
  void wire(auto& a) {
    a.f("path", path);
    a.f("offset", offset);
    a.f("length", length);
    a.f("why", why);
  }
};

// Bytes on the platter are not, or no longer, what was written and synced: "bit_rot",
// "latent_sector_error", "misdirected_write". Losing them is the machine's fault, believing them is
// the program's.
struct DiskDamaged {
  static constexpr MessageSpec kSpec = event_spec("disk.damaged");
  static constexpr EventType kType = event_type<DiskDamaged>(0x12a1, kSpec);
  std::string path;
  int64_t offset = 0;
  int64_t length = 0;
  std::string why;
  void wire(auto& a) {
    a.f("path", path);
    a.f("offset", offset);
    a.f("length", length);
    a.f("why", why);
  }
};

// All faults are healed and none will come. From `settle_ns` later on everything has to work, each
// operation within `bound_ns`.
struct TailStarted {
  static constexpr MessageSpec kSpec = event_spec("run.tail_started");
  static constexpr EventType kType = event_type<TailStarted>(0x12b0, kSpec);
  int64_t settle_ns = 0;
  int64_t bound_ns = 0;
  void wire(auto& a) {
    a.f("settle_ns", settle_ns);
    a.f("bound_ns", bound_ns);
  }
};

// The last event of a run. It was carried to its end, audit included, when the reason is kDone or
// kUnread: the audit had its time, and what it did not read cannot be read.
struct RunEnded {
  static constexpr std::string_view kDone = "done";
  static constexpr std::string_view kUnread = "the audit could not read everything back";
  static constexpr MessageSpec kSpec = event_spec("run.ended");
  static constexpr EventType kType = event_type<RunEnded>(0x12b1, kSpec);
  std::string reason;  // one of the above, or why it stopped early
  void wire(auto& a) { a.f("reason", reason); }
};

}  // namespace faultline::history
