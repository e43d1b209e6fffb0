// SPDX-License-Identifier: Apache-2.0
// Goal: the broker's idempotence window holds in every interleaving at the recorded bounds, and
// each of its rules is needed: without it a run of at most 15 steps goes wrong. Method: every
// reachable state; the functions explored are those that the broker links.
#include "tests/model/specs/recorded.h"

namespace faultline::model {
namespace {

class IdempotenceTest : public testing::TestWithParam<Recorded> {};
TEST_P(IdempotenceTest, is_as_recorded) { expect_as_recorded(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    all, IdempotenceTest,
    testing::Values(
        Recorded{"idempotence", "as-served", "P=1,E=2,N=3", false, 392'495, 24, "", 0},
        Recorded{"idempotence", "as-served", "P=2,E=1,N=2", false, 118'334, 19, "", 0},
        Recorded{"idempotence", "b70-appends-duplicates", "N=3", false, 0, 0, "AppearsOnce", 3},
        Recorded{"idempotence", "b71-accepts-gaps", "N=3", false, 0, 0, "NoHoles", 5},
        Recorded{"idempotence", "b72-unknown-producer-starts-anywhere", "N=3", false, 0, 0,
                 "NoHoles", 3},
        Recorded{"idempotence", "b73-forgets-with-the-log", "N=3", false, 0, 0, "TakesWhatIsNext",
                 6},
        Recorded{"idempotence", "b75-window-outlives-epoch", "N=3", false, 0, 0, "TakesWhatIsNext",
                 9},
        Recorded{"idempotence", "accepts-zombies", "N=3", false, 0, 0, "EpochsNeverFall", 5}),
    test_name);

// Two producers with two epochs each. By symmetry, and without: the verdicts agree, and so nearly
// half of the states do.
constexpr auto kTwice = "P=2,E=2,N=3,S=3", kFour = "P=2,E=2,N=3,S=4", kFive = "P=2,E=2,N=3,S=5";
INSTANTIATE_TEST_SUITE_P(
    two_producers, IdempotenceTest,
    testing::Values(Recorded{"idempotence", "as-served", "P=2,E=2,N=1", false, 132'096, 20, "", 0},
                    Recorded{"idempotence", "as-served", kTwice, false, 244'124, 18, "", 0},
                    Recorded{"idempotence", "as-served", kTwice, true, 122'067, 18, "", 0},
                    Recorded{"idempotence", "as-served", kFour, true, 1'733'456, 21, "", 0},
                    Recorded{"idempotence", "b70-appends-duplicates", kFour, true, 0, 0,
                             "AppearsOnce", 3},
                    Recorded{"idempotence", "b75-window-outlives-epoch", kFour, true, 0, 0,
                             "TakesWhatIsNext", 9}),
    test_name);

// Some 80 CPU seconds and 1 GiB: --gtest_also_run_disabled_tests --gtest_filter='*five_batches*'.
INSTANTIATE_TEST_SUITE_P(DISABLED_five_batches, IdempotenceTest,
                         testing::Values(Recorded{"idempotence", "as-served", kFive, true,
                                                  19'006'205, 24, "", 0}),
                         test_name);

}  // namespace
}  // namespace faultline::model
