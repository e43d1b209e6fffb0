// SPDX-License-Identifier: Apache-2.0
// Registrations of brokers in the metadata log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"

namespace faultline::wire {

struct RegisterBrokerRecord {
  static constexpr MessageSpec kSpec{"RegisterBrokerRecord", 0, 3, 0, 0};

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
  int32_t broker_id = 0;
  bool is_migrating_zk_broker = false;
  Uuid incarnation_id;
  int64_t broker_epoch = 0;
  std::vector<EndPoint> end_points;
  std::vector<Feature> features;
  std::optional<std::string> rack;
  bool fenced = true;
  bool in_controlled_shutdown = false;
  std::vector<Uuid> log_dirs;
  void wire(auto& a) {
    a.f("broker_id", broker_id);
    a.f("is_migrating_zk_broker", is_migrating_zk_broker, 2);
    a.f("incarnation_id", incarnation_id);
    a.f("broker_epoch", broker_epoch);
    a.f("end_points", end_points);
    a.f("features", features);
    a.n("rack", rack);
    a.f("fenced", fenced);
    a.f("in_controlled_shutdown", in_controlled_shutdown, 1);
    a.t(0, "log_dirs", log_dirs, 3);
  }
  bool operator==(const RegisterBrokerRecord&) const = default;
};

struct UnregisterBrokerRecord {
  static constexpr MessageSpec kSpec{"UnregisterBrokerRecord", 0, 0, 0, 1};

  int32_t broker_id = 0;
  int64_t broker_epoch = 0;
  void wire(auto& a) {
    a.f("broker_id", broker_id);
    a.f("broker_epoch", broker_epoch);
  }
  bool operator==(const UnregisterBrokerRecord&) const = default;
};

struct BrokerRegistrationChangeRecord {
  static constexpr MessageSpec kSpec{"BrokerRegistrationChangeRecord", 0, 2, 0, 17};

  int32_t broker_id = 0;
  int64_t broker_epoch = 0;
  int8_t fenced = 0;
  int8_t in_controlled_shutdown = 0;
  std::vector<Uuid> log_dirs;
  void wire(auto& a) {
    a.f("broker_id", broker_id);
    a.f("broker_epoch", broker_epoch);
    a.t(0, "fenced", fenced, 0);
    a.t(1, "in_controlled_shutdown", in_controlled_shutdown, 1);
    a.t(2, "log_dirs", log_dirs, 2);
  }
  bool operator==(const BrokerRegistrationChangeRecord&) const = default;
};

}  // namespace faultline::wire
