// SPDX-License-Identifier: Apache-2.0
// Goal: each shipped scenario ends as it says it will, over 200 seeds of at least 60 simulated
// seconds; and the scenarios made for a rule notice that the rule is off. Method: `faultline
// check`.
#include "tests/analysis/cli/captured.h"

namespace faultline::cli {
namespace {

std::string shipped(const std::string& name) {
  return FAULTLINE_SOURCE_DIR "/scenarios/" + name + ".json";
}

class ShippedScenario : public testing::TestWithParam<const char*> {};

TEST_P(ShippedScenario, ends_as_expected_over_200_seeds) {
  const Captured captured = faultline({"check", shipped(GetParam()), "--seeds", "1..200"});
  EXPECT_EQ(captured.exit, Exit::kHeld) << captured.out << captured.err;
  EXPECT_NE(captured.out.find("200 seeds: "), std::string::npos) << captured.out;
}

INSTANTIATE_TEST_SUITE_P(, ShippedScenario,
                         testing::Values("first-light", "flush-every-message", "page-cache-only",
                                         "fsync-gate", "disk-full", "torn-tail", "clock-jump",
                                         "bad-network", "bad-disk", "housekeeping", "swarm",
                                         "swarm-in-budget"),
                         [](const testing::TestParamInfo<const char*>& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// Without the two rules about failed fsyncs, each seed must find lost records.
TEST(ScenarioMutants, fsync_gate_notices_a_broker_that_trusts_the_page_cache) {
  const Captured captured =
      faultline({"check", shipped("fsync-gate"), "--seeds", "1..10", "--set",
                 R"(rules_off=["fence_on_fsync_error", "distrust_cache_after_fsync_error"])"});
  EXPECT_EQ(captured.exit, Exit::kViolated);
  EXPECT_NE(captured.out.find("10 violated"), std::string::npos) << captured.out;
}

}  // namespace
}  // namespace faultline::cli
