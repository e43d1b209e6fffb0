// SPDX-License-Identifier: Apache-2.0
// Goal: what the model finds is true of the whole broker. Method: each rule of the core is switched
// off in the model; its shortest counterexample, and others from random runs, go through a trace
// file into a scenario; there the simulated broker must fill its log as the model says, clients
// must see the named property violated, and with all rules in force nothing may be wrong.
#include "model/specs/idempotence_schedule.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "broker/env/history_events.h"
#include "model/explore/search.h"
#include "model/explore/simulate.h"
#include "model/explore/trace.h"
#include "model/specs/models.h"
#include "scenarios/run/simulation.h"
#include "scenarios/schema/description.h"
#include "scenarios/schema/parse.h"

namespace faultline::model {
namespace {

std::unique_ptr<Space> make_space_of(std::string_view variant, const std::string& bounds) {
  const auto entries = all_models();
  const auto entry = std::ranges::find(entries, "idempotence", &ModelEntry::name);
  return entry->make(variant, *resolve_parameters(*entry, {bounds}));
}

// Through the bytes of a file, as a person would.
sim::RunFile trace_of(const Space& space, const Counterexample& counterexample,
                      std::string_view variant) {
  const std::string title = "idempotence/" + std::string(variant) + " P=1";
  const sim::RunFile run = recorded_run(space, counterexample, title);
  Result<sim::RunFile> read = sim::decode_run(sim::encode_run(run).view());
  EXPECT_TRUE(read.has_value());
  return std::move(*read);
}

// "p0s0 p0s2": what the model's log holds at the end.
std::string log_of_model(const Space& space, const Counterexample& counterexample) {
  std::string text =
      space.expander({})->describe(counterexample.moments.back().state).all()[0].value;
  for (const char* epoch : {"e0", "e1"})
    for (size_t at = text.find(epoch); at != std::string::npos; at = text.find(epoch))
      text.erase(at, 2);
  return text == "empty" ? "" : text;
}

scenarios::Scenario parsed(const std::string& text) {
  scenarios::ParseOutcome outcome = scenarios::parse_scenario(text, "schedule.json");
  EXPECT_TRUE(outcome.ok()) << outcome.to_string() << text;
  return std::move(outcome.scenario);
}

// What the simulated broker appended before the workload was over.
std::string log_of_broker(const scenarios::Scenario& scenario, const scenarios::RunResult& result) {
  std::string text;
  const sim::EventLog& events = result.recorder->log();
  for (uint64_t i = events.first_index(); i < events.end_index(); ++i) {
    const sim::EventView event = events.at(i);
    if (event.header.kind != history::LogAppended::kType.id) continue;
    if (event.header.time_ns > scenario.time.ns) break;
    const auto appended = Codec<history::LogAppended>::decode(Slice::copy_of(event.payload), 0);
    EXPECT_TRUE(appended.has_value());
    if (appended->topic != "orders") continue;
    text += (text.empty() ? "p" : " p") + std::to_string(appended->producer_id - 1000) + "s" +
            std::to_string(appended->base_sequence);
  }
  return text;
}

class IdempotenceScheduleTest : public testing::TestWithParam<size_t> {
 protected:
  const IdempotenceMutant& mutant() const { return idempotence_mutants()[GetParam()]; }

  // False when the schedule cannot be told to the broker.
  bool drives_the_broker_alike(const Space& space, const Counterexample& counterexample,
                               bool clients_see_it) const {
    const sim::RunFile trace = trace_of(space, counterexample, mutant().variant);
    const Result<std::string> text = idempotence_schedule(trace, RulesInForce::kAsInTheModel);
    if (!text) return false;
    const scenarios::Scenario scenario = parsed(*text);
    EXPECT_EQ(scenario.rules_off, std::vector<std::string>{std::string(mutant().rule)});
    const scenarios::RunResult broken =
        scenarios::run_scenario(scenario, {.seed = 1, .keep_events = true});
    EXPECT_EQ(log_of_broker(scenario, broken), log_of_model(space, counterexample)) << *text;
    if (clients_see_it) {
      const sim::PropertyResult* property =
          broken.report.property(scenarios::property_id(mutant().breaks));
      EXPECT_TRUE(property != nullptr && property->verdict == sim::Verdict::kViolated) << *text;
      EXPECT_TRUE(scenarios::is_as_expected(scenario, broken.report));
    }

    const scenarios::Scenario twin = parsed(*idempotence_schedule(trace, RulesInForce::kAll));
    const scenarios::RunResult sound = scenarios::run_scenario(twin, {.seed = 1});
    EXPECT_EQ(sound.report.verdict, sim::Verdict::kHeld) << *text;
    return true;
  }
};

TEST_P(IdempotenceScheduleTest, the_shortest_counterexample_drives_the_broker_to_the_same_end) {
  const auto space = make_space_of(mutant().variant, "N=3");
  const SearchResult found = search_breadth_first(*space, {});
  ASSERT_TRUE(found.counterexample.has_value());
  EXPECT_EQ(found.counterexample->property, mutant().violates);
  EXPECT_LE(found.counterexample->steps(), 15u);
  EXPECT_TRUE(drives_the_broker_alike(*space, *found.counterexample, true));
}

TEST_P(IdempotenceScheduleTest, so_do_counterexamples_of_random_runs_of_two_producers) {
  const auto space = make_space_of(mutant().variant, "P=2,N=3,K=2");
  // A refusal of an older instance, or one that more refusals hide, no client can tell from a just
  // one.
  const bool clients_see_it = mutant().violates != "TakesWhatIsNext";
  int driven = 0;
  for (uint64_t seed = 1; seed <= 40 && driven < 10; ++seed) {
    const SearchResult found = simulate(*space, {.seed = seed});
    ASSERT_TRUE(found.counterexample.has_value());
    if (drives_the_broker_alike(*space, *found.counterexample, clients_see_it)) ++driven;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_EQ(driven, 10);
}

std::string name_of(const testing::TestParamInfo<size_t>& info) {
  std::string name(idempotence_mutants()[info.param].rule);
  return name;
}
INSTANTIATE_TEST_SUITE_P(all, IdempotenceScheduleTest,
                         testing::Range(size_t{0}, idempotence_mutants().size()), name_of);

TEST(IdempotenceSchedule, refuses_what_is_no_counterexample_of_it) {
  sim::RunFile other;
  other.info.scenario = "isr/kip-101 R=2";
  EXPECT_FALSE(idempotence_schedule(other, RulesInForce::kAll).has_value());
  other.info.scenario = "idempotence/as-served P=1";
  EXPECT_FALSE(idempotence_schedule(other, RulesInForce::kAll).has_value());
}

}  // namespace
}  // namespace faultline::model
