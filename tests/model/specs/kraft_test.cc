// SPDX-License-Identifier: Apache-2.0
// Goal: pull-Raft with pre-vote and change of voters holds, and each of its rules is needed.
// Method: every reachable state at the recorded bounds. TLC finds the same of tla/Kraft.tla at the
// small ones.
#include "model/specs/kraft.h"

#include "model/explore/liveness.h"
#include "model/explore/space_of.h"
#include "tests/model/specs/recorded.h"

namespace faultline::model {
namespace {

class KraftTest : public testing::TestWithParam<Recorded> {};
TEST_P(KraftTest, is_as_recorded) { expect_as_recorded(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    holds, KraftTest,
    testing::Values(Recorded{"kraft", "kip-996", "E=2,N=0", false, 25'274, 27, "", 0},
                    Recorded{"kraft", "kip-996", "E=2,N=0", true, 4'294, 27, "", 0},
                    Recorded{"kraft", "kip-996", "E=2,N=1", true, 23'124, 32, "", 0},
                    Recorded{"kraft", "kip-996", "E=3,N=1", true, 225'592, 40, "", 0},
                    Recorded{"kraft", "kip-996", "E=2,N=0,C=2", true, 62'527, 40, "", 0},
                    Recorded{"kraft", "kip-996", "E=3,N=0,C=1,V=2", true, 83'217, 43, "", 0},
                    Recorded{"kraft", "kip-996", "E=2,N=0,K=1", true, 22'527, 29, "", 0},
                    Recorded{"kraft", "kip-996", "E=2,N=0,D=1", true, 11'568, 31, "", 0}),
    test_name);

INSTANTIATE_TEST_SUITE_P(breaks, KraftTest,
                         testing::Values(Recorded{"kraft", "b57-pre-votes-count", "E=2", false, 0,
                                                  0, "OneLeaderPerEpoch", 8},
                                         Recorded{"kraft", "b08-diverging-fetch-counts", "E=3,N=0",
                                                  true, 0, 0, "CommittedSurvives", 18},
                                         Recorded{"kraft", "b51-commits-older-epoch", "E=4,N=0",
                                                  true, 0, 0, "CommittedSurvives", 26},
                                         Recorded{"kraft", "b54-changes-pipelined", "C=2,N=0", true,
                                                  0, 0, "CommittedSurvives", 17},
                                         Recorded{"kraft", "b55-reused-identity", "D=1,N=0", true,
                                                  0, 0, "OneLeaderPerEpoch", 11}),
                         test_name);

TEST(KraftTest, somebody_leads_at_last_unless_followers_trust_a_silent_leader) {
  for (const bool doubts : {true, false}) {
    KraftRules rules;
    rules.fetch_times_out = doubts;
    const auto space = make_space(Kraft(rules, {.records = 0, .restarts = 1}));
    const SearchResult found = check_liveness(*space, {});
    EXPECT_EQ(found.verdict, doubts ? Verdict::kHeld : Verdict::kViolated);
    ASSERT_EQ(found.counterexample.has_value(), !doubts);
    if (!doubts) EXPECT_EQ(found.counterexample->property, "SomeoneLeads");
  }
}

}  // namespace
}  // namespace faultline::model
