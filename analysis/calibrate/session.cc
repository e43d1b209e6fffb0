// SPDX-License-Identifier: Apache-2.0
#include "analysis/calibrate/session.h"

#include <algorithm>

#include <fmt/format.h>

#include "broker/wire/batch_builder.h"
#include "broker/wire/messages_api_versions.h"
#include "broker/wire/messages_fetch.h"
#include "broker/wire/messages_produce.h"

namespace faultline::calibrate {
namespace {

constexpr int kByName = 12;  // the last versions of Produce and Fetch that name topics
constexpr int kTries = 100;  // for a new topic's leaders
constexpr Duration kBetweenTries = milliseconds(100);

Result<Slice> make_batch(const Load& load, int64_t now_ms) {
  const std::string value(static_cast<size_t>(load.record_bytes), 'v');
  wire::BatchBuilder builder(wire::BatchOptions{});
  for (int64_t i = 0; i < load.records; ++i) {
    wire::NewRecord record;
    record.timestamp_ms = now_ms;
    record.value = as_bytes(value);
    builder.append(record);
  }
  return std::move(builder).build();
}

std::unexpected<Error> refused(std::string_view what, wire::KafkaError error) {
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("the broker refused {}: {}", what, wire::to_string(error)));
}

}  // namespace

Session::Session(Env& env, client::ConnectionConfig config, const Watcher& watcher)
    : env_(env),
      config_(std::move(config)),
      watcher_(watcher),
      admin_(env, config_),
      cluster_(env, config_) {
  const uint64_t number = env.random.next(stream_id("calibrate.topic"));
  topics_[0] = fmt::format("faultline-calibrate-{:016x}", number);
  topics_[1] = topics_[0] + "-flushed";
}

Task<Result<std::vector<Outcome>>> Session::play(std::vector<Load> loads) {
  CO_TRY(co_await make_topics());
  Result<std::vector<Outcome>> outcomes = co_await play_all(std::move(loads));
  const Result<void> removed = co_await remove_topics();
  if (outcomes && !removed) co_return std::unexpected(removed.error());
  co_return outcomes;
}

Task<Result<void>> Session::make_topics() {
  std::vector<client::NewTopic> wanted;
  wanted.push_back({.name = topics_[0], .partitions = kPartitions, .replication_factor = 1});
  wanted.push_back({.name = topics_[1], .partitions = 1, .replication_factor = 1});
  wanted.back().configs["flush.messages"] = "1";
  CO_TRY_ASSIGN(const std::vector<client::TopicResult> made,
                co_await admin_.create_topics(std::move(wanted)));
  for (const client::TopicResult& topic : made)
    if (topic.error != wire::KafkaError::kNone) co_return refused("to create a topic", topic.error);
  for (const std::string& topic : topics_) {
    const Result<void> ready = co_await await_leaders(topic);
    if (!ready) co_return ready;
  }
  co_return Result<void>{};
}

// Metadata may tell of a leader before that broker knows its part: one record has to get through.
Task<Result<void>> Session::await_leaders(std::string topic) {
  Load load;
  load.flushes = topic == topics_[1];
  load.connections = load.flushes ? 1 : kPartitions;
  Result<void> last = fail(ErrorCode::kTimedOut, "the topic gets no leaders");
  for (int attempt = 0; attempt < kTries; ++attempt) {
    Result<std::vector<Lane>> lanes = co_await make_lanes(&load);
    last = lanes ? Result<void>{} : std::unexpected(lanes.error());
    for (size_t i = 0; last && i < lanes->size(); ++i) last = co_await put_batch(&(*lanes)[i]);
    if (last) co_return last;
    cluster_.invalidate(topic);
    CO_TRY(co_await env_.sleep(kBetweenTries));
  }
  co_return last;
}

Task<Result<void>> Session::remove_topics() {
  std::vector<std::string> names(topics_.begin(), topics_.end());
  Result<std::vector<client::TopicResult>> removed =
      co_await admin_.delete_topics(std::move(names));
  if (!removed) co_return std::unexpected(removed.error());
  co_return Result<void>{};
}

