// SPDX-License-Identifier: Apache-2.0
// `faultline demo`: one story on one screen. A producer writes, the power fails, and what was
// acknowledged is gone - with permission, for nobody had promised fsync. Then the same with
// flush.messages=1. Everything shown comes from two real runs.
#include <fmt/format.h>

#include "analysis/cli/story.h"
#include "analysis/cli/verbs.h"
#include "analysis/cli/verdict_text.h"
#include "scenarios/schema/parse.h"

namespace faultline::cli {
namespace {

constexpr size_t kLinesMax = 10;

std::string scenario_text(bool flushes) {
  return fmt::format(R"({{
  "version": 1, "name": "demo{0}",
  "cluster": {{ "brokers": ["b1"] }},
  "topics": {{ "orders": {{ "partitions": 1{1} }} }},
  "clients": [
    {{ "id": "p1", "type": "producer", "topic": "orders", "rate": "100/s", "acks": "all" }},
    {{ "id": "c1", "type": "consumer", "topic": "orders", "config": {{ "auto.offset.reset": "earliest" }} }}
  ],
  "faults": {{ "timeline": [
    {{ "between": ["6s", "8s"], "kind": "power_loss", "node": "b1", "keep": "1/4", "restart_after": "2s" }} ] }},
  "until": {{ "time": "12s", "settle": "5s" }} }})",
                     flushes ? "-flush" : "",
                     flushes ? R"(, "config": { "flush.messages": 1 })" : "");
}

void tell_run(bool flushes, uint64_t seed, const Console& console) {
  scenarios::ParseOutcome parsed = scenarios::parse_scenario(scenario_text(flushes), "demo");
  ASSERT(parsed.ok());
  const scenarios::RunResult result =
      scenarios::run_scenario(parsed.scenario, {.seed = seed, .keep_events = true});
  const sim::CheckReport& report = result.report;
  console.print(fmt::format(
      "\n{}\n", console.styled(Style::kBold,
                               flushes ? "The same with flush.messages=1: an ack means fsync"
                                       : "acks=all, Kafka's default: an ack means page cache")));
  console.print(console.styled(Style::kDim, fmt::format("  {:>7}  {:<26}{:<44}{}\n", "time",
                                                        "injected", "disk and log", "clients")));
  for (const StoryLine& line : tell(result, kLinesMax))
    console.print(fmt::format("  {:>3}.{:03}  {}{}{}\n", line.time_ns / 1'000'000'000,
                              line.time_ns / 1'000'000 % 1000,
                              console.styled(Style::kRed, padded(line.injected, 26)),
                              padded(line.storage, 44), line.clients));
  console.print(verdict_line(parsed.scenario.name, result, console));
  if (report.verdict == sim::Verdict::kViolated) {
    console.print(run_text(parsed.scenario, result, console));
  } else if (report.records_lost_permitted > 0) {
    console.print(
        fmt::format("  {} of {} acknowledged records are lost, and that was permitted: no ack had "
                    "promised fsync.\n",
                    report.records_lost_permitted, report.acked));
  } else {
    console.print(fmt::format("  None of {} acknowledged records is lost.\n", report.acked));
  }
}

}  // namespace

Exit demo(const DemoOptions& options, const Console& console) {
  console.print(
      "One real broker, one producer, one consumer in virtual time. The power fails once.\n");
  tell_run(false, options.seed, console);
  tell_run(true, options.seed, console);
  console.print(
      fmt::format("\nEvery run is its seed: faultline demo --seed {} shows another course of it.\n"
                  "Next: faultline init my.json; faultline run my.json; faultline check my.json "
                  "--seeds 1..100\n",
                  options.seed + 1));
  return Exit::kHeld;
}

}  // namespace faultline::cli
