// SPDX-License-Identifier: Apache-2.0
// The phases of a run.
#include "scenarios/run/simulation.h"

#include <algorithm>

#include "broker/env/world_events.h"
#include "scenarios/run/build_world.h"
#include "scenarios/run/knobs.h"
#include "scenarios/schema/description.h"

namespace faultline::scenarios {
namespace {

constexpr Duration kSetUpMax = seconds(60);
constexpr Duration kTail = seconds(5);  // producers go on so long after everything has to work
constexpr Duration kOperationBound = seconds(10);
constexpr Duration kFlushMax = seconds(60);   // for what producers still have in hand
constexpr Duration kAuditMax = seconds(300);  // seldom needed: only when something cannot be read
constexpr Duration kLogAuditMax = seconds(5);
constexpr Duration kStep = milliseconds(100);  // how often the end of a phase is looked for

std::unique_ptr<sim::Chooser> make_chooser(const Scenario& scenario, const RunOptions& options) {
  if (options.choices) return std::make_unique<sim::ReplayChooser>(*options.choices);
  if (scenario.schedule == Schedule::kFifo) return std::make_unique<sim::FifoChooser>();
  return std::make_unique<sim::RandomChooser>(options.seed);
}

// Runs until `is_done` or the limit; true when done.
template <class Predicate>
bool run_until(sim::Kernel& kernel, Instant limit, Predicate is_done) {
  while (!is_done() && !kernel.is_stopped() && kernel.now() < limit)
    kernel.run_until(std::min(limit, kernel.now() + kStep));
  return is_done();
}

class Run {
 public:
  Run(const Scenario& scenario, const RunOptions& options, RunResult& result)
      : scenario_(scenario),
        result_(result),
        world_(options.seed, make_chooser(scenario, options), sink_of(options),
               network_options(scenario)),
        cast_(scenario, options.seed, world_, signals_, options.wrap) {}

  void play() {
    sim::Kernel& kernel = world_.kernel();
    signals_.workload_end = Instant{} + scenario_.time + scenario_.settle + kTail;
    world_.schedule(result_.plan);
    cast_.start_brokers();
    cast_.start_set_up();
    const bool is_set_up = run_until(kernel, Instant{} + kSetUpMax, [&] {
      return signals_.is_set_up || !signals_.set_up_error.empty();
    });
    if (!is_set_up || !signals_.is_set_up) return give_up("set-up: " + signals_.set_up_error);
    cast_.start_clients();
    kernel.run_until(Instant{} + scenario_.time);
    if (kernel.is_stopped()) return give_up(kernel.stop_reason());
    world_.heal();
    note(history::TailStarted{.settle_ns = scenario_.settle.ns, .bound_ns = kOperationBound.ns});
    kernel.run_until(signals_.workload_end);
    run_until(kernel, signals_.workload_end + kFlushMax,
              [&] { return signals_.producers_running == 0; });
    cast_.start_audit();
    run_until(kernel, kernel.now() + kAuditMax, [&] { return signals_.is_audited; });
    signals_.audit_logs.notify_all();
    const auto broker_count = static_cast<int>(scenario_.cluster.brokers.size());
    run_until(kernel, kernel.now() + kLogAuditMax,
              [&] { return signals_.logs_audited == broker_count; });
    if (kernel.is_stopped()) return give_up(kernel.stop_reason());
    if (!signals_.is_audited) return give_up(std::string(history::RunEnded::kUnread));
    note(history::RunEnded{.reason = std::string(history::RunEnded::kDone)});
  }

  void finish(const RunOptions& options) {
    result_.effects = world_.effects();
    result_.choices = world_.kernel().choice_log();
    result_.replay_on_track = !options.choices || world_.kernel().is_replay_on_track();
    result_.simulated = world_.kernel().now() - Instant{};
  }

 private:
  void give_up(std::string why) {
    result_.stopped_because = why;
    note(history::RunEnded{.reason = std::move(why)});
  }

  template <class Payload>
  void note(const Payload& payload) {
    const Slice bytes = Codec<Payload>::encode(payload, 0);
    world_.kernel().set_cause(0);
    world_.kernel().emit(kWorldNode, world_.kernel().now().ns, Payload::kType, 0, bytes.view());
  }

  sim::EventSink& sink_of(const RunOptions& options) {
    if (options.watch == Watch::kNothing) return unwatched_;
    return *result_.recorder;
  }

  static constexpr int32_t kWorldNode = -1;

  const Scenario& scenario_;
  RunResult& result_;
  sim::NullSink unwatched_;
  RunSignals signals_;
  sim::World world_;
  Cast cast_;
};

void add_property(sim::PropertyResult property, sim::CheckReport& report) {
  if (property.verdict == sim::Verdict::kViolated) {
    report.verdict = sim::Verdict::kViolated;
    report.why_unknown.clear();
  }
  report.properties.push_back(std::move(property));
}

// Leaves only what the scenario wants to be judged; empty means all.
void keep_judged(const std::vector<std::string>& names, sim::CheckReport& report) {
  if (names.empty()) return;
  std::erase_if(report.properties, [&](const sim::PropertyResult& result) {
    return std::ranges::none_of(
        names, [&](const std::string& name) { return property_id(name) == result.property.id; });
  });
  const bool is_violated = std::ranges::any_of(report.properties, [](const auto& result) {
    return result.verdict == sim::Verdict::kViolated;
  });
  if (report.verdict != sim::Verdict::kViolated || is_violated) return;
  const bool is_exercised = report.acked > 0 && report.records_read > 0;
  report.verdict = is_exercised ? sim::Verdict::kHeld : sim::Verdict::kUnknown;
  if (!is_exercised) report.why_unknown = "nothing was written and read back";
}

}  // namespace

RunResult run_scenario(const Scenario& wanted, const RunOptions& options) {
  RunResult result;
  result.seed = options.seed;
  if (!options.plan) result.settings = draw_settings(wanted, options.seed);
  const Scenario scenario = with_settings(wanted, result.settings);
  result.plan = options.plan ? *options.plan : derive_plan(scenario, options.seed);
  result.plan_class = classify(scenario, result.plan);
  result.recorder = std::make_unique<sim::Recorder>(sim::Recorder::Options{
      .keep = options.keep_events ? sim::Recorder::Keep::kEvents : sim::Recorder::Keep::kNothing});
  sim::CheckSuite checks({.faults_expected = !result.plan.faults.empty()});
  sim::FaultLedger ledger;
  if (options.watch == Watch::kCheckers) {
    result.recorder->add_observer(checks);
    result.recorder->add_observer(ledger);
  }
  if (options.observer != nullptr) result.recorder->add_observer(*options.observer);
  {
    Run run(scenario, options, result);
    run.play();
    run.finish(options);
  }
  result.report = checks.report();
  result.ledger = ledger.report();
  add_property(judge_budget(result.plan_class, result.ledger), result.report);
  keep_judged(scenario.properties, result.report);
  return result;
}

bool is_as_expected(const Scenario& scenario, const sim::CheckReport& report) {
  const Expectation& expect = scenario.expect;
  if (report.verdict == sim::Verdict::kUnknown) return true;
  const bool is_violated = report.verdict == sim::Verdict::kViolated;
  if (is_violated != (expect.verdict == Verdict::kViolated)) return false;
  if (expect.permitted_loss == PermittedLoss::kNone && report.records_lost_permitted > 0)
    return false;
  if (!is_violated || expect.violated.empty()) return true;
  const sim::PropertyResult* property = report.property(property_id(expect.violated));
  return property != nullptr && property->verdict == sim::Verdict::kViolated;
}

}  // namespace faultline::scenarios
