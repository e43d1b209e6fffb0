// SPDX-License-Identifier: Apache-2.0
// Goal: `faultline check` and `merge` as a user types them: any number of processes, shards and
// interruptions give one and the same result. Method: a small scenario through the command line; a
// child process that is really interrupted.
#include <csignal>

#include <sys/poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/analysis/cli/captured.h"

namespace faultline::cli {
namespace {

const std::vector<std::string> kMutant = {
    "--set", R"(rules_off=["fence_on_fsync_error", "distrust_cache_after_fsync_error"])",
    "--set", "topics.orders.config.flush.messages=1",
    "--set", "clients[0].value_size=9KiB",
    "--set", R"(faults.timeline=[{"at": "1s", "kind": "fsync_error", "files": ".log"},
                                 {"at": "3s", "kind": "power_loss"}])"};

std::vector<std::string> joined(std::vector<std::string> words,
                                const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Real time differs from run to run; nothing else may.
std::string without_times(std::string text) {
  for (size_t at = text.find("\"wall_us\":"); at != std::string::npos;
       at = text.find("\"wall_us\":", at + 1))
    text.erase(at + 10, text.find_first_of(",}", at + 10) - at - 10);
  return text;
}

TEST(Check, one_and_two_processes_give_the_same_verdicts_and_fingerprints) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const Captured one =
      faultline({"check", file, "--seeds", "1..12", "--jobs", "1", "--fingerprints"});
  const Captured two =
      faultline({"check", file, "--seeds", "1..12", "--jobs", "2", "--fingerprints"});
  EXPECT_EQ(one.exit, Exit::kHeld);
  EXPECT_EQ(std::count(one.out.begin(), one.out.end(), '\n'), 12);
  EXPECT_EQ(one.out, two.out);
  const Captured text_one = faultline({"check", file, "--seeds", "1..12", "--jobs", "1"});
  const Captured text_two = faultline({"check", file, "--seeds", "1..12", "--jobs", "2"});
  EXPECT_EQ(text_one.out, text_two.out);
}

TEST(Check, shards_that_are_merged_are_the_whole) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const auto path = [&](const char* name) { return scratch.file(name); };
  const std::vector<std::string> check = {"check", file, "--seeds", "1..9", "--results"};
  const Captured whole = faultline(joined(check, {path("whole")}));
  faultline(joined(check, {path("a"), "--shard", "1/2"}));
  faultline(joined(check, {path("b"), "--shard", "2/2"}));
  const Captured merged = faultline(
      {"merge", path("b"), path("a"), "--results", path("ab"), "--junit", path("ab.xml")});
  EXPECT_EQ(merged.exit, Exit::kHeld) << merged.err;
  EXPECT_EQ(merged.out, whole.out);
  EXPECT_EQ(without_times(contents(path("ab"))), without_times(contents(path("whole"))));
  EXPECT_NE(contents(path("ab.xml")).find("tests=\"9\" failures=\"0\""), std::string::npos);
}

TEST(Check, failures_are_grouped_and_written_as_run_files) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const Captured captured =
      faultline(joined({"check", file, "--seeds", "1..4", "--out", scratch.file("runs"), "--junit",
                        scratch.file("j.xml")},
                       kMutant));
  EXPECT_EQ(captured.exit, Exit::kViolated);
  EXPECT_NE(captured.out.find("seeds 1, 2, 3, 4\n"), std::string::npos) << captured.out;
  EXPECT_NE(captured.out.find("next      faultline why "), std::string::npos) << captured.out;
  EXPECT_EQ(contents(scratch.file("j.xml")).find("failures=\"0\""), std::string::npos);
  const Captured again = faultline({"replay", scratch.file("runs") + "/small-3.flrun"});
  EXPECT_EQ(again.exit, Exit::kViolated) << again.err;
}

TEST(Check, stops_on_the_first_failure) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const Captured captured = faultline(
      joined({"check", file, "--seeds", "5..", "--stop-on", "first", "--jobs", "2"}, kMutant));
  EXPECT_EQ(captured.exit, Exit::kViolated);
  EXPECT_NE(captured.out.find(" 1 seed: 0 held, 1 violated"), std::string::npos) << captured.out;
}

TEST(Check, says_what_is_wrong_with_its_options) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const std::string junk = scratch.write("junk", "junk\n");
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{{"--seeds", "1.."},
                                             {"--seeds", "x"},
                                             {"--time", "soon"},
                                             {"--shard", "3/2"},
                                             {"--stop-on", "0"},
                                             {"--stop-on", "later"},
                                             {"--jobs", "100000"},
                                             {"--out", "/dev/null/x"},
                                             {"--resume", junk}}) {
    const Captured captured = faultline(joined({"check", file}, more));
    EXPECT_EQ(captured.exit, Exit::kBadUsage) << more[0] << " " << more[1];
    EXPECT_FALSE(captured.err.empty());
  }
  EXPECT_EQ(faultline({"check"}).exit, Exit::kBadUsage);
  EXPECT_EQ(faultline({"check", "--resume", junk}).exit, Exit::kBadUsage);
  EXPECT_EQ(faultline({"check", "--resume", scratch.file("none")}).exit, Exit::kNoInput);
  EXPECT_EQ(faultline({"merge", junk}).exit, Exit::kBadUsage);
  EXPECT_EQ(faultline({"merge", scratch.file("none")}).exit, Exit::kNoInput);
}

TEST(Check, interrupted_it_writes_what_it_has_and_goes_on_from_there) {
  const Scratch scratch;
  const std::string file = scratch.write("s.json", kSmall);
  const std::string results = scratch.file("results");
  const std::string whole = scratch.file("whole");
  std::fflush(nullptr);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const Captured captured =
        faultline({"check", file, "--seeds", "1..100000", "--jobs", "2", "--results", results});
    const bool is_told = captured.err.contains("to go on: faultline check --resume " + results) &&
                         captured.out.contains(" seeds: ");
    std::_Exit(is_told ? static_cast<int>(captured.exit) : 1);
  }
  ::poll(nullptr, 0, 1500);
  ::kill(child, SIGINT);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  ASSERT_EQ(WEXITSTATUS(status), 130);
  // The rest of a shorter plan: as if it had been asked for from the beginning.
  std::string text = contents(results);
  const auto lines = static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
  ASSERT_GT(lines, 1u) << "no seed was done in time";
  const uint64_t last = lines - 1 + 3;
  const size_t at = text.find("\"last\":100000");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 13, "\"last\":" + std::to_string(last));
  std::ofstream(results) << text;
  const Captured rest = faultline({"check", "--resume", results});
  EXPECT_EQ(rest.exit, Exit::kHeld) << rest.err;
  const Captured all =
      faultline({"check", file, "--seeds", "1.." + std::to_string(last), "--results", whole});
  EXPECT_EQ(rest.out, all.out);
  EXPECT_EQ(without_times(contents(results)), without_times(contents(whole)));
}

}  // namespace
}  // namespace faultline::cli
