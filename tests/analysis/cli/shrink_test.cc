// SPDX-License-Identifier: Apache-2.0
// Goal: `faultline shrink` takes a recorded run and gives a scenario that `run` and `why` take.
// Method: the command line in this process.
#include "tests/analysis/cli/captured.h"

namespace faultline::cli {
namespace {

constexpr const char* kBroken = R"({ "version": 1, "name": "broken",
  "cluster": { "brokers": ["b1"] }, "topics": { "orders": { "config": { "flush.messages": 1 } } },
  "clients": [ { "id": "p1", "type": "producer", "topic": "orders" } ],
  "faults": { "timeline": [ { "at": "1s", "kind": "kill" },
                            { "at": "3s", "kind": "fsync_error", "files": ".log" } ] },
  "rules_off": ["fence_on_fsync_error"], "until": { "time": "6s", "settle": "5s" } })";

TEST(ShrinkVerb, a_run_becomes_a_scenario_that_runs_and_explains) {
  const Scratch scratch;
  const std::string run = scratch.file("r.flrun"), small = scratch.file("small.json");
  ASSERT_EQ(faultline({"run", scratch.write("b.json", kBroken), "--out", run}).exit,
            Exit::kViolated);
  const Captured shrunk = faultline({"shrink", run, "-o", small});
  EXPECT_EQ(shrunk.exit, Exit::kHeld) << shrunk.err;
  EXPECT_TRUE(shrunk.out.starts_with("SHRUNK")) << shrunk.out;
  EXPECT_NE(shrunk.out.find("each fault that is left is necessary"), std::string::npos);
  EXPECT_EQ(faultline({"run", small}).exit, Exit::kViolated);
  EXPECT_EQ(faultline({"check", small, "--seeds", "1"}).exit, Exit::kHeld);  // as it expects
  EXPECT_NE(faultline({"why", small}).out.find("decides"), std::string::npos);
}

TEST(ShrinkVerb, without_a_file_the_scenario_is_the_output) {
  const Scratch scratch;
  const Captured shrunk = faultline({"shrink", scratch.write("b.json", kBroken)});
  EXPECT_TRUE(shrunk.out.starts_with("{\n")) << shrunk.out;
  EXPECT_TRUE(shrunk.err.starts_with("SHRUNK")) << shrunk.err;
  const std::string small = scratch.write("small.json", shrunk.out);
  EXPECT_EQ(faultline({"lint", small}).exit, Exit::kHeld);
}

TEST(ShrinkVerb, complaints_have_their_codes) {
  const Scratch scratch;
  const std::string file = scratch.write("b.json", kBroken);
  EXPECT_EQ(faultline({"shrink", scratch.file("missing")}).exit, Exit::kNoInput);
  EXPECT_EQ(faultline({"shrink", scratch.write("x", "no run")}).exit, Exit::kBadUsage);
  EXPECT_EQ(faultline({"shrink", file, "--budget", "soon"}).exit, Exit::kBadUsage);
  EXPECT_EQ(faultline({"shrink", file, "--property", "H4"}).exit, Exit::kUnknown);
}

}  // namespace
}  // namespace faultline::cli
