// SPDX-License-Identifier: Apache-2.0
// Goal: a hunt ends at the first seed that violates the property asked for, and says honestly that
// it found none. Method: a broker without a safety rule, and the sound one.
#include "analysis/search/hunt.h"

#include <gtest/gtest.h>

#include "scenarios/schema/parse.h"

namespace faultline::search {
namespace {

scenarios::Scenario scenario(std::string_view more) {
  std::string text = R"({ "cluster": { "brokers": ["b1"] },
    "topics": { "orders": { "config": { "flush.messages": 1 } } },
    "clients": [
      { "id": "p1", "type": "producer", "topic": "orders", "rate": "100/s", "value_size": "6KiB" },
      { "id": "c1", "type": "consumer", "topic": "orders" } ],
    "faults": { "timeline": [ { "between": ["2s", "6s"], "kind": "fsync_error", "files": ".log" },
                              { "between": ["5s", "9s"], "kind": "power_loss", "keep": 0 } ] },
    "until": { "time": "10s", "settle": "4s" })";
  text += std::string(more) + "}";
  scenarios::ParseOutcome outcome = scenarios::parse_scenario(text, "test.json");
  EXPECT_TRUE(outcome.ok()) << outcome.to_string();
  return std::move(outcome.scenario);
}

TEST(Hunt, ends_at_the_first_seed_that_violates_the_property) {
  const scenarios::Scenario broken = scenario(R"(, "rules_off": ["fence_on_fsync_error"])");
  const Hunt first = hunt(broken, {.seeds_max = 40, .property = "acked-durable"});
  ASSERT_TRUE(first.found.has_value());
  EXPECT_TRUE(violates(first.found->report, "S1"));
  EXPECT_EQ(first.found->seed, first.runs);
  const Hunt later =
      hunt(broken, {.first_seed = first.found->seed, .seeds_max = 5, .property = "S1"});
  ASSERT_TRUE(later.found.has_value());
  EXPECT_EQ(later.runs, 1u);
  EXPECT_EQ(later.found->recorder->fingerprint(), first.found->recorder->fingerprint());
}

TEST(Hunt, says_that_it_found_nothing) {
  const Hunt none = hunt(scenario(""), {.seeds_max = 8});
  EXPECT_FALSE(none.found.has_value());
  EXPECT_EQ(none.runs, 8u);
}

TEST(Hunt, stops_when_it_is_told_to) {
  int left = 3;
  const Hunt cut = hunt(scenario(""), {.seeds_max = 100, .keep_going = [&] { return left-- > 0; }});
  EXPECT_EQ(cut.runs, 3u);
}

}  // namespace
}  // namespace faultline::search
