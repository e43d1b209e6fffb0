// SPDX-License-Identifier: Apache-2.0
// The APIs that this broker serves: one row each, from which come dispatch and the answer to
// ApiVersions. A row is a handler for a decoded request; decoding and encoding happen here.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "broker/env/task.h"
#include "broker/server/broker_context.h"
#include "broker/wire/api.h"
#include "broker/wire/frame.h"

namespace faultline::server {

// What a handler may want to know besides the request's fields. The texts are the connection's,
// which waits for the answer.
struct RequestInfo {
  int16_t version = 0;
  int32_t correlation_id = 0;
  std::string_view client_id;
  std::string_view client_host;
  uint64_t connection = 0;
};

struct Reply {
  enum class Kind : uint8_t { kSend, kNothing, kClose };
  Kind kind = Kind::kSend;
  Slices frame;
  std::string reason;  // of kClose

  static Reply close(std::string reason) { return {Kind::kClose, {}, std::move(reason)}; }
  static Reply nothing() { return {Kind::kNothing, {}, {}}; }
};

using ServeFunction = Task<Reply> (*)(BrokerContext& broker, RequestInfo info, Slice body);

struct ServedApi {
  const wire::ApiInfo* api = nullptr;
  int16_t advertised_min = 0;  // may be below what is accepted, see Produce
  ServeFunction serve = nullptr;

  int16_t version_max() const { return static_cast<int16_t>(api->max_stable); }
  bool accepts(int16_t version) const { return version >= api->min && version <= version_max(); }
};

// By key.
std::span<const ServedApi> served_apis();
// Null for an API that is not served.
const ServedApi* find_served_api(int16_t key);

}  // namespace faultline::server