Task<Result<std::vector<Outcome>>> Session::play_all(std::vector<Load> loads) {
  std::vector<Outcome> outcomes;
  for (const Load& load : loads) {
    if (watcher_.begins) watcher_.begins(load);
    const std::optional<Duration> before =
        watcher_.broker_cpu ? watcher_.broker_cpu() : std::nullopt;
    const Duration own = watcher_.client_cpu();
    Result<Outcome> outcome = co_await play_one(&load);
    if (!outcome) co_return std::unexpected(outcome.error());
    outcome->client_cpu = watcher_.client_cpu() - own;
    if (before) outcome->broker_cpu = watcher_.broker_cpu().value_or(*before) - *before;
    std::ranges::sort(outcome->latencies_ns);
    outcomes.push_back(std::move(*outcome));
  }
  co_return outcomes;
}

Task<Result<Outcome>> Session::play_one(const Load* load) {
  if (load->kind == LoadKind::kProducers) {
    Result<Outcome> outcome = co_await play_producers(&env_, config_, topic_of(*load), load);
    co_return outcome;
  }
  Result<std::vector<Lane>> lanes = co_await make_lanes(load);
  if (!lanes) co_return std::unexpected(lanes.error());
  const Instant begin = env_.clock.now();
  Scope scope(env_.executor);
  for (Lane& lane : *lanes) {
    lane.begin = begin;
    scope.spawn(run_lane(&lane));
  }
  const Result<void> joined = co_await scope.join();
  if (!joined) co_return std::unexpected(joined.error());
  Outcome outcome;
  outcome.elapsed = env_.clock.now() - begin;
  for (Lane& lane : *lanes) {
    if (!lane.result) co_return std::unexpected(lane.result.error());
    outcome.operations += static_cast<int64_t>(lane.latencies_ns.size());
    outcome.latencies_ns.insert(outcome.latencies_ns.end(), lane.latencies_ns.begin(),
                                lane.latencies_ns.end());
  }
  if (outcome.operations == 0)
    co_return fail(ErrorCode::kTimedOut, "not one answer within the time of a load");
  co_return outcome;
}

// Each lane goes to the leader of a partition of its own.
Task<Result<std::vector<Session::Lane>>> Session::make_lanes(const Load* load) {
  const std::string& topic = topic_of(*load);
  std::vector<Lane> lanes;
  for (int i = 0; i < load->connections; ++i) {
    Lane lane;
    lane.load = load;
    lane.partition = load->flushes ? 0 : i % kPartitions;
    if (load->rate > 0) lane.interval = seconds(1) * load->connections / load->rate;
    Result<client::PartitionLeader> leader = co_await cluster_.leader_of(topic, lane.partition);
    if (!leader) co_return std::unexpected(leader.error());
    Result<client::Connection*> connection = co_await cluster_.connection_to(leader->broker_id);
    if (!connection) co_return std::unexpected(connection.error());
    lane.broker = (*connection)->endpoint();
    if (load->kind == LoadKind::kFetch) {
      const Result<void> put = co_await put_batch(&lane);
      if (!put) co_return std::unexpected(put.error());
    }
    lanes.push_back(std::move(lane));
  }
  co_return lanes;
}

Task<Result<void>> Session::put_batch(Lane* lane) {
  client::Connection connection(env_, config_, lane->broker);
  CO_TRY(co_await connection.open());
  CO_TRY_ASSIGN(Slice batch, make_batch(*lane->load, env_.clock.wall_now().to_ms()));
  Result<int64_t> offset = co_await produce(lane, &connection, std::move(batch));
  if (!offset) co_return std::unexpected(offset.error());
  lane->offset = *offset;
  co_return Result<void>{};
}

Task<void> Session::run_lane(Lane* lane) {
  if (lane->load->kind == LoadKind::kConnect) {
    lane->result = co_await connect_repeatedly(lane);
    co_return;
  }
  client::Connection connection(env_, config_, lane->broker);
  lane->result = co_await connection.open();
  if (lane->result) lane->result = co_await ask_repeatedly(lane, &connection);
}

