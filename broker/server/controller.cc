// SPDX-License-Identifier: Apache-2.0
// Carrying decisions out.
#include "broker/server/controller.h"

#include <algorithm>

#include "broker/base/assert.h"
#include "broker/env/deadline.h"
#include "broker/metadata/topic_name.h"
#include "broker/server/server_events.h"

namespace faultline::server {

using metadata::MetadataRecord;

Uuid Controller::fresh_uuid() {
  constexpr uint64_t kStream = stream_id("broker.uuid");
  const uint64_t high = parts_.env.random.next(kStream);
  const uint64_t low = parts_.env.random.next(kStream);
  // Version 4, variant 1, as Kafka's random ones.
  return Uuid::from_words((high & ~0xf000ULL) | 0x4000, (low & ~(3ULL << 62)) | 1ULL << 63);
}

std::vector<MetadataRecord> Controller::registration() {
  const BrokerConfig& config = parts_.config;
  std::vector<MetadataRecord> records = metadata::decide_bootstrap(parts_.metadata.image());
  // As in Kafka, the epoch of a broker is the offset of its registration.
  broker_epoch_ = parts_.metadata.next_offset() + static_cast<int64_t>(records.size());
  wire::RegisterBrokerRecord broker;
  broker.broker_id = config.node_id;
  broker.incarnation_id = fresh_uuid();
  broker.broker_epoch = broker_epoch_;
  const Endpoint& endpoint = config.advertised.host.empty() ? config.listen : config.advertised;
  broker.end_points.push_back({"PLAINTEXT", endpoint.host, endpoint.port, 0});
  broker.features.push_back(
      {"metadata.version", metadata::kMetadataVersion, metadata::kMetadataVersion});
  broker.log_dirs.push_back(parts_.logs.meta().directory_id);
  const auto rack = config.configs.find("broker.rack");
  if (rack != config.configs.end()) broker.rack = rack->second;
  records.emplace_back(std::move(broker));
  wire::BrokerRegistrationChangeRecord unfence;
  unfence.broker_id = config.node_id;
  unfence.broker_epoch = broker_epoch_;
  unfence.fenced = -1;
  records.emplace_back(std::move(unfence));
  // Every start of a leader is an election.
  for (const auto& [name, topic] : parts_.metadata.image().topics) {
    for (const auto& [index, partition] : topic.partitions) {
      if (partition.leader != config.node_id) continue;
      const log::Log* log = parts_.logs.find({name, index});
      const LeaderEpoch log_epoch =
          log == nullptr ? -1 : log->leader_epochs().latest().value_or(-1);
      records.push_back(metadata::decide_election(topic, index, config.node_id, log_epoch));
    }
  }
  return records;
}

Task<Result<void>> Controller::start() {
  const std::vector<MetadataRecord> records = registration();
  CO_TRY(co_await write(records));
  std::vector<std::string> names;
  for (const auto& [name, topic] : parts_.metadata.image().topics) names.push_back(name);
  CO_TRY(co_await set_strays_aside());
  for (const std::string& name : names) CO_TRY(co_await host_topic(name));
  co_return Result<void>{};
}

Task<Result<void>> Controller::write(std::vector<MetadataRecord> records) {
  const Result<void> written = co_await parts_.metadata.write(std::move(records));
  if (!written) parts_.health.report(written.error());
  co_return written;
}

Task<Result<void>> Controller::host_topic(std::string name) {
  const metadata::TopicImage* found = parts_.metadata.image().find_topic(name);
  ASSERT(found != nullptr);
  // The image may change while logs are made, but not this topic: the lock is held.
  const metadata::TopicImage topic = *found;
  const TopicSettings settings = settings_of(name);
  parts_.partitions.put_topic(name, topic.id, settings);
  if (name == kOffsetsTopic)
    parts_.groups.set_partition_count(static_cast<int32_t>(topic.partitions.size()));
  for (const auto& [index, partition] : topic.partitions) {
    const auto& replicas = partition.replicas;
    if (std::find(replicas.begin(), replicas.end(), parts_.config.node_id) == replicas.end())
      continue;
    const TopicPartition id{name, index};
    log::Log* log = parts_.logs.find(id);
    if (log == nullptr || log->topic_id().is_zero()) {
      Result<log::Log*> made = co_await parts_.logs.create(id, topic.id, settings.log);
      if (!made) {
        parts_.health.report(made.error());
        log_error(parts_.env.probe, "cannot host " + id.to_string() +
                                        ", which stays unavailable: " + made.error().to_string());
        co_return std::unexpected(made.error());
      }
      log = *made;
    }
    log->set_config(settings.log);
    parts_.partitions.put_partition(name, index, log, partition.leader_epoch,
                                    partition.leader == parts_.config.node_id);
    const bool keeps_groups = name == kOffsetsTopic && partition.leader == parts_.config.node_id;
    if (keeps_groups) CO_TRY(co_await lead_groups(index, log, partition.leader_epoch));
  }
  co_return Result<void>{};
}

// A log of groups that cannot be read ends the broker: it would hand out offsets that are too low.
Task<Result<void>> Controller::lead_groups(int32_t partition, log::Log* log, LeaderEpoch epoch) {
  const Result<void> led = co_await parts_.groups.lead(partition, *log, epoch);
  if (!led) parts_.health.report(led.error());
  co_return led;
}

Task<Result<void>> Controller::unhost_topic(std::string name) {
  if (name == kOffsetsTopic) {
    parts_.groups.resign();
  } else {
    parts_.groups.forget_topic(name);
  }
  const std::vector<Partition*> partitions = parts_.partitions.begin_delete(name);
  std::vector<TopicPartition> ids;
  for (Partition* partition : partitions) {
    while (partition->pins > 0) CO_TRY(co_await partition->unpinned.wait());
    ids.push_back({name, partition->index});
  }
  parts_.partitions.end_delete(name);
  for (const TopicPartition& id : ids) {
    const Result<void> removed = co_await parts_.logs.remove(id);
    if (removed) continue;
    parts_.health.report(removed.error());
    co_return removed;
  }
  co_return Result<void>{};
}

// Logs on the disk that the image does not know, or knows under another topic id: their topic was
// deleted and the broker died before they were, or the metadata log lost its end. Kafka keeps them
// under another name, and so do we.
Task<Result<void>> Controller::set_strays_aside() {
  const metadata::MetadataImage& image = parts_.metadata.image();
  std::vector<TopicPartition> strays;
  for (const log::Log* log : parts_.logs.logs()) {
    const TopicPartition& id = log->partition();
    if (id.topic == metadata::kClusterMetadataTopic) continue;
    const metadata::TopicImage* topic = image.find_topic(id.topic);
    const bool is_known = topic != nullptr && topic->partitions.contains(id.partition) &&
                          (log->topic_id().is_zero() || log->topic_id() == topic->id);
    if (!is_known) strays.push_back(id);
  }
  for (const TopicPartition& id : strays) {
    log_warn(parts_.env.probe, "setting aside the stray log " + id.to_string());
    CO_TRY(co_await parts_.logs.set_aside(id));
  }
  co_return Result<void>{};
}

Task<Result<metadata::CreateTopicsDecision>> Controller::create_topics(
    std::vector<metadata::NewTopic> topics, bool validate_only) {
  CO_TRY_ASSIGN(Mutex::Guard guard, co_await mutex_.lock());
  metadata::ControllerView view;
  view.partition_count_default = parts_.settings.partition_count_default;
  view.replication_factor_default = parts_.settings.replication_factor_default;
  for (size_t i = 0; i < topics.size(); ++i) view.topic_ids.push_back(fresh_uuid());
  metadata::CreateTopicsDecision decision =
      metadata::decide_create_topics(topics, parts_.metadata.image(), view);
  if (validate_only) co_return decision;
  CO_TRY(co_await write(decision.records));
  std::vector<std::string> names;
  for (const metadata::CreatedTopic& topic : decision.topics)
    if (topic.error == wire::KafkaError::kNone) names.push_back(topic.name);
  if (names.empty()) co_return decision;
  ++jobs_;
  scope_.spawn(run_hosting(std::move(names), std::move(guard)));
  co_return decision;
}

Task<Result<metadata::DeleteTopicsDecision>> Controller::delete_topics(
    std::vector<metadata::TopicToDelete> topics) {
  CO_TRY_ASSIGN(Mutex::Guard guard, co_await mutex_.lock());
  metadata::DeleteTopicsDecision decision =
      metadata::decide_delete_topics(topics, parts_.metadata.image());
  CO_TRY(co_await write(decision.records));
  std::vector<std::string> gone = parts_.partitions.topics_gone(parts_.metadata.image());
  if (gone.empty()) co_return decision;
  ++jobs_;
  scope_.spawn(run_unhosting(std::move(gone), std::move(guard)));
  co_return decision;
}

Task<Result<metadata::CreatePartitionsDecision>> Controller::create_partitions(
    std::vector<metadata::TopicToGrow> topics, bool validate_only) {
  CO_TRY_ASSIGN(Mutex::Guard guard, co_await mutex_.lock());
  metadata::CreatePartitionsDecision decision =
      metadata::decide_create_partitions(topics, parts_.metadata.image());
  if (validate_only) co_return decision;
  CO_TRY(co_await write(decision.records));
  std::vector<std::string> names;
  for (const metadata::GrownTopic& topic : decision.topics)
    if (topic.error == wire::KafkaError::kNone) names.push_back(topic.name);
  if (names.empty()) co_return decision;
  ++jobs_;
  scope_.spawn(run_hosting(std::move(names), std::move(guard)));
  co_return decision;
}

Task<Result<metadata::AlterConfigsDecision>> Controller::alter_configs(
    std::vector<metadata::ConfigsToAlter> resources, metadata::AlterMode mode, bool validate_only) {
  CO_TRY_ASSIGN(const Mutex::Guard guard, co_await mutex_.lock());
  metadata::AlterConfigsDecision decision = metadata::decide_alter_configs(
      resources, mode, parts_.config.node_id, parts_.metadata.image());
  if (validate_only) co_return decision;
  CO_TRY(co_await write(decision.records));
  for (const metadata::AlteredConfigs& altered : decision.resources)
    if (altered.error == wire::KafkaError::kNone) apply_configs(altered.resource);
  co_return decision;
}

TopicSettings Controller::settings_of(const std::string& topic) const {
  const metadata::MetadataImage& image = parts_.metadata.image();
  return topic_settings(topic, image, configs_in_force(parts_.config, image));
}

void Controller::apply_configs(const metadata::ConfigResource& altered) {
  if (altered.type == metadata::ConfigResourceType::kTopic) {
    apply_topic_configs(altered.name);
    return;
  }
  const metadata::MetadataImage& image = parts_.metadata.image();
  parts_.settings = broker_settings(configs_in_force(parts_.config, image));
  for (const auto& [name, topic] : image.topics) apply_topic_configs(name);
}

void Controller::apply_topic_configs(const std::string& topic) {
  const HostedTopic* hosted = parts_.partitions.find_topic(topic);
  if (hosted == nullptr) return;  // its logs could not be made
  parts_.partitions.put_topic(topic, hosted->id, settings_of(topic));
}

Task<void> Controller::run_hosting(std::vector<std::string> names, Mutex::Guard guard) {
  for (const std::string& name : names) {
    const Result<void> hosted = co_await host_topic(name);
    if (!hosted) break;  // reported there
  }
  --jobs_;
  guard = Mutex::Guard();
  job_done_.notify_all();
}

Task<void> Controller::run_unhosting(std::vector<std::string> names, Mutex::Guard guard) {
  for (const std::string& name : names) {
    const Result<void> unhosted = co_await unhost_topic(name);
    if (!unhosted) break;
  }
  --jobs_;
  guard = Mutex::Guard();
  job_done_.notify_all();
}

Task<Result<void>> Controller::wait_settled() {
  while (jobs_ > 0) CO_TRY(co_await job_done_.wait());
  co_return Result<void>{};
}

Task<Result<void>> Controller::settled(Instant deadline) {
  if (jobs_ == 0) co_return Result<void>{};
  Task<Result<void>> wait = wait_settled();
  const Result<void> waited =
      co_await with_deadline(parts_.env.executor, parts_.env.timers, deadline, std::move(wait));
  co_return waited;
}

Task<Result<void>> Controller::stop() {
  CO_TRY(co_await scope_.join());
  co_return Result<void>{};
}

Task<Result<void>> Controller::abort() {
  scope_.cancel();
  CO_TRY(co_await scope_.join());
  co_return Result<void>{};
}

Task<Result<ProducerId>> Controller::next_producer_id() {
  CO_TRY_ASSIGN(const Mutex::Guard guard, co_await mutex_.lock());
  if (next_producer_id_ == producer_ids_end_) {
    CO_TRY_ASSIGN(const metadata::ProducerIdBlock block,
                  metadata::decide_producer_ids(parts_.config.node_id, parts_.metadata.image()));
    std::vector<MetadataRecord> records;
    records.emplace_back(block.record);
    CO_TRY(co_await write(std::move(records)));
    next_producer_id_ = block.first;
    producer_ids_end_ = block.first + metadata::kProducerIdBlockSize;
  }
  co_return next_producer_id_++;
}

}  // namespace faultline::server
