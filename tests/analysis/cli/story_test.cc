// SPDX-License-Identifier: Apache-2.0
// Goal: the demo tells what happened, on one screen, in columns that line up. Method: the demo
// itself; nothing in its table may come from anywhere but the events.
#include "analysis/cli/story.h"

#include <sstream>

#include "scenarios/run/simulation.h"
#include "scenarios/schema/parse.h"
#include "tests/analysis/cli/captured.h"

namespace faultline::cli {
namespace {

TEST(Story, the_demo_fits_on_a_screen_and_tells_loss_and_no_loss) {
  const Captured captured = faultline({"demo"});
  EXPECT_EQ(captured.exit, Exit::kHeld);
  std::istringstream lines(captured.out);
  size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_LE(width_of(line), 100u) << line;
  }
  EXPECT_LE(count, 40u);
  const size_t loss = captured.out.find("That was permitted");
  const size_t none = captured.out.find("None of");
  EXPECT_NE(loss, std::string::npos) << captured.out;
  EXPECT_NE(none, std::string::npos) << captured.out;
  EXPECT_LT(loss, none);
}

TEST(Story, a_terminal_without_unicode_gets_ascii) {
  for (const char c : faultline({"demo"}, /*unicode=*/false).out) {
    EXPECT_TRUE(c == '\n' || (c >= ' ' && c < 127)) << int{c};
  }
}

TEST(Story, a_run_is_told_from_its_events) {
  const scenarios::ParseOutcome parsed = scenarios::parse_scenario(kSmall, "s.json");
  ASSERT_TRUE(parsed.ok());
  const scenarios::RunResult result =
      scenarios::run_scenario(parsed.scenario, {.seed = 3, .keep_events = true});
  const std::vector<StoryLine> lines = report::tell(result.recorder->log(), 20);
  const auto crash = std::ranges::find(lines, "POWER LOSS b1", &StoryLine::injected);
  ASSERT_NE(crash, lines.end());
  EXPECT_EQ(crash->time_ns, 2'000'000'000);
  EXPECT_TRUE(crash->storage.ends_with("unsynced bytes are gone")) << crash->storage;
  EXPECT_TRUE(std::ranges::is_sorted(lines, {}, &StoryLine::time_ns));
  const auto gone = std::ranges::find_if(lines, [](const StoryLine& line) {
    return line.clients.ends_with("acked records are gone");
  });
  ASSERT_NE(gone, lines.end());
  EXPECT_TRUE(gone->storage.starts_with("orders-0 ends at 0, not ")) << gone->storage;
}

TEST(Story, what_nobody_was_promised_is_not_told_as_a_loss) {
  std::ifstream file(std::string(FAULTLINE_SOURCE_DIR) + "/scenarios/disk-full.json");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const scenarios::ParseOutcome parsed = scenarios::parse_scenario(text, "disk-full.json");
  ASSERT_TRUE(parsed.ok());
  const scenarios::RunResult result =
      scenarios::run_scenario(parsed.scenario, {.seed = 7, .keep_events = true});
  ASSERT_EQ(result.report.records_lost_permitted, 0u);
  bool was_cut = false;
  for (const StoryLine& line : report::tell(result.recorder->log(), 1000)) {
    EXPECT_EQ(line.clients.find("gone"), std::string::npos) << line.clients;
    was_cut |= line.clients == "none of that was acked";
  }
  EXPECT_TRUE(was_cut);
}

TEST(Story, a_table_lines_up_whatever_is_in_it) {
  const std::vector<StoryLine> lines = {
      {.time_ns = 1'500'000, .injected = "KILL b1", .storage = std::string(80, 'x'), .clients = ""},
      {.time_ns = 999'999'000'000, .injected = "", .storage = "ä", .clients = "gone"}};
  Console console;
  std::istringstream text(draw(lines, console));
  std::vector<size_t> bars;
  for (std::string line; std::getline(text, line);) {
    std::string plain;  // one byte a column
    for (size_t i = 0; i < line.size(); ++i) {
      if ((static_cast<uint8_t>(line[i]) & 0xC0) == 0x80) continue;
      const std::string_view rest = std::string_view(line).substr(i);
      plain += rest.starts_with("\u2502") || rest.starts_with("\u253c") ? '|' : line[i];
    }
    for (size_t at = plain.find('|'); at != std::string::npos; at = plain.find('|', at + 1)) {
      bars.push_back(at);
    }
  }
  ASSERT_EQ(bars.size(), 12u);  // header, rule and two lines of three bars each
  for (size_t i = 3; i < bars.size(); ++i) EXPECT_EQ(bars[i], bars[i % 3]);
}

}  // namespace
}  // namespace faultline::cli
