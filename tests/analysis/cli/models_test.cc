// SPDX-License-Identifier: Apache-2.0
// Goal: `faultline model` answers with the exit codes of every other verb, says the same for any
// number of threads, and writes counterexamples that `events` and `diff` read. Method: command
// lines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/analysis/cli/captured.h"

namespace faultline::cli {
namespace {

using testing::HasSubstr;

TEST(ModelVerbTest, lists_every_model_with_its_variants) {
  const Captured list = faultline({"model", "list"});
  EXPECT_EQ(list.exit, Exit::kHeld);
  EXPECT_THAT(list.out, HasSubstr("two-phase-commit"));
  EXPECT_THAT(list.out, HasSubstr("kip-320"));
}

TEST(ModelVerbTest, exits_with_the_verdict) {
  EXPECT_EQ(faultline({"model", "check", "two-phase-commit"}).exit, Exit::kHeld);
  EXPECT_EQ(faultline({"model", "check", "two-phase-commit", "--variant", "hasty"}).exit,
            Exit::kViolated);
  const Captured cut = faultline({"model", "check", "two-phase-commit", "--max-states", "10"});
  EXPECT_EQ(cut.exit, Exit::kUnknown);
  EXPECT_THAT(cut.out, HasSubstr("more than 10 states"));
  EXPECT_EQ(faultline({"model", "simulate", "two-phase-commit"}).exit, Exit::kUnknown);
  EXPECT_EQ(faultline({"model", "check", "two-phase-commit", "--bitstate", "1"}).exit,
            Exit::kUnknown);
}

TEST(ModelVerbTest, bad_input_is_refused_with_what_there_is) {
  const Captured model = faultline({"model", "check", "paxos"});
  EXPECT_EQ(model.exit, Exit::kBadUsage);
  const Captured variant = faultline({"model", "check", "two-phase-commit", "--variant", "x"});
  EXPECT_EQ(variant.exit, Exit::kBadUsage);
  EXPECT_THAT(variant.err, HasSubstr("correct, hasty"));
  for (const char* set : {"N=0", "N=99999999999999999999", "N", "R=1", "N=", "N=1,"})
    EXPECT_EQ(faultline({"model", "check", "two-phase-commit", "--set", set}).exit, Exit::kBadUsage)
        << set;
  EXPECT_EQ(faultline({"model", "check", "two-phase-commit", "--symmetry"}).exit, Exit::kBadUsage);
  EXPECT_EQ(faultline({"model", "check", "two-phase-commit", "--reduce"}).exit, Exit::kBadUsage);
  EXPECT_EQ(faultline({"model", "check", "two-phase-commit", "--resume"}).exit, Exit::kBadUsage);
}

TEST(ModelVerbTest, says_the_same_for_any_number_of_threads) {
  const auto without_time = [](const std::string& text) {
    auto json = nlohmann::json::parse(text);
    json.erase("seconds");
    return json.dump();
  };
  std::string first;
  for (const char* jobs : {"1", "2", "5", "0"}) {
    const Captured checked = faultline({"model", "check", "isr", "--variant", "kip-101", "--set",
                                        "R=2", "--continue", "--json", "--jobs", jobs});
    EXPECT_EQ(checked.exit, Exit::kViolated);
    if (first.empty()) first = without_time(checked.out);
    EXPECT_EQ(without_time(checked.out), first) << jobs;
  }
  EXPECT_THAT(first, HasSubstr("\"distinct\":9045"));
}

TEST(ModelVerbTest, turns_a_counterexample_into_a_scenario_that_fails_alike) {
  const Scratch scratch;
  const std::string run = scratch.file("b71.flrun");
  EXPECT_EQ(faultline({"model", "check", "idempotence", "--variant", "b71", "--out", run}).exit,
            Exit::kBadUsage)
      << "no variant has that name";
  EXPECT_EQ(
      faultline({"model", "check", "idempotence", "--variant", "b71-accepts-gaps", "--out", run})
          .exit,
      Exit::kViolated);
  const Captured broken = faultline({"model", "schedule", run});
  const Captured sound = faultline({"model", "schedule", run, "--all-rules"});
  EXPECT_EQ(broken.exit, Exit::kHeld);
  scratch.write("broken.json", broken.out);
  scratch.write("sound.json", sound.out);
  EXPECT_EQ(faultline({"run", scratch.file("broken.json")}).exit, Exit::kViolated);
  EXPECT_EQ(faultline({"run", scratch.file("sound.json")}).exit, Exit::kHeld);
  EXPECT_EQ(faultline({"model", "schedule", scratch.file("sound.json")}).exit, Exit::kBadUsage);
  EXPECT_EQ(faultline({"model", "schedule", scratch.file("none.flrun")}).exit, Exit::kNoInput);
}

TEST(ModelVerbTest, writes_a_run_that_events_and_diff_read) {
  const Scratch scratch;
  const std::string hasty = scratch.file("hasty.flrun");
  const std::string other = scratch.file("other.flrun");
  EXPECT_EQ(
      faultline({"model", "check", "two-phase-commit", "--variant", "hasty", "--out", hasty}).exit,
      Exit::kViolated);
  EXPECT_EQ(faultline({"model", "simulate", "two-phase-commit", "--variant", "hasty", "--seed", "3",
                       "--out", other})
                .exit,
            Exit::kViolated);
  const Captured events = faultline({"events", hasty, "--kind", "model.step"});
  EXPECT_EQ(std::ranges::count(events.out, '\n'), 4);
  EXPECT_THAT(events.out, HasSubstr("action: \"Learn\""));
  EXPECT_EQ(faultline({"diff", hasty, hasty}).exit, Exit::kHeld);
  EXPECT_EQ(faultline({"diff", hasty, other}).exit, Exit::kDiverged);
}

TEST(ModelVerbTest, writes_a_run_that_why_explains) {
  const Scratch scratch;
  const std::string run = scratch.file("b71.flrun");
  faultline({"model", "check", "idempotence", "--variant", "b71-accepts-gaps", "--out", run});
  const Captured why = faultline({"why", run});
  EXPECT_EQ(why.exit, Exit::kViolated);
  EXPECT_THAT(why.out, HasSubstr("VIOLATED  idempotence/b71-accepts-gaps"));
  EXPECT_THAT(why.out, HasSubstr("violation NoHoles: a property of the model idempotence"));
  EXPECT_THAT(why.out, HasSubstr("a batch that overtook another is taken"));
  EXPECT_THAT(why.out, HasSubstr("step 4  p0      Send(p0 epoch 0 batch 2)"));
  EXPECT_THAT(why.out, HasSubstr("log: empty, p0e0s0 (step 3), p0e0s0 p0e0s2 (step 5)"));
  const size_t again = why.out.find("faultline model check idempotence");
  ASSERT_NE(again, std::string::npos);
  EXPECT_EQ(faultline({"why", run, "--property", "NoHoles"}).out, why.out);
  EXPECT_EQ(faultline({"why", run, "--property", "H1"}).exit, Exit::kBadUsage);
  EXPECT_THAT(faultline({"why", run, "--json"}).out, HasSubstr(R"("property":"NoHoles")"));

  const std::string lasso = scratch.file("lasso.flrun");
  faultline({"model", "check", "async-isr", "--variant", "b18-lost-answer", "--set", "V=2", "--out",
             lasso});
  EXPECT_THAT(faultline({"why", lasso}).out, HasSubstr("repeat for ever"));
}

TEST(ModelVerbTest, writes_a_run_that_report_draws_and_others_refuse_in_words) {
  const Scratch scratch;
  const std::string run = scratch.file("b71.flrun");
  const std::string page = scratch.file("b71.html");
  faultline({"model", "check", "idempotence", "--variant", "b71-accepts-gaps", "--out", run});
  EXPECT_EQ(faultline({"report", run, "-o", page}).exit, Exit::kHeld);
  std::ifstream file(page);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_THAT(text, HasSubstr("<title>idempotence/b71-accepts-gaps"));
  EXPECT_THAT(text, HasSubstr("NoHoles a promise of the model, idempotence: false after 5 steps"));
  EXPECT_THAT(text, HasSubstr("Send(p0 epoch 0 batch 2)"));
  EXPECT_THAT(text, HasSubstr(R"("name":"broker")"));
  for (const char* verb : {"replay", "shrink"}) {
    const Captured refused = faultline({verb, run});
    EXPECT_EQ(refused.exit, Exit::kBadUsage) << verb;
    EXPECT_NE(refused.err, "") << verb;
  }
}

TEST(ModelVerbTest, draws_a_small_space_and_refuses_a_large_one) {
  const Captured small = faultline({"model", "graph", "two-phase-commit", "--set", "N=1"});
  EXPECT_EQ(small.exit, Exit::kHeld);
  EXPECT_THAT(small.out, testing::StartsWith("digraph states {"));
  EXPECT_THAT(small.out, HasSubstr("label=\"Prepare(rm 0)\""));
  EXPECT_EQ(faultline({"model", "graph", "two-phase-commit", "--set", "N=8"}).exit,
            Exit::kBadUsage);
}

TEST(ModelVerbTest, a_search_that_was_stopped_goes_on_from_its_checkpoint) {
  const Scratch scratch;
  const std::string file = scratch.file("search");
  const std::vector<std::string> check = {"model",   "check",  "isr",          "--set",
                                          "R=3,E=1", "--json", "--checkpoint", file};
  std::vector<std::string> saving = check;
  saving.insert(saving.end(), {"--every", "0"});
  const Captured whole = faultline(saving);
  EXPECT_EQ(whole.exit, Exit::kHeld);
  ASSERT_TRUE(std::filesystem::exists(file));
  std::vector<std::string> resuming = check;
  resuming.push_back("--resume");
  const Captured resumed = faultline(resuming);
  EXPECT_EQ(resumed.exit, Exit::kHeld);
  EXPECT_EQ(nlohmann::json::parse(resumed.out)["distinct"], 39619);
  EXPECT_EQ(nlohmann::json::parse(resumed.out)["generated"],
            nlohmann::json::parse(whole.out)["generated"]);
}

}  // namespace
}  // namespace faultline::cli
