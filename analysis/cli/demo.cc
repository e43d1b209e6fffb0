// SPDX-License-Identifier: Apache-2.0
// `faultline demo`: one story on one screen. A producer writes, the power fails, and what was
// acknowledged is gone - with permission, for nobody had promised fsync. Then the same with
// flush.messages=1. Everything shown comes from two real runs.
#include <fmt/format.h>

#include "analysis/cli/report_file.h"
#include "analysis/cli/story.h"
#include "analysis/cli/verbs.h"
#include "analysis/cli/verdict_text.h"
#include "analysis/why/recorded_run.h"
#include "scenarios/schema/parse.h"

namespace faultline::cli {
namespace {

constexpr size_t kLinesMax = 12;

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

// One run as a story; what it ended with.
sim::Verdict tell_run(bool flushes, uint64_t seed, const Console& console) {
  scenarios::ParseOutcome parsed = scenarios::parse_scenario(scenario_text(flushes), "demo");
  ASSERT(parsed.ok());
  const scenarios::RunResult result =
      scenarios::run_scenario(parsed.scenario, {.seed = seed, .keep_events = true});
  const sim::CheckReport& judged = result.report;
  console.print(fmt::format(
      "\n{}\n", console.styled(Style::kBold, flushes ? "With flush.messages=1, an ack means fsync."
                                                     : "As Kafka comes, acks=all on one broker "
                                                       "means: it is in the page cache.")));
  console.print(draw(report::tell(result.recorder->log(), kLinesMax), console));
  console.print(verdict_line(parsed.scenario.name, result, console));
  if (judged.verdict != sim::Verdict::kHeld) {
    console.print(run_text(parsed.scenario, result, console));
  } else if (judged.records_lost_permitted > 0) {
    console.print(
        fmt::format("          {} of {} acked records are lost. {}: no ack had promised fsync.\n",
                    grouped(judged.records_lost_permitted), grouped(judged.acked),
                    console.styled(Style::kYellow, "That was permitted")));
  } else {
    console.print(fmt::format("          {} of {} acked records is lost, as promised.\n",
                              console.styled(Style::kGreen, "None"), grouped(judged.acked)));
  }
  return judged.verdict;
}

// The first of the two runs as a page; the last line says where it is.
bool draw_page(const DemoOptions& options, const Console& console) {
  const scenarios::ParseOutcome parsed = scenarios::parse_scenario(scenario_text(false), "demo");
  const sim::RunFile run = why::record_run(parsed.scenario, {.seed = options.seed});
  const auto written =
      write_report(run, fmt::format("faultline demo --seed {}", options.seed), options.page);
  if (!written) {
    console.complain(
        fmt::format("faultline: cannot write {}: {}\n", options.page, written.error().detail));
    return false;
  }
  console.print(fmt::format("The first run as a picture, for a browser: {}\n", options.page));
  return true;
}

}  // namespace

Exit demo(const DemoOptions& options, const Console& console) {
  console.print(
      "One real broker, one producer, one consumer, in virtual time. The power fails once.\n");
  const sim::Verdict cached = tell_run(false, options.seed, console);
  const sim::Verdict flushed = tell_run(true, options.seed, console);
  console.print(fmt::format(
      "\nThe same seed gives the same run, bit for bit. Next:\n"
      "  faultline demo --seed {:<20} another course of the same story\n"
      "  faultline run scenarios/first-light.json   two producers, kills and power losses\n"
      "  faultline init my.json                     a scenario of your own to start from\n",
      options.seed + 1));
  if (!options.page.empty() && !draw_page(options, console)) return Exit::kNoInput;
  if (cached == sim::Verdict::kViolated) return exit_of(cached);
  return exit_of(flushed);
}

}  // namespace faultline::cli
