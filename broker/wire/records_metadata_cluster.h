// SPDX-License-Identifier: Apache-2.0
// Features, id blocks, quotas and the metadata log's own transactions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"

namespace faultline::wire {

struct FeatureLevelRecord {
  static constexpr MessageSpec kSpec{"FeatureLevelRecord", 0, 0, 0, 12};

  std::string name;
  int16_t feature_level = 0;
  void wire(auto& a) {
    a.f("name", name);
    a.f("feature_level", feature_level);
  }
  bool operator==(const FeatureLevelRecord&) const = default;
};

struct ProducerIdsRecord {
  static constexpr MessageSpec kSpec{"ProducerIdsRecord", 0, 0, 0, 15};

  int32_t broker_id = 0;
  int64_t broker_epoch = -1;
  int64_t next_producer_id = 0;
  void wire(auto& a) {
    a.f("broker_id", broker_id);
    a.f("broker_epoch", broker_epoch);
    a.f("next_producer_id", next_producer_id);
  }
  bool operator==(const ProducerIdsRecord&) const = default;
};

struct ClientQuotaRecord {
  static constexpr MessageSpec kSpec{"ClientQuotaRecord", 0, 0, 0, 14};

  struct Entity {
    std::string entity_type;
    std::optional<std::string> entity_name;
    void wire(auto& a) {
      a.f("entity_type", entity_type);
      a.n("entity_name", entity_name);
    }
    bool operator==(const Entity&) const = default;
  };
  std::vector<Entity> entity;
  std::string key;
  double value = 0;
  bool remove = false;
  void wire(auto& a) {
    a.f("entity", entity);
    a.f("key", key);
    a.f("value", value);
    a.f("remove", remove);
  }
  bool operator==(const ClientQuotaRecord&) const = default;
};

struct NoOpRecord {
  static constexpr MessageSpec kSpec{"NoOpRecord", 0, 0, 0, 20};

  void wire(auto&) {}
  bool operator==(const NoOpRecord&) const = default;
};

struct BeginTransactionRecord {
  static constexpr MessageSpec kSpec{"BeginTransactionRecord", 0, 0, 0, 23};

  std::optional<std::string> name;
  void wire(auto& a) { a.t(0, "name", name, 0); }
  bool operator==(const BeginTransactionRecord&) const = default;
};

struct EndTransactionRecord {
  static constexpr MessageSpec kSpec{"EndTransactionRecord", 0, 0, 0, 24};

  void wire(auto&) {}
  bool operator==(const EndTransactionRecord&) const = default;
};

struct AbortTransactionRecord {
  static constexpr MessageSpec kSpec{"AbortTransactionRecord", 0, 0, 0, 25};

  std::optional<std::string> reason;
  void wire(auto& a) { a.t(0, "reason", reason, 0); }
  bool operator==(const AbortTransactionRecord&) const = default;
};

struct ZkMigrationStateRecord {
  static constexpr MessageSpec kSpec{"ZkMigrationStateRecord", 0, 0, 0, 21};

  int8_t zk_migration_state = 0;
  void wire(auto& a) { a.f("zk_migration_state", zk_migration_state); }
  bool operator==(const ZkMigrationStateRecord&) const = default;
};

}  // namespace faultline::wire
