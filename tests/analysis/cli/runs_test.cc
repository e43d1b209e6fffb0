// SPDX-License-Identifier: Apache-2.0
// Goal: run, replay, check, events and diff agree with each other about one run. Method: a small
// scenario through all verbs in one process.
#include "tests/analysis/cli/captured.h"

namespace faultline::cli {
namespace {

// "HELD  small  seed 3  fingerprint X" -> X.
std::string fingerprint_of(const std::string& out) {
  const size_t at = out.find("fingerprint ");
  return at == std::string::npos ? "" : out.substr(at + 12, 32);
}

TEST(Runs, the_verdict_comes_first_and_then_how_to_see_it_again) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const Captured captured = faultline({"run", file, "--seed", "5", "--set", "clients[0].acks=1"});
  EXPECT_EQ(captured.exit, Exit::kHeld) << captured.out;
  EXPECT_TRUE(captured.out.starts_with("HELD      small  seed 5  fingerprint ")) << captured.out;
  const std::string second = captured.out.substr(captured.out.find('\n') + 1);
  EXPECT_TRUE(second.starts_with("  replay    faultline run " + file +
                                 " --seed 5 --set 'clients[0].acks=1'\n"))
      << captured.out;
}

TEST(Runs, a_permitted_loss_is_reported_and_is_no_violation) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const Captured captured = faultline({"run", file});
  EXPECT_EQ(captured.exit, Exit::kHeld);
  EXPECT_NE(captured.out.find("each with permission"), std::string::npos) << captured.out;
  const Captured flushed =
      faultline({"run", file, "--set", "topics.orders.config.flush.messages=1"});
  EXPECT_EQ(flushed.exit, Exit::kHeld);
  EXPECT_EQ(flushed.out.find("each with permission"), std::string::npos) << flushed.out;
}

TEST(Runs, a_recorded_run_replays_to_the_same_fingerprint) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const std::string run = scratch.file("r.flrun");
  const Captured first = faultline({"run", file, "--out", run});
  ASSERT_EQ(first.exit, Exit::kHeld);
  const Captured again = faultline({"replay", run});
  EXPECT_EQ(again.exit, Exit::kHeld) << again.err;
  EXPECT_EQ(fingerprint_of(again.out), fingerprint_of(first.out));
  EXPECT_NE(again.out.find("equal bit for bit"), std::string::npos);
}

TEST(Runs, the_plan_of_a_seed_can_be_printed_written_and_run) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const std::string plan = scratch.file("plan.json");
  const Captured printed = faultline({"run", file, "--seed", "5", "--plan-out", "-"});
  EXPECT_EQ(printed.exit, Exit::kHeld);
  EXPECT_TRUE(printed.out.starts_with("{\n  \"seed\": 5,\n  \"timeline\": [")) << printed.out;
  const Captured seed = faultline({"run", file, "--seed", "5", "--plan-out", plan});
  const Captured planned = faultline({"run", file, "--plan", plan});
  EXPECT_EQ(fingerprint_of(planned.out), fingerprint_of(seed.out)) << planned.out << planned.err;
  EXPECT_NE(planned.out.find("--seed 5 --plan " + plan), std::string::npos) << planned.out;
  const std::string none = scratch.write("none.json", R"({ "timeline": [] })");
  const Captured calm = faultline({"run", file, "--plan", none});
  EXPECT_EQ(calm.exit, Exit::kHeld) << calm.out;
  EXPECT_EQ(calm.out.find("faults "), std::string::npos) << calm.out;
  EXPECT_EQ(faultline({"run", file, "--plan", scratch.file("absent")}).exit, Exit::kNoInput);
}

TEST(Runs, diff_tells_equal_runs_from_different_ones) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const std::string a = scratch.file("a"), b = scratch.file("b"), c = scratch.file("c");
  faultline({"run", file, "--out", a});
  faultline({"run", file, "--out", b});
  faultline({"run", file, "--seed", "4", "--out", c});
  EXPECT_EQ(faultline({"diff", a, b}).exit, Exit::kHeld);
  const Captured different = faultline({"diff", a, c});
  EXPECT_EQ(different.exit, Exit::kDiverged);
  EXPECT_NE(different.out.find("the runs part at event"), std::string::npos) << different.out;
}

TEST(Runs, events_are_selected_by_node_and_kind) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const std::string run = scratch.file("r");
  faultline({"run", file, "--out", run});
  const std::string crashes =
      faultline({"events", run, "--node", "b1", "--kind", "node.crashed"}).out;
  EXPECT_EQ(std::count(crashes.begin(), crashes.end(), '\n'), 1) << crashes;
  EXPECT_NE(crashes.find("how: \"power_loss\""), std::string::npos);
  const std::string json = faultline({"events", run, "--kind", "fault", "--json"}).out;
  EXPECT_TRUE(json.starts_with("{\"index\":")) << json;
  EXPECT_EQ(faultline({"events", run, "--kind", "nothing"}).exit, Exit::kBadUsage);
  EXPECT_EQ(faultline({"events", run, "--node", "b9"}).exit, Exit::kBadUsage);
}

TEST(Runs, a_broken_rule_is_a_violation_and_its_expectation_makes_a_campaign_pass) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  // The broker acknowledges a retry although an fsync dropped the record's page.
  const std::vector<std::string> mutant = {
      "--set", R"(rules_off=["fence_on_fsync_error", "distrust_cache_after_fsync_error"])",
      "--set", "topics.orders.config.flush.messages=1",
      "--set", "clients[0].value_size=9KiB",
      "--set", R"(faults.timeline=[{"at": "1s", "kind": "fsync_error", "files": ".log"},
                                   {"at": "3s", "kind": "power_loss"}])"};
  std::vector<std::string> arguments = {"check", file, "--seeds", "1..6"};
  arguments.insert(arguments.end(), mutant.begin(), mutant.end());
  const Captured unexpected = faultline(arguments);
  EXPECT_EQ(unexpected.exit, Exit::kViolated) << unexpected.out;
  EXPECT_NE(unexpected.out.find("see       faultline run"), std::string::npos) << unexpected.out;
  arguments.insert(arguments.end(), {"--set", "expect=violated"});
  EXPECT_EQ(faultline(arguments).exit, Exit::kHeld);
}

TEST(Runs, check_counts_what_run_says) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const Captured summary = faultline({"check", file, "--seeds", "3..5"});
  EXPECT_EQ(summary.exit, Exit::kHeld) << summary.out;
  EXPECT_NE(summary.out.find("3 seeds: 3 held"), std::string::npos) << summary.out;
  const Captured lines = faultline({"check", file, "--seeds", "3..3", "--fingerprints", "--twice"});
  EXPECT_EQ(lines.exit, Exit::kHeld);
  const std::string fingerprint = fingerprint_of(faultline({"run", file, "--seed", "3"}).out);
  EXPECT_EQ(lines.out, "3 " + fingerprint + " held\n3 " + fingerprint + " held\n");
  EXPECT_EQ(faultline({"check", file, "--seeds", "5..3"}).exit, Exit::kBadUsage);
}

TEST(Runs, json_is_one_object_a_line) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const std::string out = faultline({"run", file, "--json"}).out;
  EXPECT_TRUE(out.starts_with("{\"scenario\":\"small\",\"seed\":3,")) << out;
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1);
}

}  // namespace
}  // namespace faultline::cli
