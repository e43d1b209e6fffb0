// SPDX-License-Identifier: Apache-2.0
// Reads properties one by one; what is left over at the end is unknown.
#include "broker/client/client_config.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace faultline::client {
namespace {

// Takes properties out of a copy of the map and remembers the first error.
class PropertyReader {
 public:
  explicit PropertyReader(Properties properties) : left_(std::move(properties)) {}

  std::optional<std::string> text(const char* name) {
    const auto found = left_.find(name);
    if (found == left_.end()) return std::nullopt;
    std::string value = std::move(found->second);
    left_.erase(found);
    return value;
  }

  template <class Int>
  void integer(const char* name, int64_t min, int64_t max, Int& out) {
    const std::optional<std::string> value = text(name);
    if (!value) return;
    int64_t number = 0;
    const char* end = value->data() + value->size();
    const auto [stop, error] = std::from_chars(value->data(), end, number);
    if (error != std::errc{} || stop != end) return refuse(name, *value, "is not an integer");
    if (number < min || number > max)
      return refuse(name, *value,
                    "is not within [" + std::to_string(min) + ", " + std::to_string(max) + "]");
    out = static_cast<Int>(number);
  }

  void duration_ms(const char* name, int64_t min, Duration& out) {
    int64_t ms = out.to_ms();
    integer(name, min, INT32_MAX, ms);
    out = milliseconds(ms);
  }

  std::optional<bool> boolean(const char* name) {
    const std::optional<std::string> value = text(name);
    if (!value) return std::nullopt;
    if (*value == "true") return true;
    if (*value == "false") return false;
    refuse(name, *value, "is neither true nor false");
    return std::nullopt;
  }

  void refuse(const std::string& name, const std::string& value, const std::string& why) {
    if (!error_) error_ = Error(ErrorCode::kInvalidArgument, name + ": \"" + value + "\" " + why);
  }

  Result<void> finish() {
    if (!error_ && !left_.empty())
      error_ = Error(ErrorCode::kInvalidArgument, left_.begin()->first + ": unknown property");
    if (error_) return std::unexpected(*error_);
    return {};
  }

 private:
  Properties left_;
  std::optional<Error> error_;
};

void read_bootstrap(PropertyReader& reader, ConnectionConfig& config) {
  const std::optional<std::string> servers = reader.text("bootstrap.servers");
  if (!servers) return;
  size_t start = 0;
  while (start <= servers->size()) {
    const size_t comma = std::min(servers->find(',', start), servers->size());
    const std::string server = servers->substr(start, comma - start);
    const size_t colon = server.rfind(':');
    uint16_t port = 0;
    const char* end = server.data() + server.size();
    const char* stop = nullptr;
    if (colon != std::string::npos) stop = std::from_chars(&server[colon] + 1, end, port).ptr;
    if (colon == std::string::npos || colon == 0 || port == 0 || stop != end)
      return reader.refuse("bootstrap.servers", server, "is not host:port");
    config.bootstrap_servers.push_back({server.substr(0, colon), port});
    start = comma + 1;
  }
}

void read_connection(PropertyReader& reader, ConnectionConfig& config) {
  read_bootstrap(reader, config);
  if (std::optional<std::string> id = reader.text("client.id")) config.client_id = *id;
  reader.duration_ms("request.timeout.ms", 1, config.request_timeout);
  reader.duration_ms("retry.backoff.ms", 0, config.retry_backoff);
  reader.duration_ms("retry.backoff.max.ms", 0, config.retry_backoff_max);
  reader.duration_ms("reconnect.backoff.ms", 0, config.reconnect_backoff);
  reader.duration_ms("reconnect.backoff.max.ms", 0, config.reconnect_backoff_max);
  reader.duration_ms("metadata.max.age.ms", 1, config.metadata_max_age);
}

void read_acks(PropertyReader& reader, ProducerConfig& config) {
  const std::optional<std::string> acks = reader.text("acks");
  const std::optional<bool> idempotence = reader.boolean("enable.idempotence");
  if (acks) {
    if (*acks == "all" || *acks == "-1") {
      config.acks = -1;
    } else if (*acks == "0" || *acks == "1") {
      config.acks = static_cast<int16_t>(*acks == "1");
    } else {
      reader.refuse("acks", *acks, "is none of 0, 1, all");
    }
  }
  // As in Kafka: settings that rule idempotence out switch the default off, but contradict a
  // demand.
  const bool allows = config.acks == -1 && config.max_in_flight <= 5 && config.retries > 0;
  config.enable_idempotence = idempotence.value_or(allows);
  if (config.enable_idempotence && !allows)
    reader.refuse("enable.idempotence", "true",
                  "needs acks=all, retries > 0 and at most 5 requests in flight");
}

}  // namespace

