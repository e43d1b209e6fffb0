// SPDX-License-Identifier: Apache-2.0
// Goal: whatever happens to the machine, a log comes back as a run of what was appended, with all
// that was flushed; and this property notices when a storage rule is missing. Method: random
// stories (log_story.h), through RapidCheck so that they shrink; each rule of B32..B35 switched off
// must be found out.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <rapidcheck/state.h>

#include "tests/broker/log/log_story.h"

namespace faultline::log {
namespace {

struct NoModel {};

struct Play : rc::state::Command<NoModel, LogStory> {
  Play() {
    Draws draws(*rc::gen::arbitrary<uint64_t>(), 1, 1);
    step = random_step(draws);
  }
  void run(const NoModel&, LogStory& story) const override {
    const std::string wrong = story.play(step);
    if (!wrong.empty()) RC_FAIL(wrong);
  }
  void show(std::ostream& out) const override { out << to_string(step); }
  Step step;
};

TEST(LogProperty, a_log_is_a_run_of_what_was_appended_with_all_that_was_flushed) {
  const bool holds = rc::check([] {
    LogStory story{LogRules()};
    rc::state::check(NoModel(), story, rc::state::gen::execOneOfWithArgs<Play>());
  });
  EXPECT_TRUE(holds);
}

// The first violation in `stories` random stories; empty when there is none.
std::string find_violation(const LogRules& rules, uint64_t stories, std::string* told) {
  for (uint64_t seed = 0; seed < stories; ++seed) {
    Draws draws(seed, stream_id("story"), 0);
    LogStory story(rules);
    told->clear();
    for (int i = 0; i < 60; ++i) {
      const Step step = random_step(draws);
      *told += to_string(step) + "\n";
      const std::string wrong = story.play(step);
      if (!wrong.empty()) return wrong + " (seed " + std::to_string(seed) + ")";
    }
  }
  return "";
}

TEST(LogProperty, holds_in_many_long_stories) {
  std::string told;
  EXPECT_EQ(find_violation(LogRules(), 1500, &told), "") << told;
}

class Mutant : public ::testing::TestWithParam<std::pair<const char*, bool StorageRules::*>> {};

TEST_P(Mutant, is_found_out) {
  LogRules rules;
  rules.storage.*GetParam().second = false;
  std::string told;
  const std::string wrong = find_violation(rules, 2000, &told);
  EXPECT_NE(wrong, "");
  RecordProperty("violation", wrong);
}

INSTANTIATE_TEST_SUITE_P(
    LogProperty, Mutant,
    ::testing::Values(
        std::pair{"B31_fence_on_fsync_error", &StorageRules::fence_on_fsync_error},
        std::pair{"B31_distrust_cache_after_fsync_error",
                  &StorageRules::distrust_cache_after_fsync_error},
        std::pair{"B32_delete_clean_marker_on_start", &StorageRules::delete_clean_marker_on_start},
        std::pair{"B32_mark_clean_only_if_loaded", &StorageRules::mark_clean_only_if_loaded},
        std::pair{"B33_verify_crc_on_recovery", &StorageRules::verify_crc_on_recovery},
        std::pair{"B33_stop_at_first_bad_batch", &StorageRules::stop_at_first_bad_batch},
        std::pair{"B34_sync_directory_after_create", &StorageRules::sync_directory_after_create},
        std::pair{"B35_sync_snapshot_before_rename", &StorageRules::sync_snapshot_before_rename},
        std::pair{"B37_clamp_high_watermark_to_log_end",
                  &StorageRules::clamp_high_watermark_to_log_end},
        std::pair{"recover_last_flushed_segment", &StorageRules::recover_last_flushed_segment}),
    [](const auto& info) { return std::string(info.param.first); });

}  // namespace
}  // namespace faultline::log
