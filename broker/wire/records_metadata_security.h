// SPDX-License-Identifier: Apache-2.0
// Access control and credentials in the metadata log.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/notation.h"

namespace faultline::wire {

struct AccessControlEntryRecord {
  static constexpr MessageSpec kSpec{"AccessControlEntryRecord", 0, 0, 0, 18};

  Uuid id;
  int8_t resource_type = 0;
  std::string resource_name;
  int8_t pattern_type = 0;
  std::string principal;
  std::string host;
  int8_t operation = 0;
  int8_t permission_type = 0;
  void wire(auto& a) {
    a.f("id", id);
    a.f("resource_type", resource_type);
    a.f("resource_name", resource_name);
    a.f("pattern_type", pattern_type);
    a.f("principal", principal);
    a.f("host", host);
    a.f("operation", operation);
    a.f("permission_type", permission_type);
  }
  bool operator==(const AccessControlEntryRecord&) const = default;
};

struct RemoveAccessControlEntryRecord {
  static constexpr MessageSpec kSpec{"RemoveAccessControlEntryRecord", 0, 0, 0, 19};

  Uuid id;
  void wire(auto& a) { a.f("id", id); }
  bool operator==(const RemoveAccessControlEntryRecord&) const = default;
};

struct UserScramCredentialRecord {
  static constexpr MessageSpec kSpec{"UserScramCredentialRecord", 0, 0, 0, 11};

  std::string name;
  int8_t mechanism = 0;
  Slice salt;
  Slice stored_key;
  Slice server_key;
  int32_t iterations = 0;
  void wire(auto& a) {
    a.f("name", name);
    a.f("mechanism", mechanism);
    a.f("salt", salt);
    a.f("stored_key", stored_key);
    a.f("server_key", server_key);
    a.f("iterations", iterations);
  }
  bool operator==(const UserScramCredentialRecord&) const = default;
};

struct RemoveUserScramCredentialRecord {
  static constexpr MessageSpec kSpec{"RemoveUserScramCredentialRecord", 0, 0, 0, 22};

  std::string name;
  int8_t mechanism = 0;
  void wire(auto& a) {
    a.f("name", name);
    a.f("mechanism", mechanism);
  }
  bool operator==(const RemoveUserScramCredentialRecord&) const = default;
};

struct DelegationTokenRecord {
  static constexpr MessageSpec kSpec{"DelegationTokenRecord", 0, 0, 0, 10};

  std::string owner;
  std::string requester;
  std::vector<std::string> renewers;
  int64_t issue_timestamp = 0;
  int64_t max_timestamp = 0;
  int64_t expiration_timestamp = 0;
  std::string token_id;
  void wire(auto& a) {
    a.f("owner", owner);
    a.f("requester", requester);
    a.f("renewers", renewers);
    a.f("issue_timestamp", issue_timestamp);
    a.f("max_timestamp", max_timestamp);
    a.f("expiration_timestamp", expiration_timestamp);
    a.f("token_id", token_id);
  }
  bool operator==(const DelegationTokenRecord&) const = default;
};

struct RemoveDelegationTokenRecord {
  static constexpr MessageSpec kSpec{"RemoveDelegationTokenRecord", 0, 0, 0, 26};

  std::string token_id;
  void wire(auto& a) { a.f("token_id", token_id); }
  bool operator==(const RemoveDelegationTokenRecord&) const = default;
};

}  // namespace faultline::wire
