// SPDX-License-Identifier: Apache-2.0
// Goal: the printed text of a scenario is canonical: it parses to the same scenario, says nothing
// that is default, and equal scenarios give equal text. Method: random valid scenarios as JSON
// text, written and read twice.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "scenarios/schema/description.h"
#include "scenarios/schema/parse.h"
#include "scenarios/schema/writer.h"

namespace faultline::scenarios {
namespace {

std::string full_text(const Scenario& scenario) {
  Scenario copy = scenario;
  Writer writer(Writer::Mode::kAll);
  describe(writer, copy);
  return print_json(writer.take());
}

std::string word(std::initializer_list<const char*> words) {
  return *rc::gen::elementOf(std::vector<std::string>(words.begin(), words.end()));
}

std::string maybe(const std::string& text) { return *rc::gen::arbitrary<bool>() ? text : ""; }

std::string random_fault(size_t number) {
  const auto kind = *rc::gen::inRange<size_t>(0, kFaultKinds);
  std::string text = fmt::format("{{\"kind\": \"{}\"", fault_kind_words()[kind].name);
  text += *rc::gen::arbitrary<bool>()
              ? fmt::format(", \"at\": \"{}ms\"", *rc::gen::inRange(0, 50'000))
              : fmt::format(", \"between\": [\"{}s\", \"{}s\"]", number % 20, 20 + number);
  switch (static_cast<FaultKind>(kind)) {
    case FaultKind::kPowerLoss:
      text += maybe(", \"torn\": \"1/7\", \"restart_after\": \"never\"");
      break;
    case FaultKind::kClockStep: text += ", \"by\": \"-5m\""; break;
    case FaultKind::kClockDrift: text += ", \"ppm\": 7"; break;
    case FaultKind::kLinkSlow: text += maybe(", \"latency\": \"3ms\", \"peer\": \"c1\""); break;
    case FaultKind::kBitRot: text += maybe(", \"times\": 3, \"files\": \".index\""); break;
    default: break;
  }
  return text + "}";
}

std::string random_client(size_t number) {
  if (*rc::gen::arbitrary<bool>()) {
    return fmt::format(R"({{"id": "c{}", "type": "consumer", "topic": "t0"{}{}}})", number,
                       maybe(R"(, "assignment": ["t0-0"])"),
                       maybe(R"(, "config": {"fetch.min.bytes": "1KiB"})"));
  }
  return fmt::format(
      R"({{"id": "c{}", "type": "producer", "topics": ["t0"{}], "rate": "{}/s"{}{}{}}})", number,
      maybe(", \"t1\""), *rc::gen::inRange(1, 1000), maybe(R"(, "acks": 1)"),
      maybe(R"(, "linger": "7ms", "keys": {"count": 3})"),
      maybe(R"(, "value_size": [30, "4KiB"], "config": {"retries": 5})"));
}

std::string random_scenario() {
  std::string clients, faults;
  const size_t client_count = *rc::gen::inRange<size_t>(2, 5);
  for (size_t i = 0; i < client_count; ++i) clients += (i ? ", " : "") + random_client(i);
  const size_t fault_count = *rc::gen::inRange<size_t>(0, 6);
  for (size_t i = 0; i < fault_count; ++i) faults += (i ? ", " : "") + random_fault(i);
  return fmt::format(
      R"({{"version": 1, "name": "r", "seed": {}, "schedule": "{}",
          "cluster": {{"brokers": ["b1"]{}{}}},
          "topics": {{"t0": {{{}}}, "t1": {{}}}},
          "clients": [{}],
          "faults": {{"timeline": [{}]{}}}{}{} }})",
      *rc::gen::inRange<int64_t>(0, INT64_MAX), word({"fifo", "random"}),
      maybe(R"(, "disk": {"capacity": "3GB", "fsync": "9ms"})"),
      maybe(R"(, "config": {"log.cleaner.min.cleanable.ratio": 0.25, "log.preallocate": true})"),
      maybe(R"("partitions": 5, "config": {"flush.messages": 3, "cleanup.policy": "delete"})"),
      clients, faults,
      maybe(
          R"(, "random": {"profile": "swarm", "budget": {"kill": 4, "disk_stall": {"count": 1, "for": "9s"}}})"),
      maybe(R"(, "until": {"time": "77s"})"),
      maybe(R"(, "expect": {"verdict": "violated", "violated": "no-duplicates"})"));
}

RC_GTEST_PROP(WriteScenario, what_is_written_reads_back_the_same, ()) {
  const std::string source = random_scenario();
  const ParseOutcome first = parse_scenario(source, "r.json");
  if (!first.ok()) RC_FAIL(first.to_string());
  const std::string text = to_json(first.scenario);
  const ParseOutcome second = parse_scenario(text, "other.json");
  if (!second.ok()) RC_FAIL(second.to_string() + text);
  RC_ASSERT(full_text(second.scenario) == full_text(first.scenario));
  RC_ASSERT(to_json(second.scenario) == text);
}

TEST(WriteScenario, defaults_are_not_written) {
  const auto outcome = parse_scenario(
      R"({"version": 1, "name": "n", "seed": 1, "cluster": {"brokers": [{"id": "b1"}],
          "disk": {"page_size": "4KiB"}, "config": {}}, "topics": {"t": {"partitions": 1}},
          "clients": [{"id": "p", "type": "producer", "topics": ["t"], "rate": "100/s"}],
          "faults": {"timeline": [{"kind": "kill", "at": "5s", "node": "b1", "restart_after": "1s"}],
                     "random": {"budget": {"kill": {"count": 3}}}},
          "until": {"time": "60s"}, "expect": "held"})",
      "n.json");
  ASSERT_TRUE(outcome.ok()) << outcome.to_string();
  EXPECT_EQ(to_json(outcome.scenario), R"({
  "version": 1,
  "name": "n",
  "cluster": { "brokers": ["b1"] },
  "topics": { "t": {} },
  "clients": [{ "id": "p", "type": "producer", "topic": "t" }],
  "faults": {
    "timeline": [{ "kind": "kill", "at": "5s", "node": "b1" }],
    "random": { "budget": { "kill": 3 } }
  }
}
)");
}

}  // namespace
}  // namespace faultline::scenarios
