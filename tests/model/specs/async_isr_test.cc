// SPDX-License-Identifier: Apache-2.0
// Goal: KIP-497 holds and each of its rules is needed, in exactly the recorded states and steps.
// Method: every reachable state at the recorded bounds. TLC finds the same of tla/AsyncIsr.tla.
#include "model/specs/async_isr.h"

#include "model/explore/liveness.h"
#include "model/explore/space_of.h"
#include "tests/model/specs/recorded.h"

namespace faultline::model {
namespace {

class AsyncIsrTest : public testing::TestWithParam<Recorded> {};
TEST_P(AsyncIsrTest, is_as_recorded) { expect_as_recorded(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    all, AsyncIsrTest,
    testing::Values(
        Recorded{"async-isr", "kip-497", "R=3,O=2,V=4", false, 134'008, 25, "", 0},
        Recorded{"async-isr", "kip-497", "R=3,O=2,V=4", true, 67'010, 25, "", 0},
        Recorded{"async-isr", "b09-nonmaximal-isr", "R=3", false, 0, 0, "ValidHighWatermark", 6},
        Recorded{"async-isr", "b18-stale-request", "R=3", false, 0, 0, "ValidHighWatermark", 6},
        Recorded{"async-isr", "b18-stale-request", "V=2", false, 0, 0, "ValidHighWatermark", 6},
        Recorded{"async-isr", "b18-stale-request", "V=1", false, 616, 13, "", 0},
        Recorded{"async-isr", "forgets-older-proposals", "R=3", false, 0, 0, "ValidHighWatermark",
                 7},
        Recorded{"async-isr", "expands-below-high-watermark", "R=3", false, 0, 0,
                 "HighWatermarkNeverFalls", 5}),
    test_name);

TEST(AsyncIsrTest, the_leader_catches_up_unless_answers_alone_tell_it) {
  for (const bool by_metadata : {true, false}) {
    AsyncIsrRules rules;
    rules.learn_what_was_accepted = by_metadata;
    const auto space = make_space(AsyncIsrModel(rules, {.last_version = 2}));
    EXPECT_EQ(check_liveness(*space, {}).verdict,
              by_metadata ? Verdict::kHeld : Verdict::kViolated);
  }
}

}  // namespace
}  // namespace faultline::model
