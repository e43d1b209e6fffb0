// SPDX-License-Identifier: Apache-2.0
// Goal: two of three fsyncs are needed, or recovery instead; and a vote must last. Method: every
// reachable state at the recorded bounds. TLC finds the same of tla/FsyncRaft.tla at the small
// ones.
#include "tests/model/specs/recorded.h"

namespace faultline::model {
namespace {

class FsyncRaftTest : public testing::TestWithParam<Recorded> {};
TEST_P(FsyncRaftTest, is_as_recorded) { expect_as_recorded(GetParam()); }

constexpr auto kRaft = "fsync-raft", kSmall = "L=1,N=1", kTwo = "R=3", kTwice = "T=3,P=2,L=1,N=3";

INSTANTIATE_TEST_SUITE_P(
    holds, FsyncRaftTest,
    testing::Values(Recorded{kRaft, "lazy-leader", kSmall, false, 12'933, 16, "", 0},
                    Recorded{kRaft, "lazy-leader", kSmall, true, 2'254, 16, "", 0},
                    Recorded{kRaft, "eager-leader", kSmall, false, 9'036, 16, "", 0},
                    Recorded{kRaft, "recovery-instead-of-fsync", kSmall, false, 22'296, 16, "", 0},
                    Recorded{kRaft, "lazy-leader", kTwo, false, 116'664, 22, "", 0},
                    Recorded{kRaft, "eager-leader", kTwo, false, 62'268, 23, "", 0},
                    Recorded{kRaft, "recovery-instead-of-fsync", kTwo, false, 244'911, 21, "", 0},
                    Recorded{kRaft, "lazy-leader", kTwice, true, 34'407, 23, "", 0},
                    Recorded{kRaft, "recovery-instead-of-fsync", kTwice, true, 53'434, 22, "", 0}),
    test_name);

INSTANTIATE_TEST_SUITE_P(
    breaks, FsyncRaftTest,
    testing::Values(
        Recorded{kRaft, "b14-no-fsync", kTwo, false, 0, 0, "CommittedSurvives", 10},
        Recorded{kRaft, "b50-follower-acks-unsynced", kTwo, false, 0, 0, "CommittedSurvives", 11},
        Recorded{kRaft, "b50-leader-counts-unsynced", kTwo, false, 0, 0, "CommittedSurvives", 11},
        Recorded{kRaft, "b48-vote-not-durable", kTwo, false, 0, 0, "OneLeaderPerTerm", 7},
        Recorded{kRaft, "b47-vote-erased", kTwo, false, 0, 0, "OneLeaderPerTerm", 7},
        Recorded{kRaft, "b49-leader-resumes", kTwo, false, 0, 0, "OneRecordPerPlace", 7}),
    test_name);

}  // namespace
}  // namespace faultline::model
