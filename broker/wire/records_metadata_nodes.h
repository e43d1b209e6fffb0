// SPDX-License-Identifier: Apache-2.0
// Fencing of brokers, and controllers, in the metadata log.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/notation.h"

namespace faultline::wire {

struct FenceBrokerRecord {
  static constexpr MessageSpec kSpec{"FenceBrokerRecord", 0, 0, 0, 7};

  int32_t id = 0;
  int64_t epoch = 0;
  void wire(auto& a) {
    a.f("id", id);
    a.f("epoch", epoch);
  }
  bool operator==(const FenceBrokerRecord&) const = default;
};

struct UnfenceBrokerRecord {
  static constexpr MessageSpec kSpec{"UnfenceBrokerRecord", 0, 0, 0, 8};

  int32_t id = 0;
  int64_t epoch = 0;
  void wire(auto& a) {
    a.f("id", id);
    a.f("epoch", epoch);
  }
  bool operator==(const UnfenceBrokerRecord&) const = default;
};

struct RegisterControllerRecord {
  static constexpr MessageSpec kSpec{"RegisterControllerRecord", 0, 0, 0, 27};

  struct EndPoint {
    std::string name;
    std::string host;
    uint16_t port = 0;
    int16_t security_protocol = 0;
    void wire(auto& a) {
      a.f("name", name);
      a.f("host", host);
      a.f("port", port);
      a.f("security_protocol", security_protocol);
    }
    bool operator==(const EndPoint&) const = default;
  };
  struct Feature {
    std::string name;
    int16_t min_supported_version = 0;
    int16_t max_supported_version = 0;
    void wire(auto& a) {
      a.f("name", name);
      a.f("min_supported_version", min_supported_version);
      a.f("max_supported_version", max_supported_version);
    }
    bool operator==(const Feature&) const = default;
  };
  int32_t controller_id = 0;
  Uuid incarnation_id;
  bool zk_migration_ready = false;
  std::vector<EndPoint> end_points;
  std::vector<Feature> features;
  void wire(auto& a) {
    a.f("controller_id", controller_id);
    a.f("incarnation_id", incarnation_id);
    a.f("zk_migration_ready", zk_migration_ready);
    a.f("end_points", end_points);
    a.f("features", features);
  }
  bool operator==(const RegisterControllerRecord&) const = default;
};

}  // namespace faultline::wire
