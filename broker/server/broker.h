// SPDX-License-Identifier: Apache-2.0
// Broker: the composition root of a Kafka broker that is also its own controller. One per process.
//
//   Broker broker(env, config);
//   started = co_await broker.start();   // recovers what the disk holds, then serves
//   ended = co_await broker.run();       // until request_stop(), or until the log directory fails
//
// Destroying it without run() having ended is a crash: nothing is flushed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker/env/env.h"
#include "broker/env/scope.h"
#include "broker/groups/group_coordinator.h"
#include "broker/log/log_manager.h"
#include "broker/metadata/local_metadata.h"
#include "broker/server/acceptor.h"
#include "broker/server/broker_config.h"
#include "broker/server/broker_context.h"
#include "broker/server/controller.h"
#include "broker/server/fetch_sessions.h"
#include "broker/server/log_dir_health.h"
#include "broker/server/partition_table.h"
#include "broker/server/request_memory.h"
#include "broker/server/settings.h"

namespace faultline::server {

class Broker {
 public:
  Broker(Env& env, BrokerConfig config);
  ~Broker();

  // Errors: kInvalidArgument (a configuration), kLocked (the log directory is in use), kCorrupt,
  // those of the disk and of listen.
  Task<Result<void>> start();
  // After start(): serves until request_stop() and then ends in an orderly way, with everything
  // flushed and the clean-shutdown marker written; or until the log directory fails, which is an
  // error and leaves the rest to recovery.
  Task<Result<void>> run();
  // Makes run() end. Not from a destructor.
  void request_stop();
  // After start(): every log tells in an event what it holds (for simulations).
  Task<Result<void>> audit_logs() { return logs_.audit(); }

  const log::LogManager& logs() const { return logs_; }
  Endpoint endpoint() const { return acceptor_->local(); }

 private:
  Task<Result<void>> start_parts();
  Task<Result<void>> load_metadata();
  void tell_start();
  Task<Result<void>> stop_orderly();
  Task<Result<void>> abort();
  void start_background();

  // Periodic work, each in its own fiber.
  using Chore = Task<Result<void>> (Broker::*)();
  Task<void> run_periodically(size_t number, Duration interval, Chore chore);
  Task<Result<void>> flush_due() { return logs_.flush_due(); }
  Task<Result<void>> checkpoint_recovery_points() { return logs_.checkpoint_recovery_points(); }
  Task<Result<void>> checkpoint_high_watermarks() { return logs_.checkpoint_high_watermarks(); }
  Task<Result<void>> checkpoint_log_starts() { return logs_.checkpoint_log_starts(); }
  Task<Result<void>> apply_retention();
  Task<Result<void>> expire_producers();
  Task<Result<void>> expire_offsets();
  Task<void> watch_health();

  Env& env_;
  const BrokerConfig config_;
  Result<void> config_check_;
  BrokerSettings settings_;
  LogDirHealth health_;
  PartitionTable partitions_;
  log::LogManager logs_;
  std::string cluster_id_;
  std::unique_ptr<metadata::LocalMetadata> metadata_;
  std::unique_ptr<groups::GroupCoordinator> groups_;
  std::unique_ptr<Controller> controller_;
  std::unique_ptr<FetchSessionCache> fetch_sessions_;
  std::unique_ptr<RequestMemory> request_memory_;
  wire::Codecs codecs_;
  std::unique_ptr<BrokerContext> context_;
  std::unique_ptr<Acceptor> acceptor_;
  bool is_stopping_ = false;
  std::vector<SleepUntil*> sleeps_;  // of each chore, null while it works
  Notifier wake_;                    // of run()
  Scope background_;
};

}  // namespace faultline::server
