// SPDX-License-Identifier: Apache-2.0
// Putting a broker together, and taking it apart.
#include "broker/server/broker.h"

#include <iterator>
#include <utility>

#include "broker/base/assert.h"
#include "broker/metadata/topic_name.h"
#include "broker/server/server_events.h"

namespace faultline::server {
namespace {

// Metadata is durable before it is applied and is never deleted by age or size.
log::LogConfig metadata_log_config() {
  log::LogConfig config;
  config.flush_messages = 1;
  config.retention_ms = -1;
  config.retention_bytes = -1;
  config.delete_by_retention = false;
  return config;
}

log::LogManagerOptions log_options(const BrokerConfig& config) {
  log::LogManagerOptions options;
  options.directory = config.log_dir;
  options.cluster_id = config.cluster_id;
  options.node_id = config.node_id;
  options.topic_configs[std::string(metadata::kClusterMetadataTopic)] = metadata_log_config();
  if (check_configs(config.configs))
    options.default_config = topic_settings("", metadata::MetadataImage{}, config.configs).log;
  return options;
}

}  // namespace

Broker::Broker(Env& env, BrokerConfig config)
    : env_(env),
      config_(std::move(config)),
      config_check_(check_configs(config_.configs)),
      health_(env.probe, config_.log_dir),
      logs_(log::StorageEnv::of(env), config_.rules, log_options(config_)),
      background_(env.executor) {
  if (config_check_) settings_ = broker_settings(config_.configs);
}

Broker::~Broker() = default;

Task<Result<void>> Broker::start() {
  const Result<void> started = co_await start_parts();
  if (started) {
    tell_start();
    co_return started;
  }
  health_.report(started.error());
  BrokerStopped event;
  event.reason = "cannot start: " + started.error().to_string();
  emit(env_.probe, 0, event);
  co_return started;
}

Task<Result<void>> Broker::start_parts() {
  if (!config_check_) co_return config_check_;
  CO_TRY(co_await logs_.open());
  cluster_id_ = logs_.meta().cluster_id;
  CO_TRY(co_await load_metadata());
  const auto on_error = [this](const Error& error) { health_.report(error); };
  groups_ = std::make_unique<groups::GroupCoordinator>(env_, settings_.groups, groups::GroupRules{},
                                                       on_error);
  controller_ = std::make_unique<Controller>(Controller::Parts{
      env_, config_, settings_, *metadata_, logs_, partitions_, *groups_, health_});
  CO_TRY(co_await controller_->start());
  FetchSessionCache::Limits sessions;
  sessions.sessions = settings_.fetch_sessions_max;
  fetch_sessions_ = std::make_unique<FetchSessionCache>(sessions);
  request_memory_ = std::make_unique<RequestMemory>(settings_.queued_bytes_max);
  context_ = std::make_unique<BrokerContext>(
      BrokerContext{env_, config_, settings_, cluster_id_, *metadata_, partitions_, *controller_,
                    *groups_, *fetch_sessions_, *request_memory_, health_, codecs_, is_stopping_});
  acceptor_ = std::make_unique<Acceptor>(*context_);
  CO_TRY(acceptor_->start());
  start_background();
  co_return Result<void>{};
}

void Broker::tell_start() {
  BrokerStarted event;
  event.node_id = config_.node_id;
  event.broker_epoch = controller_->broker_epoch();
  event.endpoint = acceptor_->local().to_string();
  event.was_clean = logs_.was_clean();
  event.topics = static_cast<int32_t>(metadata_->image().topics.size());
  event.partitions = static_cast<int32_t>(partitions_.partition_count());
  emit(env_.probe, 0, event);
}

Task<Result<void>> Broker::load_metadata() {
  const TopicPartition id{std::string(metadata::kClusterMetadataTopic), 0};
  log::LogConfig log_config = metadata_log_config();
  CO_TRY_ASSIGN(log::Log * log,
                co_await logs_.create(id, metadata::kClusterMetadataTopicId, log_config));
  log->set_config(log_config);
  metadata_ = std::make_unique<metadata::LocalMetadata>(env_.clock, *log);
  CO_TRY(co_await metadata_->load());
  settings_ = broker_settings(configs_in_force(config_, metadata_->image()));
  co_return Result<void>{};
}

Task<Result<void>> Broker::run() {
  ASSERT(acceptor_ != nullptr);
  while (!is_stopping_ && !health_.has_failed()) {
    const Result<void> woken = co_await wake_.wait();
    if (!woken) co_return woken;
  }
  Result<void> ended;
  if (!health_.has_failed()) ended = co_await stop_orderly();
  if (!ended) health_.report(ended.error());
  if (health_.has_failed()) {
    CO_TRY(co_await abort());
    ended = fail(ErrorCode::kIo, health_.reason());
  }
  BrokerStopped event;
  event.is_clean = ended.has_value();
  event.reason = ended ? "asked to stop" : ended.error().to_string();
  emit(env_.probe, 0, event);
  co_return ended;
}

Task<Result<void>> Broker::stop_orderly() {
  partitions_.notify_all_waiters();
  groups_->release_waiters();
  CO_TRY(co_await acceptor_->stop());
  CO_TRY(co_await controller_->stop());
  CO_TRY(co_await groups_->stop());
  for (SleepUntil* sleep : sleeps_)
    if (sleep != nullptr && sleep->is_pending()) sleep->cancel(ErrorCode::kClosed);
  health_.failed().notify_all();
  CO_TRY(co_await background_.join());
  if (health_.has_failed()) co_return fail(ErrorCode::kIo, health_.reason());
  CO_TRY(co_await logs_.close(controller_->broker_epoch()));
  co_return Result<void>{};
}

// After an error of the disk nothing that is in memory counts any more.
Task<Result<void>> Broker::abort() {
  background_.cancel();
  CO_TRY(co_await acceptor_->abort());
  CO_TRY(co_await controller_->abort());
  CO_TRY(co_await groups_->abort());
  CO_TRY(co_await background_.join());
  co_return Result<void>{};
}

void Broker::request_stop() {
  is_stopping_ = true;
  wake_.notify_all();
}

void Broker::start_background() {
  struct Entry {
    Duration interval;
    Chore chore;
  };
  // Kafka asks for logs to flush every log.flush.scheduler.interval.ms, by default never: flush.ms
  // of a topic then has no effect there either.
  const Entry chores[] = {
      {settings_.flush_check_interval, &Broker::flush_due},
      {settings_.recovery_point_interval, &Broker::checkpoint_recovery_points},
      {settings_.high_watermark_interval, &Broker::checkpoint_high_watermarks},
      {settings_.log_start_interval, &Broker::checkpoint_log_starts},
      {settings_.retention_check_interval, &Broker::apply_retention},
      {settings_.producer_expiration_interval, &Broker::expire_producers},
      {settings_.offsets_check_interval, &Broker::expire_offsets},
  };
  sleeps_.resize(std::size(chores), nullptr);
  background_.spawn(watch_health());
  for (size_t i = 0; i < std::size(chores); ++i)
    background_.spawn(run_periodically(i, chores[i].interval, chores[i].chore));
}

Task<void> Broker::run_periodically(size_t number, Duration interval, Chore chore) {
  while (!is_stopping_) {
    SleepUntil sleep = env_.sleep(interval);
    sleeps_[number] = &sleep;
    const Result<void> slept = co_await sleep;
    sleeps_[number] = nullptr;
    if (!slept) co_return;
    const Result<void> done = co_await (this->*chore)();
    if (done) continue;
    if (done.error().code == ErrorCode::kCancelled) co_return;
    health_.report(done.error());
    log_error(env_.probe, "background work: " + done.error().to_string());
  }
}

Task<Result<void>> Broker::apply_retention() {
  CO_TRY(co_await logs_.apply_retention());
  co_return Result<void>{};
}

Task<Result<void>> Broker::expire_producers() {
  logs_.expire_producers();
  co_return Result<void>{};
}

Task<Result<void>> Broker::expire_offsets() {
  groups_->expire_offsets();
  co_return Result<void>{};
}

Task<void> Broker::watch_health() {
  while (!health_.has_failed() && !is_stopping_) {
    const Result<void> failed = co_await health_.failed().wait();
    if (!failed) co_return;
  }
  wake_.notify_all();
}

}  // namespace faultline::server
