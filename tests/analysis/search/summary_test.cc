// SPDX-License-Identifier: Apache-2.0
// Goal: failures that look alike are one group, what was covered adds up, and a build server can
// read it. Method: made-up outcomes.
#include "analysis/search/summary.h"

#include <gtest/gtest.h>

namespace faultline::search {
namespace {

Results made_up() {
  Results results{.scenario = "{}",
                  .name = "a<b>",
                  .file = "a.json",
                  .sets = {"x=\"1\""},
                  .build = "",
                  .seeds = {1, 12, 1, 1},
                  .outcomes = {}};
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    Outcome& outcome = results.outcomes[seed];
    outcome.seed = seed;
    outcome.verdict = sim::Verdict::kHeld;
    outcome.faults["kill"] = {2, seed % 2, 3, 4};
    outcome.marks = {"roll: a second segment"};
    if (seed == 1) outcome.marks.insert("log.file");
    outcome.lost_permitted = seed == 3 ? 5 : 0;
    if (seed > 9) {
      outcome.verdict = sim::Verdict::kViolated;
      outcome.is_expected = false;
      outcome.signature = seed == 11 ? "H2: x" : "S1: y";
      outcome.detail = "seed " + std::to_string(seed) + " & more";
    }
  }
  results.outcomes[4].verdict = sim::Verdict::kUnknown;
  results.outcomes[4].why_unknown = "no write was acknowledged";
  results.outcomes[5] = Outcome{};
  results.outcomes[5].seed = 5;
  results.outcomes[5].crash = "signal 6";
  results.outcomes[5].signature = "crash: signal 6";
  return results;
}

TEST(Summary, counts_and_groups) {
  const Summary summary = summarise(made_up());
  EXPECT_EQ(summary.runs, 12u);
  EXPECT_EQ(summary.held, 7u);
  EXPECT_EQ(summary.violated, 3u);
  EXPECT_EQ(summary.unknown, 1u);
  EXPECT_EQ(summary.crashed, 1u);
  EXPECT_EQ(summary.unexpected, 4u);
  EXPECT_EQ(summary.runs_with_loss, 1u);
  ASSERT_EQ(summary.groups.size(), 3u);
  EXPECT_EQ(summary.groups[0].signature, "S1: y");
  EXPECT_EQ(summary.groups[0].count, 2u);
  EXPECT_EQ(summary.groups[0].seeds, (std::vector<uint64_t>{10, 12}));
  EXPECT_EQ(summary.groups[0].detail, "seed 10 & more");
  EXPECT_EQ(summary.faults.at("kill"), (FaultTally{22, 5, 33, 44}));
  EXPECT_EQ(summary.marks.at("roll: a second segment"), 11u);
  const std::vector<std::string> missed = unreached(summary);
  EXPECT_EQ(std::ranges::count(missed, "roll: a second segment"), 0);
  EXPECT_EQ(std::ranges::count(missed, "ack: after fsync"), 1);
}

TEST(Summary, as_junit_is_escaped_and_tells_failures_from_errors) {
  const std::string text = junit(made_up());
  EXPECT_NE(text.find("<testsuite name=\"a&lt;b&gt;\" tests=\"12\" failures=\"3\" errors=\"1\" "
                      "skipped=\"1\""),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("<skipped message=\"no write was acknowledged\"/>"), std::string::npos);
  EXPECT_NE(text.find("<error message=\"crash: signal 6\">"), std::string::npos);
  EXPECT_NE(text.find("seed 10 &amp; more\nfaultline run a.json --seed 10 --set "
                      "'x=&quot;1&quot;'"),
            std::string::npos)
      << text;
  size_t cases = 0;
  for (size_t at = text.find("<testcase"); at != std::string::npos;
       at = text.find("<testcase", at + 1))
    ++cases;
  EXPECT_EQ(cases, 12u);
}

}  // namespace
}  // namespace faultline::search
