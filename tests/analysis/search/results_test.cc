// SPDX-License-Identifier: Apache-2.0
// Goal: shards divide the seeds, result files keep all of a campaign, and joining them is the same
// as one campaign. Method: properties over random plans, files there and back, damaged files.
#include "analysis/search/results.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "broker/base/prng.h"

namespace faultline::search {
namespace {

std::vector<uint64_t> seeds_of(const SeedPlan& plan) {
  std::vector<uint64_t> seeds;
  for (uint64_t i = 0; plan.at(i); ++i) seeds.push_back(*plan.at(i));
  return seeds;
}

Results campaign(SeedPlan seeds, std::string scenario = "{}") {
  Results results{.scenario = std::move(scenario),
                  .name = "n",
                  .file = "n.json",
                  .sets = {"a=b"},
                  .build = "one",
                  .seeds = seeds,
                  .outcomes = {}};
  for (const uint64_t seed : seeds_of(seeds)) {
    results.outcomes[seed].seed = seed;
    results.outcomes[seed].fingerprint = std::to_string(seed);
  }
  return results;
}

TEST(SeedPlan, shards_are_disjoint_and_together_all) {
  for (uint64_t round = 0; round < 300; ++round) {
    Draws draws(round, stream_id("test.shards"), 0);
    SeedPlan whole{.first = draws.below(50), .last = {}, .shard = 1, .shards = 1};
    whole.last = whole.first + draws.below(60);
    const uint64_t shards = 1 + draws.below(8);
    std::vector<uint64_t> joined;
    for (uint64_t shard = 1; shard <= shards; ++shard) {
      const SeedPlan part{whole.first, whole.last, shard, shards};
      const std::vector<uint64_t> seeds = seeds_of(part);
      EXPECT_EQ(part.count(), seeds.size());
      joined.insert(joined.end(), seeds.begin(), seeds.end());
    }
    std::ranges::sort(joined);
    EXPECT_EQ(joined, seeds_of(whole));
  }
}

TEST(SeedPlan, the_last_seed_of_all_is_reached_and_not_passed) {
  const SeedPlan plan{.first = UINT64_MAX - 2, .last = UINT64_MAX, .shard = 1, .shards = 1};
  EXPECT_EQ(seeds_of(plan).size(), 3u);
  const SeedPlan endless{.first = UINT64_MAX - 1, .last = {}, .shard = 2, .shards = 2};
  EXPECT_EQ(seeds_of(endless), (std::vector<uint64_t>{UINT64_MAX}));
  EXPECT_EQ(endless.count(), std::nullopt);
}

TEST(SeedPlan, is_read_from_text) {
  EXPECT_EQ(parse_seeds("3..5"), (SeedPlan{3, 5, 1, 1}));
  EXPECT_EQ(parse_seeds("7"), (SeedPlan{7, 7, 1, 1}));
  EXPECT_EQ(parse_seeds("7.."), (SeedPlan{7, std::nullopt, 1, 1}));
  for (const char* text : {"", "..", "5..3", "..3", "a..b", "1..2..3", "-1..4", "1...4", "1..x",
                           "18446744073709551616"})
    EXPECT_EQ(parse_seeds(text), std::nullopt) << text;
  SeedPlan seeds;
  EXPECT_TRUE(parse_shard("2/4", seeds));
  EXPECT_EQ(seeds.shard, 2u);
  for (const char* text : {"", "/", "0/2", "3/2", "1/0", "1", "a/b", "1/2/3"})
    EXPECT_FALSE(parse_shard(text, seeds)) << text;
}

TEST(Results, come_back_from_their_file) {
  const Results results = campaign({3, 9, 1, 2});
  const std::string text = to_text(results);
  const Result<Results> again = results_from_text(text);
  ASSERT_TRUE(again.has_value()) << again.error().detail;
  EXPECT_EQ(to_text(*again), text);
  EXPECT_EQ(again->seeds, results.seeds);
  EXPECT_EQ(again->outcomes.size(), 4u);
  EXPECT_EQ(again->sets, results.sets);
}

TEST(Results, of_a_damaged_file_name_the_line) {
  const std::string text = to_text(campaign({1, 3, 1, 1}));
  EXPECT_FALSE(results_from_text("").has_value());
  EXPECT_FALSE(results_from_text("hello\n").has_value());
  EXPECT_FALSE(results_from_text("{\"format\":\"other\"}\n").has_value());
  const Result<Results> cut = results_from_text(text.substr(0, text.size() - 5));
  ASSERT_FALSE(cut.has_value());
  EXPECT_TRUE(cut.error().detail.starts_with("line 4: ")) << cut.error().detail;
  for (size_t size = 0; size < text.size(); ++size)
    (void)results_from_text(std::string_view(text).substr(0, size));  // must not crash
}

TEST(Results, of_shards_join_to_those_of_the_whole) {
  const Results whole = campaign({1, 20, 1, 1});
  Results joined = campaign({1, 20, 2, 3});
  ASSERT_TRUE(merge_into(joined, campaign({1, 20, 1, 3})).has_value());
  ASSERT_TRUE(merge_into(joined, campaign({1, 20, 3, 3})).has_value());
  EXPECT_EQ(to_text(joined), to_text(whole));
}

TEST(Results, of_other_scenarios_or_programs_do_not_join) {
  Results all = campaign({1, 4, 1, 1});
  EXPECT_FALSE(merge_into(all, campaign({5, 6, 1, 1}, "{\"x\": 1}")).has_value());
  Results other = campaign({5, 6, 1, 1});
  other.build = "two";
  EXPECT_FALSE(merge_into(all, other).has_value());
  EXPECT_EQ(all.outcomes.size(), 4u);
}

TEST(Results, a_seed_that_ran_differently_has_diverged) {
  Results all = campaign({1, 4, 1, 1});
  Results other = campaign({3, 6, 1, 1});
  other.outcomes[4].fingerprint = "else";
  ASSERT_TRUE(merge_into(all, other).has_value());
  EXPECT_EQ(all.outcomes.size(), 6u);
  EXPECT_EQ(all.seeds, (SeedPlan{1, 6, 1, 1}));
  EXPECT_FALSE(all.outcomes[3].diverged);
  EXPECT_TRUE(all.outcomes[4].diverged);
}

}  // namespace
}  // namespace faultline::search
