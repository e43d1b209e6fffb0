// SPDX-License-Identifier: Apache-2.0
// Goal: the five protocols and the mutants of the last are the ones studied: to the state, and to
// the step. Method: every reachable state at the recorded bounds. TLC finds the same of
// tla/Isr.tla.
#include "tests/model/specs/recorded.h"

namespace faultline::model {
namespace {

class IsrTest : public testing::TestWithParam<Recorded> {};
TEST_P(IsrTest, is_as_recorded) { expect_as_recorded(GetParam()); }

constexpr auto kTwo = "R=2,L=2,N=2,E=2,weak=0", kTwoWeak = "R=2,L=2,N=2,E=2";
constexpr auto kThree = "R=3,L=2,N=2,E=2,weak=0", kThreeWeak = "R=3,L=2,N=2,E=2";

INSTANTIATE_TEST_SUITE_P(
    two_replicas, IsrTest,
    testing::Values(Recorded{"isr", "high-watermark", kTwo, false, 10'131, 20, "StrongIsr", 9},
                    Recorded{"isr", "high-watermark", kTwoWeak, false, 10'131, 20, "WeakIsr", 8},
                    Recorded{"isr", "kip-101", kTwo, false, 9'045, 18, "StrongIsr", 11},
                    Recorded{"isr", "kip-279", kTwoWeak, false, 9'027, 18, "", 0},
                    Recorded{"isr", "kip-320-first-try", kTwoWeak, false, 8'429, 18, "", 0},
                    Recorded{"isr", "kip-320", kTwoWeak, false, 5'973, 18, "", 0}),
    test_name);

INSTANTIATE_TEST_SUITE_P(
    three_replicas, IsrTest,
    testing::Values(Recorded{"isr", "high-watermark", kThree, false, 1'988'158, 28, "StrongIsr", 8},
                    Recorded{"isr", "kip-101", kThree, false, 1'613'089, 26, "StrongIsr", 10},
                    Recorded{"isr", "kip-279", kThree, false, 1'616'461, 26, "StrongIsr", 10},
                    Recorded{"isr", "kip-320-first-try", kThree, false, 1'437'076, 28, "StrongIsr",
                             12},
                    Recorded{"isr", "kip-320", kThreeWeak, false, 737'794, 26, "", 0}),
    test_name);

INSTANTIATE_TEST_SUITE_P(
    three_replicas_by_symmetry, IsrTest,
    testing::Values(Recorded{"isr", "high-watermark", kThree, true, 332'037, 28, "StrongIsr", 8},
                    Recorded{"isr", "kip-101", kThree, true, 269'488, 26, "StrongIsr", 10},
                    Recorded{"isr", "kip-279", kThree, true, 270'050, 26, "StrongIsr", 10},
                    Recorded{"isr", "kip-320-first-try", kThree, true, 240'028, 28, "StrongIsr",
                             12},
                    Recorded{"isr", "kip-320", kThreeWeak, true, 123'311, 26, "", 0}),
    test_name);

constexpr auto kM4 = "R=3,L=3,N=3,E=3,weak=0";
INSTANTIATE_TEST_SUITE_P(
    a_missing_rule, IsrTest,
    testing::Values(
        Recorded{"isr", "m1-isr-expand-before-epoch-start", kThree, true, 0, 0, "StrongIsr", 11},
        Recorded{"isr", "m2-unfenced-truncation", kThree, true, 0, 0, "StrongIsr", 13},
        Recorded{"isr", "m3-unfenced-high-watermark", kThree, true, 0, 0, "StrongIsr", 12},
        Recorded{"isr", "m5-unfenced-expand", kThree, true, 0, 0, "StrongIsr", 14},
        Recorded{"isr", "m4-unfenced-fetch", kM4, true, 0, 0, "StrongIsr", 16}),
    test_name);

}  // namespace
}  // namespace faultline::model
