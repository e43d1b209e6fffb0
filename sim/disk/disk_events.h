// SPDX-License-Identifier: Apache-2.0
// The events of a simulated disk, ids 0x0200 to 0x02ff. The entity is the identity of the file or
// directory; `disk.name` says which path an identity got. What a checker needs to know of lost and
// damaged bytes is history::DiskLost and DiskDamaged, which the disk emits too; what a power loss
// did in sum is in power_loss_events.h.
#pragma once

#include <cstdint>
#include <string>

#include "broker/env/emit.h"

namespace faultline::sim {

// A name was made, moved or removed; of a rename, `path` is the new one.
struct DiskNamed {
  static constexpr MessageSpec kSpec = event_spec("disk.name");
  static constexpr EventType kType = event_type<DiskNamed>(0x0200, kSpec);
  std::string change;
  std::string path;
  void wire(auto& a) {
    a.f("change", change);
    a.f("path", path);
  }
};

// Bytes are in the page cache. Fewer than were asked for when the write failed or was killed.
struct DiskWritten {
  static constexpr MessageSpec kSpec = event_spec("disk.write");
  static constexpr EventType kType = event_type<DiskWritten>(0x0201, kSpec);
  int64_t number = 0;  // of the file's changes
  int64_t offset = 0;
  int64_t length = 0;
  int64_t asked = 0;
  void wire(auto& a) {
    a.f("number", number);
    a.f("offset", offset);
    a.f("length", length);
    a.f("asked", asked);
  }
};

struct DiskTruncated {
  static constexpr MessageSpec kSpec = event_spec("disk.truncate");
  static constexpr EventType kType = event_type<DiskTruncated>(0x0202, kSpec);
  int64_t number = 0;
  int64_t size = 0;
  void wire(auto& a) {
    a.f("number", number);
    a.f("size", size);
  }
};

// The file's changes up to `number` are durable; `bytes` of them became so now.
struct DiskSynced {
  static constexpr MessageSpec kSpec = event_spec("disk.sync");
  static constexpr EventType kType = event_type<DiskSynced>(0x0203, kSpec);
  int64_t number = 0;
  int64_t bytes = 0;
  void wire(auto& a) {
    a.f("number", number);
    a.f("bytes", bytes);
  }
};

// The names in this directory are durable; `changes` of them became so now.
struct DiskDirectorySynced {
  static constexpr MessageSpec kSpec = event_spec("disk.sync_directory");
  static constexpr EventType kType = event_type<DiskDirectorySynced>(0x0204, kSpec);
  int64_t changes = 0;
  void wire(auto& a) { a.f("changes", changes); }
};

// An operation failed through a fault (0: by itself, a full disk).
struct DiskFailed {
  static constexpr MessageSpec kSpec = event_spec("disk.error");
  static constexpr EventType kType = event_type<DiskFailed>(0x0205, kSpec);
  std::string action;  // "read", "write", "truncate", "sync", "name"
  std::string error;
  uint64_t fault = 0;
  int64_t offset = 0;  // of the bytes concerned
  int64_t length = 0;
  void wire(auto& a) {
    a.f("action", action);
    a.f("error", error);
    a.f("fault", fault);
    a.f("offset", offset);
    a.f("length", length);
  }
};

// A process or a power loss met damaged or forgotten bytes.
struct DiskDamageMet {
  static constexpr MessageSpec kSpec = event_spec("disk.damage_met");
  static constexpr EventType kType = event_type<DiskDamageMet>(0x0206, kSpec);
  uint64_t fault = 0;
  int64_t offset = 0;
  int64_t length = 0;
  std::string what;
  void wire(auto& a) {
    a.f("fault", fault);
    a.f("offset", offset);
    a.f("length", length);
    a.f("what", what);
  }
};

}  // namespace faultline::sim
