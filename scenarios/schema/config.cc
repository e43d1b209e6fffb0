// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/config.h"

#include <algorithm>

#include "broker/base/assert.h"
#include "scenarios/schema/description.h"

namespace faultline::scenarios {

namespace {

const metadata::ConfigDef& client_def(const Client& client, std::string_view name) {
  const auto* def = metadata::find_config(client_config_defs(client.type), name);
  ASSERT(def != nullptr);
  return *def;
}

// What the broker's sources read, by name; a test compares.
constexpr std::string_view kObeyed[] = {
    "auto.create.topics.enable",
    "broker.rack",
    "cleanup.policy",
    "compression.type",
    "connections.max.idle.ms",
    "default.replication.factor",
    "delete.topic.enable",
    "fetch.max.bytes",
    "flush.messages",
    "flush.ms",
    "group.initial.rebalance.delay.ms",
    "group.max.session.timeout.ms",
    "group.max.size",
    "group.min.session.timeout.ms",
    "index.interval.bytes",
    "internal.segment.bytes",
    "log.flush.offset.checkpoint.interval.ms",
    "log.flush.scheduler.interval.ms",
    "log.flush.start.offset.checkpoint.interval.ms",
    "log.retention.check.interval.ms",
    "max.connections",
    "max.connections.per.ip",
    "max.incremental.fetch.session.cache.slots",
    "max.message.bytes",
    "max.request.partition.size.limit",
    "message.timestamp.after.max.ms",
    "message.timestamp.before.max.ms",
    "message.timestamp.type",
    "min.insync.replicas",
    "num.partitions",
    "offset.metadata.max.bytes",
    "offsets.retention.check.interval.ms",
    "offsets.retention.minutes",
    "offsets.topic.num.partitions",
    "producer.id.expiration.check.interval.ms",
    "producer.id.expiration.ms",
    "queued.max.request.bytes",
    "retention.bytes",
    "retention.ms",
    "segment.bytes",
    "segment.index.bytes",
    "segment.ms",
    "socket.request.max.bytes",
};

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

bool is_obeyed(std::string_view name) {
  if (std::ranges::find(kObeyed, name) != std::end(kObeyed)) return true;
  for (const metadata::ConfigDef& def : metadata::topic_config_defs()) {
    const auto found = std::ranges::find(def.synonyms, name, &metadata::ConfigSynonym::name);
    if (found != def.synonyms.end() && def.name != name) return is_obeyed(def.name);
  }
  return false;
}

}  // namespace faultline::scenarios
