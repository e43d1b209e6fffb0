// SPDX-License-Identifier: Apache-2.0
// Configures and runs the real broker, and switches rules off by name.
#include "scenarios/run/broker_program.h"

#include "broker/server/broker.h"

namespace faultline::scenarios {
namespace {

struct Rule {
  const char* name;
  bool log::StorageRules::* storage;
  bool producer::ProducerRules::* producer;
  bool client::ClientRules::* client = nullptr;
};

using Storage = log::StorageRules;
using Producing = producer::ProducerRules;

constexpr Rule kRules[] = {
    {"fence_on_fsync_error", &Storage::fence_on_fsync_error, nullptr},
    {"distrust_cache_after_fsync_error", &Storage::distrust_cache_after_fsync_error, nullptr},
    {"delete_clean_marker_on_start", &Storage::delete_clean_marker_on_start, nullptr},
    {"mark_clean_only_if_loaded", &Storage::mark_clean_only_if_loaded, nullptr},
    {"verify_crc_on_recovery", &Storage::verify_crc_on_recovery, nullptr},
    {"stop_at_first_bad_batch", &Storage::stop_at_first_bad_batch, nullptr},
    {"sync_directory_after_create", &Storage::sync_directory_after_create, nullptr},
    {"sync_snapshot_before_rename", &Storage::sync_snapshot_before_rename, nullptr},
    {"clamp_high_watermark_to_log_end", &Storage::clamp_high_watermark_to_log_end, nullptr},
    {"bound_retention_by_broker_clock", &Storage::bound_retention_by_broker_clock, nullptr},
    {"one_retention_predicate", &Storage::one_retention_predicate, nullptr},
    {"recover_last_flushed_segment", &Storage::recover_last_flushed_segment, nullptr},
    {"rebuild_index_if_invalid", &Storage::rebuild_index_if_invalid, nullptr},
    {"scan_batch_for_timestamp", &Storage::scan_batch_for_timestamp, nullptr},
    {"deduplicate", nullptr, &Producing::deduplicate},
    {"refuse_sequence_gaps", nullptr, &Producing::refuse_sequence_gaps},
    {"require_zero_first_sequence", nullptr, &Producing::require_zero_first_sequence},
    {"keep_producer_state_past_deletion", nullptr, &Producing::keep_producer_state_past_deletion},
    {"clear_window_on_new_epoch", nullptr, &Producing::clear_window_on_new_epoch},
    {"fence_older_epochs", nullptr, &Producing::fence_older_epochs},
    {"first_batch_goes_alone", nullptr, nullptr, &client::ClientRules::first_batch_goes_alone},
    {"retries_keep_order", nullptr, nullptr, &client::ClientRules::retries_keep_order},
    {"give_up_batch_in_doubt", nullptr, nullptr, &client::ClientRules::give_up_batch_in_doubt},
};

log::LogRules rules_of(const Scenario& scenario) {
  log::LogRules rules;
  for (const std::string& off : scenario.rules_off) {
    for (const Rule& rule : kRules) {
      if (off != rule.name) continue;
      if (rule.storage != nullptr) rules.storage.*rule.storage = false;
      if (rule.producer != nullptr) rules.producer.*rule.producer = false;
    }
  }
  return rules;
}

class BrokerProgram final : public sim::Program {
 public:
  BrokerProgram(Env& env, server::BrokerConfig config, RunSignals& signals)
      : signals_(signals), broker_(env, std::move(config)), auditing_(env.executor) {}
  Task<void> run() override {
    const Result<void> started = co_await broker_.start();
    if (!started) co_return;  // the broker said why in an event
    auditing_.spawn(audit_when_asked());
    const Result<void> ended = co_await broker_.run();
    (void)ended;  // the broker said why in an event
  }
  void request_stop() override { broker_.request_stop(); }

 private:
  Task<void> audit_when_asked() {
    const Result<void> asked = co_await signals_.audit_logs.wait();
    if (!asked) co_return;
    const Result<void> audited = co_await broker_.audit_logs();
    if (audited) ++signals_.logs_audited;
  }

  RunSignals& signals_;
  server::Broker broker_;
  Scope auditing_;
};

}  // namespace

client::ClientRules client_rules_of(const Scenario& scenario) {
  client::ClientRules rules;
  for (const std::string& off : scenario.rules_off)
    for (const Rule& rule : kRules)
      if (off == rule.name && rule.client != nullptr) rules.*rule.client = false;
  return rules;
}

std::vector<std::string_view> known_rules() {
  std::vector<std::string_view> names;
  for (const Rule& rule : kRules) names.push_back(rule.name);
  return names;
}

std::unique_ptr<sim::Program> make_broker_program(Env& env, const Scenario& scenario,
                                                  int32_t node_id, Endpoint listen,
                                                  RunSignals& signals) {
  server::BrokerConfig config;
  config.node_id = node_id;
  config.cluster_id = "faultline-simulation";
  config.listen = listen;
  config.configs = {scenario.cluster.config.begin(), scenario.cluster.config.end()};
  config.rules = rules_of(scenario);
  return std::make_unique<BrokerProgram>(env, std::move(config), signals);
}

}  // namespace faultline::scenarios
