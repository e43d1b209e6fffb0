// SPDX-License-Identifier: Apache-2.0
// Each step of the model takes its place on a clock:
//   Deliver     a request of a scripted producer. Send, Retry and NewEpoch are in its numbers.
//   Restart     a stop in good order, which writes a snapshot and reads it; or else a kill.
//   Snapshot    nothing: the broker writes one when it stops, the model at any time before.
//   DeleteHead  a pause in which all that is in the log grows older than retention allows.
#include "model/specs/idempotence_schedule.h"

#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/explore/trace.h"

namespace faultline::model {
namespace {

constexpr std::string_view kModel = "idempotence/";
constexpr int64_t kStepMs = 100;
constexpr int64_t kRestartMs = 3000;
constexpr int64_t kRetentionMs = 60'000;
constexpr int64_t kDeletionMs = 70'000;
constexpr int64_t kProducerId = 1000;

class Schedule {
 public:
  Result<void> add(const ModelStep& step) {
    if (step.action == "Deliver" && step.parameters.size() == 4) return deliver(step);
    if (step.action == "Restart" && step.parameters.size() == 1) {
      faults_.push_back(fmt::format(
          R"(      {{ "kind": "{}", "at": "{}ms", "node": "b1", "restart_after": "1s" }})",
          step.parameters[0] != 0 ? "stop" : "kill", now_ms_));
      now_ms_ += kRestartMs;
      return {};
    }
    if (step.action == "Snapshot") {
      covered_ = appended_;
      return {};
    }
    if (step.action == "DeleteHead") {
      // Retention deletes whole segments, and here all are old.
      if (covered_ != appended_)
        return fail(ErrorCode::kInvalidArgument, "it deletes a part of the log only");
      now_ms_ += kDeletionMs;
      has_deletion_ = true;
      return {};
    }
    if (step.action == "Send" || step.action == "Retry" || step.action == "NewEpoch") return {};
    return fail(ErrorCode::kInvalidArgument, "no step of this model: " + step.step);
  }

  std::string text(const IdempotenceMutant& mutant, RulesInForce rules) const {
    const bool is_twin = rules == RulesInForce::kAll;
    std::string text =
        fmt::format("// {}: {}. From a counterexample of the model idempotence{}.\n",
                    mutant.variant, mutant.about, is_twin ? "; all rules are in force" : "");
    text += fmt::format(
        "{{\n  \"version\": 1,\n  \"name\": \"{}{}\",\n"
        "  \"until\": {{ \"time\": \"{}ms\", \"settle\": \"5s\" }},\n  \"schedule\": \"fifo\",\n",
        mutant.variant, is_twin ? "-twin" : "", now_ms_ + kStepMs);
    text +=
        R"(  "cluster": { "brokers": ["b1"], "config": { "log.retention.check.interval.ms": 500 } },)";
    text += fmt::format(
        "\n  \"topics\": {{ \"orders\": {{{}}} }},\n  \"clients\": [\n{}\n  ],\n",
        has_deletion_ ? fmt::format(R"( "config": {{ "retention.ms": {} }} )", kRetentionMs) : "",
        fmt::join(clients(), ",\n"));
    if (!faults_.empty())
      text += fmt::format("  \"faults\": {{\n    \"timeline\": [\n{}\n    ]\n  }},\n",
                          fmt::join(faults_, ",\n"));
    if (is_twin) return text + "  \"expect\": \"held\"\n}\n";
    return text + fmt::format(
                      "  \"rules_off\": [\"{}\"],\n"
                      "  \"expect\": {{ \"verdict\": \"violated\", \"violated\": \"{}\" }}\n}}\n",
                      mutant.rule, mutant.breaks);
  }

 private:
  static constexpr size_t kProducers = 2;

  Result<void> deliver(const ModelStep& step) {
    const auto producer = static_cast<size_t>(step.parameters[0]);
    if (producer >= kProducers) return fail(ErrorCode::kInvalidArgument, "producers beyond two");
    const bool is_answer_lost = step.parameters[3] == 1;
    deliveries_[producer].push_back(fmt::format(
        R"(        {{ "at": "{}ms", "epoch": {}, "sequence": {}{} }})", now_ms_, step.parameters[1],
        step.parameters[2], is_answer_lost ? R"(, "answered": false)" : ""));
    for (const ModelStep::Change& change : step.changes)
      if (change.field == "log") ++appended_;
    now_ms_ += kStepMs;
    return {};
  }

  std::vector<std::string> clients() const {
    std::vector<std::string> texts;
    for (size_t i = 0; i < kProducers; ++i) {
      if (deliveries_[i].empty()) continue;
      texts.push_back(
          fmt::format("    {{ \"id\": \"p{}\", \"type\": \"script\", \"topic\": \"orders\", "
                      "\"producer_id\": {},\n"
                      "      \"deliveries\": [\n{}\n      ] }}",
                      i, kProducerId + static_cast<int64_t>(i), fmt::join(deliveries_[i], ",\n")));
    }
    return texts;
  }

  int64_t now_ms_ = 1000;
  uint64_t appended_ = 0;
  uint64_t covered_ = 0;  // by the snapshot
  bool has_deletion_ = false;
  std::array<std::vector<std::string>, kProducers> deliveries_;
  std::vector<std::string> faults_;
};

const IdempotenceMutant* mutant_of(std::string_view title) {
  if (!title.starts_with(kModel)) return nullptr;
  const std::string_view variant = title.substr(kModel.size(), title.find(' ') - kModel.size());
  for (const IdempotenceMutant& mutant : idempotence_mutants())
    if (mutant.variant == variant) return &mutant;
  return nullptr;
}

}  // namespace

Result<std::string> idempotence_schedule(const sim::RunFile& run, RulesInForce rules) {
  const IdempotenceMutant* mutant = mutant_of(run.info.scenario);
  if (mutant == nullptr)
    return fail(ErrorCode::kInvalidArgument,
                "not a counterexample of a variant of the model idempotence");
  Schedule schedule;
  for (uint64_t i = run.events.first_index(); i < run.events.end_index(); ++i) {
    const sim::EventView event = run.events.at(i);
    if (event.header.kind != ModelStep::kType.id) continue;
    const Result<ModelStep> step = Codec<ModelStep>::decode(Slice::copy_of(event.payload), 0);
    if (!step) return std::unexpected(step.error());
    if (const Result<void> added = schedule.add(*step); !added)
      return std::unexpected(added.error());
  }
  return schedule.text(*mutant, rules);
}

}  // namespace faultline::model
