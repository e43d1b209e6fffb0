// SPDX-License-Identifier: Apache-2.0
// Values of control records: transaction markers and the quorum's own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/notation.h"

namespace faultline::wire {

struct EndTxnMarker {
  static constexpr MessageSpec kSpec{"EndTxnMarker", 0, 0, kNeverFlexible};

  int32_t coordinator_epoch = 0;
  void wire(auto& a) { a.f("coordinator_epoch", coordinator_epoch); }
  bool operator==(const EndTxnMarker&) const = default;
};

struct LeaderChangeMessage {
  static constexpr MessageSpec kSpec{"LeaderChangeMessage", 0, 1, 0};

  struct Voter {
    int32_t voter_id = 0;
    Uuid voter_directory_id;
    void wire(auto& a) {
      a.f("voter_id", voter_id);
      a.f("voter_directory_id", voter_directory_id, 1);
    }
    bool operator==(const Voter&) const = default;
  };
  int16_t version = 0;
  int32_t leader_id = 0;
  std::vector<Voter> voters;
  std::vector<Voter> granting_voters;
  void wire(auto& a) {
    a.f("version", version);
    a.f("leader_id", leader_id);
    a.f("voters", voters);
    a.f("granting_voters", granting_voters);
  }
  bool operator==(const LeaderChangeMessage&) const = default;
};

struct SnapshotHeaderRecord {
  static constexpr MessageSpec kSpec{"SnapshotHeaderRecord", 0, 0, 0};

  int16_t version = 0;
  int64_t last_contained_log_timestamp = 0;
  void wire(auto& a) {
    a.f("version", version);
    a.f("last_contained_log_timestamp", last_contained_log_timestamp);
  }
  bool operator==(const SnapshotHeaderRecord&) const = default;
};

struct SnapshotFooterRecord {
  static constexpr MessageSpec kSpec{"SnapshotFooterRecord", 0, 0, 0};

  int16_t version = 0;
  void wire(auto& a) { a.f("version", version); }
  bool operator==(const SnapshotFooterRecord&) const = default;
};

struct KRaftVersionRecord {
  static constexpr MessageSpec kSpec{"KRaftVersionRecord", 0, 0, 0};

  int16_t version = 0;
  int16_t k_raft_version = 0;
  void wire(auto& a) {
    a.f("version", version);
    a.f("k_raft_version", k_raft_version);
  }
  bool operator==(const KRaftVersionRecord&) const = default;
};

struct VotersRecord {
  static constexpr MessageSpec kSpec{"VotersRecord", 0, 0, 0};

  struct Voter {
    struct Endpoint {
      std::string name;
      std::string host;
      uint16_t port = 0;
      void wire(auto& a) {
        a.f("name", name);
        a.f("host", host);
        a.f("port", port);
      }
      bool operator==(const Endpoint&) const = default;
    };
    struct KRaftVersionFeature {
      int16_t min_supported_version = 0;
      int16_t max_supported_version = 0;
      void wire(auto& a) {
        a.f("min_supported_version", min_supported_version);
        a.f("max_supported_version", max_supported_version);
      }
      bool operator==(const KRaftVersionFeature&) const = default;
    };
    int32_t voter_id = 0;
    Uuid voter_directory_id;
    std::vector<Endpoint> endpoints;
    KRaftVersionFeature k_raft_version_feature;
    void wire(auto& a) {
      a.f("voter_id", voter_id);
      a.f("voter_directory_id", voter_directory_id);
      a.f("endpoints", endpoints);
      a.f("k_raft_version_feature", k_raft_version_feature);
    }
    bool operator==(const Voter&) const = default;
  };
  int16_t version = 0;
  std::vector<Voter> voters;
  void wire(auto& a) {
    a.f("version", version);
    a.f("voters", voters);
  }
  bool operator==(const VotersRecord&) const = default;
};

}  // namespace faultline::wire
