// SPDX-License-Identifier: Apache-2.0
// Goal: a campaign's text and exit code say the worst that happened, and the line of progress is
// right about rate and time left. Method: made-up outcomes and counts.
#include "analysis/cli/campaign_text.h"

#include <gtest/gtest.h>

namespace faultline::cli {
namespace {

search::Results results_of(std::vector<search::Outcome> outcomes) {
  search::Results results{.scenario = "{}",
                          .name = "n",
                          .file = "n.json",
                          .sets = {"x=1"},
                          .build = "",
                          .seeds = {1, 9, 1, 1},
                          .outcomes = {}};
  for (search::Outcome& outcome : outcomes) {
    outcome.seed = results.outcomes.size() + 1;
    results.outcomes[outcome.seed] = std::move(outcome);
  }
  return results;
}

search::Outcome held() {
  search::Outcome outcome;
  outcome.verdict = sim::Verdict::kHeld;
  return outcome;
}

search::Outcome violated() {
  search::Outcome outcome;
  outcome.verdict = sim::Verdict::kViolated;
  outcome.is_expected = false;
  outcome.signature = "S1: kept";
  return outcome;
}

search::Outcome crashed() {
  search::Outcome outcome;
  outcome.crash = "signal 6 (Aborted)";
  outcome.detail = "log.cc:5: assertion failed: x";
  outcome.signature = "crash: " + outcome.detail;
  return outcome;
}

Exit exit_of_all(std::vector<search::Outcome> outcomes) {
  return campaign_exit({}, search::summarise(results_of(std::move(outcomes))));
}

TEST(CampaignText, the_exit_code_is_that_of_the_worst) {
  EXPECT_EQ(exit_of_all({held(), held()}), Exit::kHeld);
  EXPECT_EQ(exit_of_all({held(), violated()}), Exit::kViolated);
  EXPECT_EQ(exit_of_all({search::Outcome{}}), Exit::kUnknown);
  search::Outcome diverged = held();
  diverged.diverged = true;
  EXPECT_EQ(exit_of_all({held(), violated(), diverged}), Exit::kDiverged);
  EXPECT_EQ(exit_of_all({held(), violated(), diverged, crashed()}), Exit::kToolBug);
  EXPECT_EQ(exit_of_all({}), Exit::kUnknown);
}

TEST(CampaignText, a_crash_is_told_with_its_last_words_and_seed) {
  const search::Results results = results_of({held(), crashed(), violated()});
  scenarios::Scenario scenario;
  scenario.name = "n";
  const std::string text =
      campaign_text(scenario, results, search::summarise(results), Console{.columns = 100});
  EXPECT_TRUE(text.starts_with("UNEXPECTED   n  3 seeds: 1 held, 1 violated, 0 unknown")) << text;
  EXPECT_NE(text.find("1 seed crashed this program"), std::string::npos) << text;
  EXPECT_NE(text.find("crash: log.cc:5: assertion failed: x\n"), std::string::npos) << text;
  EXPECT_NE(text.find("see       faultline run n.json --seed 2 --set 'x=1'\n"), std::string::npos)
      << text;
}

TEST(CampaignText, the_line_of_progress_says_rate_failures_and_time_left) {
  const Console console{.columns = 100};
  EXPECT_EQ(
      progress_line({.done = 1250, .total = 5000, .played = 1250, .elapsed_ms = 5000}, console),
      "1,250/5,000 seeds  [#####...............] 25%  250/s  no failure  15s left");
  EXPECT_EQ(progress_line({.done = 30,
                           .total = 0,
                           .played = 20,
                           .elapsed_ms = 40'000,
                           .time_ms = 200'000,
                           .failures = 2,
                           .signatures = 1,
                           .unknown = 3},
                          console),
            "30 seeds  [####................] 20%  0.5/s  2 failures (1 signature)  3 unknown  "
            "2m40s left");
  EXPECT_EQ(progress_line({.done = 0, .total = 10}, console),
            "0/10 seeds  [....................] 0%  no failure");
}

}  // namespace
}  // namespace faultline::cli
