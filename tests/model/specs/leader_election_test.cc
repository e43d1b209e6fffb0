// SPDX-License-Identifier: Apache-2.0
// Goal: the ring elects its largest number, in the recorded states, and leaving out what commutes
// loses no verdict. Method: every reachable state; TLC and Spin count the same of tla/ and
// promela/.
#include "model/specs/leader_election.h"

#include "model/explore/space_of.h"
#include "tests/model/specs/recorded.h"

namespace faultline::model {
namespace {

class LeaderElectionTest : public testing::TestWithParam<Recorded> {};
TEST_P(LeaderElectionTest, is_as_recorded) { expect_as_recorded(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    all, LeaderElectionTest,
    testing::Values(Recorded{"leader-election", "ordered", "N=3", false, 70, 16, "", 0},
                    Recorded{"leader-election", "ordered", "N=4", false, 618, 29, "", 0},
                    Recorded{"leader-election", "ordered", "N=5", false, 7'296, 36, "", 0},
                    Recorded{"leader-election", "ordered", "N=6", false, 109'112, 43, "", 0},
                    Recorded{"leader-election", "unordered", "N=3", false, 0, 0, "LargestWins", 10},
                    Recorded{"leader-election", "unordered", "N=4", false, 0, 0, "LargestWins", 13},
                    Recorded{"leader-election", "silent", "N=3", false, 0, 0, "deadlock", 13}),
    test_name);

// Spin 6.5.2 with its own reduction stores 57, 433, 4,473 and 58,953 states.
TEST(LeaderElectionTest, reduced_it_needs_no_more_states_than_spin) {
  const std::array<uint64_t, 4> spin = {57, 433, 4'473, 58'953};
  for (unsigned nodes = 3; nodes <= 6; ++nodes) {
    const auto space = make_space(LeaderElection(nodes, true, true));
    const SearchResult found = search_breadth_first(*space, {.reduce = true});
    EXPECT_EQ(found.verdict, Verdict::kHeld);
    EXPECT_LE(found.distinct, spin[nodes - 3]);
  }
}

TEST(LeaderElectionTest, reduced_it_still_finds_what_is_wrong) {
  for (const bool in_order : {true, false}) {
    const auto space = make_space(LeaderElection(4, in_order, !in_order));
    const SearchResult found = search_breadth_first(*space, {.reduce = true});
    EXPECT_EQ(found.verdict, Verdict::kViolated);
    ASSERT_TRUE(found.counterexample);
    EXPECT_EQ(found.counterexample->property, in_order ? "deadlock" : "LargestWins");
  }
}

}  // namespace
}  // namespace faultline::model