Task<Result<void>> Session::ask_repeatedly(Lane* lane, client::Connection* connection) {
  CO_TRY_ASSIGN(Slice batch, make_batch(*lane->load, env_.clock.wall_now().to_ms()));
  const Instant end = lane->begin + lane->load->length;
  Instant due = env_.clock.now();
  while (env_.clock.now() < end) {
    const Instant asked = env_.clock.now();
    CO_TRY(co_await ask_once(lane, connection, &batch));
    lane->latencies_ns.push_back((env_.clock.now() - asked).ns);
    if (lane->interval == Duration{}) continue;
    due = std::max(due + lane->interval, env_.clock.now());
    CO_TRY(co_await env_.timers.sleep_until(due));
  }
  co_return Result<void>{};
}

Task<Result<void>> Session::connect_repeatedly(Lane* lane) {
  const Instant end = lane->begin + lane->load->length;
  while (env_.clock.now() < end) {
    const Instant asked = env_.clock.now();
    client::Connection connection(env_, config_, lane->broker);
    CO_TRY(co_await connection.open());
    lane->latencies_ns.push_back((env_.clock.now() - asked).ns);
    if (lane->interval == Duration{}) continue;
    CO_TRY(co_await env_.timers.sleep_until(asked + lane->interval));
  }
  co_return Result<void>{};
}

Task<Result<void>> Session::ask_once(Lane* lane, client::Connection* connection,
                                     const Slice* batch) {
  switch (lane->load->kind) {
    case LoadKind::kProduce: {
      Result<int64_t> offset = co_await produce(lane, connection, *batch);
      if (!offset) co_return std::unexpected(offset.error());
      co_return Result<void>{};
    }
    case LoadKind::kFetch: {
      Result<void> fetched = co_await fetch(lane, connection);
      co_return fetched;
    }
    default: break;
  }
  wire::ApiVersionsRequest request;
  request.client_software_name = "faultline";
  request.client_software_version = "1";
  const int version = connection->version_of(wire::ApiKey::kApiVersions);
  Result<wire::ApiVersionsResponse> response =
      co_await connection->call(std::move(request), version);
  if (!response) co_return std::unexpected(response.error());
  co_return Result<void>{};
}

Task<Result<int64_t>> Session::produce(const Lane* lane, client::Connection* connection,
                                       Slice batch) {
  wire::ProduceRequest request;
  request.acks = 1;
  request.timeout_ms = 30'000;
  auto& topic = request.topic_data.emplace_back();
  topic.name = topic_of(*lane->load);
  topic.partition_data.push_back({lane->partition, std::move(batch)});
  const int version = connection->version_of(wire::ApiKey::kProduce, kByName);
  if (version < 0) co_return fail(ErrorCode::kUnsupported, "Produce");
  Result<wire::ProduceResponse> response = co_await connection->call(std::move(request), version);
  if (!response) co_return std::unexpected(response.error());
  if (response->responses.size() != 1 || response->responses[0].partition_responses.size() != 1)
    co_return fail(ErrorCode::kCorrupt, "an answer to something else");
  const auto& partition = response->responses[0].partition_responses[0];
  if (partition.error_code != wire::KafkaError::kNone)
    co_return refused("a batch", partition.error_code);
  co_return partition.base_offset;
}

Task<Result<void>> Session::fetch(const Lane* lane, client::Connection* connection) {
  wire::FetchRequest request;
  request.min_bytes = 1;
  request.max_bytes = 1;  // the first batch comes whole nevertheless
  auto& topic = request.topics.emplace_back();
  topic.topic = topic_of(*lane->load);
  auto& wanted = topic.partitions.emplace_back();
  wanted.partition = lane->partition;
  wanted.fetch_offset = lane->offset;
  wanted.partition_max_bytes = 1;
  const int version = connection->version_of(wire::ApiKey::kFetch, kByName);
  if (version < 0) co_return fail(ErrorCode::kUnsupported, "Fetch");
  Result<wire::FetchResponse> response = co_await connection->call(std::move(request), version);
  if (!response) co_return std::unexpected(response.error());
  if (response->responses.size() != 1 || response->responses[0].partitions.size() != 1)
    co_return fail(ErrorCode::kCorrupt, "an answer to something else");
  const auto& partition = response->responses[0].partitions[0];
  if (partition.error_code != wire::KafkaError::kNone)
    co_return refused("a fetch", partition.error_code);
  if (!partition.records || partition.records->empty())
    co_return fail(ErrorCode::kCorrupt, "a fetch without records");
  co_return Result<void>{};
}

}  // namespace faultline::calibrate
