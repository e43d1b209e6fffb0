// SPDX-License-Identifier: Apache-2.0
// Goal: `faultline report` turns a recorded run into a page, and says what it cannot read. Method:
// command lines in this process.
#include "analysis/cli/files.h"
#include "analysis/cli/report_file.h"
#include "broker/env/history_events.h"
#include "tests/analysis/cli/captured.h"

namespace faultline::cli {
namespace {

TEST(Report, a_recorded_run_becomes_a_page_with_its_verdict) {
  const Scratch scratch;
  const std::string run = scratch.file("r.flrun");
  ASSERT_EQ(faultline({"run", scratch.write("s.json", kSmall), "--out", run}).exit, Exit::kHeld);
  const std::string page = scratch.file("r.html");
  const Captured captured = faultline({"report", run, "-o", page});
  EXPECT_EQ(captured.exit, Exit::kHeld) << captured.err;
  EXPECT_NE(captured.out.find(page), std::string::npos);
  std::ifstream file(page);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_NE(text.find("<title>small: held</title>"), std::string::npos);
  EXPECT_NE(text.find("That was permitted: no ack had promised fsync."), std::string::npos);
  EXPECT_LT(text.size(), 1'000'000u);
}

TEST(Report, what_is_no_run_is_refused) {
  const Scratch scratch;
  EXPECT_EQ(faultline({"report", scratch.file("none.flrun")}).exit, Exit::kNoInput);
  const Captured captured = faultline({"report", scratch.write("x.flrun", "flrun or so")});
  EXPECT_EQ(captured.exit, Exit::kBadUsage);
  EXPECT_NE(captured.err, "");
}

TEST(Report, a_scenario_is_played_first) {
  const Scratch scratch;
  const std::string scenario = scratch.write("s.json", kSmall);
  EXPECT_EQ(faultline({"report", scenario, "--seed", "4"}).exit, Exit::kHeld);
  EXPECT_GT(std::filesystem::file_size(scenario + ".html"), 50'000u);
}

TEST(Report, events_of_another_version_are_not_judged) {
  const Scratch scratch;
  const std::string path = scratch.file("r.flrun");
  ASSERT_EQ(faultline({"run", scratch.write("s.json", kSmall), "--out", path}).exit, Exit::kHeld);
  const Result<std::string> bytes = read_file(path);
  ASSERT_TRUE(bytes);
  Result<sim::RunFile> run = sim::decode_run(as_bytes(*bytes));
  ASSERT_TRUE(run);
  EXPECT_TRUE(write_report(*run, "", scratch.file("r.html")));
  sim::EventLog other;
  for (uint64_t i = 0; i < run->events.size(); ++i) {
    const sim::EventView event = run->events.at(i);
    const bool is_appended = event.header.kind == history::LogAppended::kType.id;
    other.append(event.header, event.payload.first(event.payload.size() - (is_appended ? 1 : 0)));
  }
  run->events = std::move(other);
  const Result<> written = write_report(*run, "", scratch.file("other.html"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kUnsupported);
  EXPECT_FALSE(std::filesystem::exists(scratch.file("other.html")));
}

TEST(Report, a_place_that_cannot_be_written_is_said) {
  const Scratch scratch;
  const std::string run = scratch.file("r.flrun");
  ASSERT_EQ(faultline({"run", scratch.write("s.json", kSmall), "--out", run}).exit, Exit::kHeld);
  const Captured captured = faultline({"report", run, "-o", scratch.file("no/such/folder/r.html")});
  EXPECT_EQ(captured.exit, Exit::kNoInput);
  EXPECT_NE(captured.err.find("cannot write"), std::string::npos) << captured.err;
}

}  // namespace
}  // namespace faultline::cli
