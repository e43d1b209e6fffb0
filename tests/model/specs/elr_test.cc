// SPDX-License-Identifier: Apache-2.0
// Goal: with eligible leader replicas no loss of power loses what is committed, and each rule is
// needed. Method: every reachable state at the recorded bounds. TLC finds the same of tla/Elr.tla.
#include "model/specs/elr.h"

#include "model/explore/liveness.h"
#include "model/explore/space_of.h"
#include "tests/model/specs/recorded.h"

namespace faultline::model {
namespace {

class ElrTest : public testing::TestWithParam<Recorded> {};
TEST_P(ElrTest, is_as_recorded) { expect_as_recorded(GetParam()); }

constexpr auto kSmall = "E=2,N=1,P=1,S=0", kUsual = "E=3,N=2,P=2,S=1";
constexpr auto kBroken = "EligibleHaveCommitted";

INSTANTIATE_TEST_SUITE_P(
    holds, ElrTest,
    testing::Values(Recorded{"elr", "kip-966", kSmall, true, 460, 14, "", 0},
                    Recorded{"elr", "kip-966", kUsual, true, 189'384, 24, "", 0},
                    Recorded{"elr", "kip-966", kUsual, false, 1'103'116, 24, "", 0},
                    Recorded{"elr", "kip-966", "M=1", true, 160'558, 22, "", 0},
                    Recorded{"elr", "kip-966", "E=4,P=3", true, 698'155, 28, "", 0},
                    Recorded{"elr", "b13-last-replica-standing", "P=0", true, 1'925, 17, "", 0}),
    test_name);

INSTANTIATE_TEST_SUITE_P(
    breaks, ElrTest,
    testing::Values(Recorded{"elr", "b13-last-replica-standing", kUsual, true, 0, 0, kBroken, 7},
                    Recorded{"elr", "b36-unclean-undetected", kUsual, true, 0, 0, kBroken, 8},
                    Recorded{"elr", "b11-stale-broker-epoch", kUsual, true, 0, 0, kBroken, 9},
                    Recorded{"elr", "commits-below-min-isr", kUsual, true, 0, 0, kBroken, 5},
                    Recorded{"elr", "keeps-eligible-for-ever", kUsual, true, 0, 0, "SetsAreValid",
                             5}),
    test_name);

TEST(ElrTest, somebody_leads_at_last_unless_the_controller_ignores_who_is_eligible) {
  for (const bool elects : {true, false}) {
    ElrRules rules;
    rules.elects_eligible = elects;
    const auto space = make_space(Elr(rules, {.epochs = 2, .records = 1}));
    const SearchResult found = check_liveness(*space, {});
    EXPECT_EQ(found.verdict, elects ? Verdict::kHeld : Verdict::kViolated);
    ASSERT_EQ(found.counterexample.has_value(), !elects);
    if (!elects) EXPECT_EQ(found.counterexample->property, "SomeEligibleLeads");
  }
}

}  // namespace
}  // namespace faultline::model
