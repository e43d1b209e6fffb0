// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/config.h"

#include "broker/base/assert.h"
#include "scenarios/schema/description.h"

namespace faultline::scenarios {

namespace {

const metadata::ConfigDef& client_def(const Client& client, std::string_view name) {
  const auto* def = metadata::find_config(client_config_defs(client.type), name);
  ASSERT(def != nullptr);
  return *def;
}

metadata::ConfigLookup lookup(const ConfigValues& values) {
  return [&values](std::string_view name) -> std::optional<std::string_view> {
    const auto found = values.find(std::string(name));
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

}  // namespace

std::string client_text(const Client& client, std::string_view name) {
  const auto value = metadata::broker_config(client_def(client, name), lookup(client.config));
  ASSERT(value.has_value());  // every client config has a default
  return *value;
}

int64_t client_integer(const Client& client, std::string_view name) {
  return metadata::config_integer(client_def(client, name), client_text(client, name));
}

bool client_boolean(const Client& client, std::string_view name) {
  return metadata::config_boolean(client_def(client, name), client_text(client, name));
}

bool is_idempotent(const Client& producer) {
  const std::string acks = client_text(producer, "acks");
  return client_boolean(producer, "enable.idempotence") && (acks == "all" || acks == "-1") &&
         client_integer(producer, "retries") > 0 &&
         client_integer(producer, "max.in.flight.requests.per.connection") <= 5;
}

int64_t topic_integer(const Scenario& scenario, const Topic& topic, std::string_view name) {
  const auto* def = metadata::find_config(metadata::topic_config_defs(), name);
  ASSERT(def != nullptr);
  const auto value =
      metadata::topic_config(*def, lookup(topic.config), lookup(scenario.cluster.config));
  ASSERT(value.has_value());
  return metadata::config_integer(*def, *value);
}

}  // namespace faultline::scenarios
