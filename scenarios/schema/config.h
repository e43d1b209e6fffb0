// SPDX-License-Identifier: Apache-2.0
// Reads the Kafka configuration of a scenario: what the file says, else Kafka's default.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "broker/metadata/config_defs.h"
#include "scenarios/scenario.h"

namespace faultline::scenarios {

// REQUIRE: the name is a config of that client type, and its type is the one asked for.
std::string client_text(const Client& client, std::string_view name);
int64_t client_integer(const Client& client, std::string_view name);
bool client_boolean(const Client& client, std::string_view name);

// Kafka's rule: idempotence is on unless the file switches it off or sets acks, retries or the
// requests in flight to what excludes it.
bool is_idempotent(const Client& producer);

// Of a topic: set for it, else for the broker under a synonym, else the default.
int64_t topic_integer(const Scenario& scenario, const Topic& topic, std::string_view name);

// Whether this broker acts on a broker or topic config, or only knows and reports it.
bool is_obeyed(std::string_view name);

}  // namespace faultline::scenarios
