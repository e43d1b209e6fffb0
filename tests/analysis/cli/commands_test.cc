// SPDX-License-Identifier: Apache-2.0
// Goal: each mistake on the command line and in files has its exit code, and a sentence on the
// error stream. Method: whole command lines.
#include "tests/analysis/cli/captured.h"

namespace faultline::cli {
namespace {

TEST(Commands, bad_usage_is_64_with_a_hint) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"fly"}, {"run"}, {"run", "--sed", "1"}, {"check", "x.json", "--seeds"}, {"lint"}}) {
    const Captured captured = faultline(arguments);
    EXPECT_EQ(captured.exit, Exit::kBadUsage) << captured.out;
    EXPECT_NE(captured.err.find("faultline"), std::string::npos);
    EXPECT_EQ(captured.out, "");
  }
}

TEST(Commands, help_names_every_verb_and_exit_code) {
  const Captured captured = faultline({"--help"});
  EXPECT_EQ(captured.exit, Exit::kHeld);
  for (const char* word : {"lint", "init", "run", "replay", "check", "events", "diff", "dump",
                           "demo", "130 interrupted"}) {
    EXPECT_NE(captured.out.find(word), std::string::npos) << word;
  }
}

TEST(Commands, a_missing_file_is_66_for_every_verb) {
  const Scratch scratch;
  const std::string none = scratch.file("none");
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"run", none},
                                             {"check", none},
                                             {"lint", none},
                                             {"replay", none},
                                             {"events", none},
                                             {"diff", none, none},
                                             {"dump", none}}) {
    const Captured captured = faultline(arguments);
    EXPECT_EQ(captured.exit, Exit::kNoInput) << arguments[0];
    EXPECT_NE(captured.err.find("none"), std::string::npos) << arguments[0];
  }
}

TEST(Commands, a_file_that_is_no_run_is_64) {
  const Scratch scratch;
  const std::string file = scratch.write("x.flrun", kSmall);
  for (const char* verb : {"replay", "events"}) {
    EXPECT_EQ(faultline({verb, file}).exit, Exit::kBadUsage) << verb;
  }
}

TEST(Commands, init_writes_a_scenario_that_lints_and_overwrites_nothing) {
  const Scratch scratch;
  const std::string file = scratch.file("my.json");
  EXPECT_EQ(faultline({"init", file}).exit, Exit::kHeld);
  const Captured linted = faultline({"lint", file});
  EXPECT_EQ(linted.exit, Exit::kHeld);
  EXPECT_EQ(linted.out, "ok  " + file + ": 1 broker, 1 topic, 2 clients\n");
  EXPECT_EQ(faultline({"init", file}).exit, Exit::kBadUsage);
  EXPECT_EQ(faultline({"init", file, "--force"}).exit, Exit::kHeld);
  EXPECT_TRUE(faultline({"init"}).out.starts_with("// A Faultline scenario"));
}

TEST(Commands, lint_explains_and_exits_with_64) {
  const Scratch scratch;
  const std::string file = scratch.write("bad.json", R"({"version": 1, "clusters": {}})");
  const Captured captured = faultline({"lint", file});
  EXPECT_EQ(captured.exit, Exit::kBadUsage);
  EXPECT_NE(captured.out.find("bad.json:1:16 error  unknown key \"clusters\"; did you mean "
                              "\"cluster\"?"),
            std::string::npos)
      << captured.out;
  const Captured json = faultline({"lint", "--json", file});
  EXPECT_NE(json.out.find("\"line\": 1, \"column\": 16"), std::string::npos) << json.out;
}

TEST(Commands, an_override_is_checked_as_the_file_is) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  EXPECT_EQ(faultline({"lint", file, "--set", "clients[id=p1].acks=1"}).exit, Exit::kHeld);
  const Captured captured = faultline({"run", file, "--set", "topics.orders.partition=2"});
  EXPECT_EQ(captured.exit, Exit::kBadUsage);
  EXPECT_NE(captured.err.find("did you mean \"partitions\"?"), std::string::npos);
}

TEST(Commands, the_canonical_text_lints_and_is_canonical) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const std::string text = faultline({"lint", "--canonical", file}).out;
  const std::string again = scratch.write("t.json", text);
  EXPECT_EQ(faultline({"lint", "--canonical", again}).out, text);
}

}  // namespace
}  // namespace faultline::cli
