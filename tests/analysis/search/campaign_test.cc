// SPDX-License-Identifier: Apache-2.0
// Goal: what a campaign says does not depend on how many children play, which of them is faster, or
// whether it was interrupted in between. Method: made-up runs, some slow, some failing.
#include "analysis/search/campaign.h"

#include <gtest/gtest.h>
#include <sys/poll.h>

namespace faultline::search {
namespace {

// Every 7th seed fails; every 3rd takes longer than those after it.
Played player(uint64_t seed) {
  if (seed % 3 == 0) ::poll(nullptr, 0, 5);
  Played played;
  played.outcome.seed = seed;
  played.outcome.verdict = sim::Verdict::kHeld;
  played.outcome.fingerprint = std::to_string(seed);
  played.outcome.is_expected = seed % 7 != 0;
  return played;
}

Results campaign_of(SeedPlan seeds) {
  return {.scenario = "{}",
          .name = "n",
          .file = "",
          .sets = {},
          .build = "b",
          .seeds = seeds,
          .outcomes = {}};
}

TEST(Campaign, has_the_same_outcomes_in_the_same_order_with_any_number_of_children) {
  std::vector<std::string> texts;
  for (const size_t jobs : {1u, 2u, 5u}) {
    Results results = campaign_of({1, 50, 1, 1});
    std::vector<uint64_t> order;
    CampaignOptions options{.jobs = jobs};
    options.on_played = [&](const Played& played) { order.push_back(played.outcome.seed); };
    const CampaignEnd end = run_campaign(results, player, options);
    EXPECT_TRUE(end.is_whole);
    EXPECT_EQ(end.played, 50u);
    EXPECT_TRUE(std::ranges::is_sorted(order));
    texts.push_back(to_text(results));
  }
  EXPECT_EQ(texts[0], texts[1]);
  EXPECT_EQ(texts[0], texts[2]);
}

TEST(Campaign, stops_at_the_nth_failure_in_the_order_of_seeds) {
  for (const size_t jobs : {1u, 4u}) {
    Results results = campaign_of({1, std::nullopt, 1, 1});
    const CampaignEnd end = run_campaign(results, player, {.jobs = jobs, .failures_max = 2});
    EXPECT_EQ(results.outcomes.size(), 14u) << "up to the second failing seed, with nothing later";
    EXPECT_EQ(end.played, 14u);
    EXPECT_FALSE(end.is_whole);
  }
}

TEST(Campaign, goes_on_where_it_was_interrupted) {
  Results whole = campaign_of({1, 40, 1, 1});
  run_campaign(whole, player, {.jobs = 2});
  Results results = campaign_of({1, 40, 1, 1});
  uint64_t played_so_far = 0;
  CampaignOptions options{.jobs = 2};
  options.on_played = [&](const Played&) { ++played_so_far; };
  options.is_interrupted = [&] { return played_so_far >= 10; };
  const CampaignEnd cut = run_campaign(results, player, options);
  EXPECT_FALSE(cut.is_whole);
  EXPECT_GE(cut.played, 10u);
  EXPECT_LT(cut.played, 20u);
  Result<Results> again = results_from_text(to_text(results));
  ASSERT_TRUE(again.has_value());
  const CampaignEnd rest = run_campaign(*again, player, {.jobs = 2});
  EXPECT_TRUE(rest.is_whole);
  EXPECT_EQ(cut.played + rest.played, 40u);
  EXPECT_EQ(to_text(*again), to_text(whole));
}

TEST(Campaign, hands_out_nothing_when_its_time_is_up) {
  Results results = campaign_of({1, std::nullopt, 1, 1});
  uint64_t ticks = 0;
  CampaignOptions options{.jobs = 2, .time_ms = 700};
  options.on_tick = [&](uint64_t, int64_t) { ++ticks; };
  const CampaignEnd end = run_campaign(results, player, options);
  EXPECT_GE(end.elapsed_ms, 700);
  EXPECT_GT(results.outcomes.size(), 10u);
  EXPECT_GE(ticks, 1u);
}

TEST(Campaign, a_shard_plays_its_own_seeds_only) {
  Results results = campaign_of({1, 30, 2, 3});
  EXPECT_TRUE(run_campaign(results, player, {.jobs = 2}).is_whole);
  EXPECT_EQ(results.outcomes.size(), 10u);
  for (const auto& [seed, outcome] : results.outcomes) EXPECT_EQ(seed % 3, 2u);
}

}  // namespace
}  // namespace faultline::search