Result<ProducerConfig> parse_producer_config(const Properties& properties) {
  PropertyReader reader(properties);
  ProducerConfig config;
  read_connection(reader, config.connection);
  reader.duration_ms("linger.ms", 0, config.linger);
  reader.integer("batch.size", 0, INT32_MAX, config.batch_size);
  reader.integer("buffer.memory", 0, INT64_MAX, config.buffer_memory);
  reader.integer("max.in.flight.requests.per.connection", 1, INT32_MAX, config.max_in_flight);
  reader.integer("retries", 0, INT32_MAX, config.retries);
  reader.integer("max.request.size", 0, INT32_MAX, config.max_request_size);
  reader.duration_ms("delivery.timeout.ms", 0, config.delivery_timeout);
  reader.duration_ms("max.block.ms", 0, config.max_block);
  read_acks(reader, config);
  if (std::optional<std::string> codec = reader.text("compression.type")) {
    const Result<wire::Compression> parsed = wire::parse_compression(*codec);
    if (parsed) config.compression = *parsed;
    if (!parsed) reader.refuse("compression.type", *codec, "is no codec");
  }
  if (std::optional<std::string> name = reader.text("partitioner.class")) {
    if (name->ends_with("RoundRobinPartitioner")) {
      config.partitioner = Partitioner::kRoundRobin;
    } else if (!name->empty()) {  // empty is Kafka's default
      reader.refuse("partitioner.class", *name, "is not known here (RoundRobinPartitioner is)");
    }
  }
  // As in Kafka: a default grows with what it must cover, a demand is refused.
  const Duration least = config.linger + config.connection.request_timeout;
  if (!properties.contains("delivery.timeout.ms"))
    config.delivery_timeout = std::max(config.delivery_timeout, least);
  if (config.delivery_timeout < least)
    reader.refuse("delivery.timeout.ms", std::to_string(config.delivery_timeout.to_ms()),
                  "is less than linger.ms + request.timeout.ms");
  TRY(reader.finish());
  return config;
}

Result<ConsumerConfig> parse_consumer_config(const Properties& properties) {
  PropertyReader reader(properties);
  ConsumerConfig config;
  read_connection(reader, config.connection);
  reader.integer("fetch.min.bytes", 0, INT32_MAX, config.fetch_min_bytes);
  reader.integer("fetch.max.bytes", 0, INT32_MAX, config.fetch_max_bytes);
  reader.integer("max.partition.fetch.bytes", 0, INT32_MAX, config.partition_bytes_max);
  reader.integer("max.poll.records", 1, INT32_MAX, config.max_poll_records);
  reader.duration_ms("fetch.max.wait.ms", 0, config.fetch_max_wait);
  if (std::optional<bool> check = reader.boolean("check.crcs")) config.check_crcs = *check;
  if (std::optional<std::string> level = reader.text("isolation.level")) {
    if (*level == "read_committed") {
      config.isolation_level = IsolationLevel::kReadCommitted;
    } else if (*level != "read_uncommitted") {
      reader.refuse("isolation.level", *level, "is neither read_uncommitted nor read_committed");
    }
  }
  if (std::optional<std::string> reset = reader.text("auto.offset.reset")) {
    if (*reset == "earliest") {
      config.auto_offset_reset = OffsetReset::kEarliest;
    } else if (*reset == "latest") {
      config.auto_offset_reset = OffsetReset::kLatest;
    } else if (*reset == "none") {
      config.auto_offset_reset = OffsetReset::kNone;
    } else {
      reader.refuse("auto.offset.reset", *reset, "is none of earliest, latest, none");
    }
  }
  TRY(reader.finish());
  return config;
}

}  // namespace faultline::client
