// SPDX-License-Identifier: Apache-2.0
// The events of a power loss, for reports; ids 0x0220 on. Which bytes are gone, history::DiskLost
// says to checkers.
#pragma once

#include <cstdint>
#include <string>

#include "broker/env/emit.h"

namespace faultline::sim {

// The sum of one power loss; entity 0. Details are in the events behind it.
struct DiskPowerLost {
  static constexpr MessageSpec kSpec = event_spec("disk.power_loss");
  static constexpr EventType kType = event_type<DiskPowerLost>(0x0220, kSpec);
  uint64_t fault = 0;
  bool kept_everything = false;
  int64_t files = 0;       // that lost something
  int64_t operations = 0;  // dropped or torn
  int64_t bytes = 0;
  int64_t names = 0;  // changes of names that were taken back
  void wire(auto& a) {
    a.f("fault", fault);
    a.f("kept_everything", kept_everything);
    a.f("files", files);
    a.f("operations", operations);
    a.f("bytes", bytes);
    a.f("names", names);
  }
};

// What a power loss made of one file; which bytes are gone, history::DiskLost says.
struct DiskFileCut {
  static constexpr MessageSpec kSpec = event_spec("disk.file_loss");
  static constexpr EventType kType = event_type<DiskFileCut>(0x0221, kSpec);
  std::string path;
  int64_t size_before = 0;
  int64_t size_after = 0;
  int64_t operations = 0;
  int64_t lost_bytes = 0;
  int64_t garbage_bytes = 0;
  void wire(auto& a) {
    a.f("path", path);
    a.f("size_before", size_before);
    a.f("size_after", size_after);
    a.f("operations", operations);
    a.f("lost_bytes", lost_bytes);
    a.f("garbage_bytes", garbage_bytes);
  }
};

// A change of names that a power loss took back.
struct DiskNameLost {
  static constexpr MessageSpec kSpec = event_spec("disk.name_loss");
  static constexpr EventType kType = event_type<DiskNameLost>(0x0222, kSpec);
  std::string change;
  std::string path;
  void wire(auto& a) {
    a.f("change", change);
    a.f("path", path);
  }
};

}  // namespace faultline::sim
