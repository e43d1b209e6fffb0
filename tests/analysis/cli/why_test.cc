// SPDX-License-Identifier: Apache-2.0
// Goal: `faultline why` takes what people have at hand and complains about the rest. Method: the
// command line in this process, on a scenario, a recorded run, and files that are neither.
#include <nlohmann/json.hpp>

#include "tests/analysis/cli/captured.h"

namespace faultline::cli {
namespace {

constexpr const char* kLoss = R"({ "version": 1, "name": "loss", "cluster": { "brokers": ["b1"] },
  "topics": { "orders": {} },
  "clients": [ { "id": "p1", "type": "producer", "topic": "orders" } ],
  "faults": { "timeline": [ { "at": "3s", "kind": "power_loss", "keep": 0 } ] },
  "until": { "time": "6s", "settle": "3s" } })";

TEST(Why, a_scenario_and_its_recorded_run_have_one_story) {
  const Scratch scratch;
  const std::string file = scratch.write("loss.json", kLoss);
  const std::string run = scratch.file("loss.flrun");
  ASSERT_EQ(faultline({"run", file, "--out", run}).exit, Exit::kHeld);
  const Captured of_run = faultline({"why", run});
  EXPECT_EQ(of_run.exit, Exit::kHeld) << of_run.err;
  EXPECT_NE(of_run.out.find("permitted loss H2"), std::string::npos) << of_run.out;
  EXPECT_EQ(faultline({"why", file}).out, of_run.out);
  EXPECT_NE(faultline({"why", file, "--seed", "2"}).out, of_run.out);
  EXPECT_EQ(faultline({"why", run, "--seed", "2"}).exit, Exit::kBadUsage);
}

TEST(Why, json_names_the_steps) {
  const Scratch scratch;
  const Captured captured = faultline({"why", scratch.write("loss.json", kLoss), "--json"});
  const nlohmann::json told = nlohmann::json::parse(captured.out);
  EXPECT_EQ(told["verdict"], "held");
  EXPECT_GE(told["steps"].size(), 4u);
  EXPECT_FALSE(told["disk"].empty());
}

TEST(Why, what_is_no_run_is_bad_usage) {
  const Scratch scratch;
  EXPECT_EQ(faultline({"why", scratch.file("missing")}).exit, Exit::kNoInput);
  EXPECT_EQ(faultline({"why", scratch.write("x", "hello")}).exit, Exit::kBadUsage);
  EXPECT_EQ(faultline({"why", scratch.write("e", "")}).exit, Exit::kBadUsage);
  EXPECT_EQ(faultline({"why", scratch.write("b", "{ \"version\": 1")}).exit, Exit::kBadUsage);
  EXPECT_EQ(faultline({"why", scratch.write("l", kLoss), "--property", "H9"}).exit,
            Exit::kBadUsage);
}

}  // namespace
}  // namespace faultline::cli
