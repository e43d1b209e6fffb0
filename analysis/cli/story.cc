// SPDX-License-Identifier: Apache-2.0
// A story as a table on the terminal.
#include "analysis/cli/story.h"

#include <fmt/format.h>

namespace faultline::cli {
namespace {

struct Column {
  std::string_view title;
  size_t width;
};

}  // namespace

std::string draw(std::span<const StoryLine> lines, const Console& console) {
  constexpr size_t kTime = 9;
  constexpr Column kColumns[] = {{"injected", 16}, {"disk and log", 32}, {"clients", 31}};
  const std::string bar = console.styled(Style::kDim, console.glyph("\u2502", "|"));
  std::string header = fmt::format("  {:>{}} ", "time", kTime);
  std::string rule = "  ";
  const auto add_rule = [&](size_t width) {
    for (size_t i = 0; i < width; ++i) rule += console.glyph("\u2500", "-");
  };
  add_rule(kTime + 1);
  for (const Column& column : kColumns) {
    header +=
        fmt::format("{} {}", console.glyph("\u2502", "|"),
                    &column == std::end(kColumns) - 1 ? std::string(column.title)
                                                      : padded(column.title, column.width + 1));
    rule += console.glyph("\u253c", "+");
    add_rule(column.width + 2);
  }
  std::string text =
      console.styled(Style::kDim, header) + "\n" + console.styled(Style::kDim, rule) + "\n";
  for (const StoryLine& line : lines) {
    const bool is_crash = line.injected.starts_with("POWER") || line.injected.starts_with("KILL");
    const bool is_loss = line.clients.ends_with("gone");
    const std::string injected = padded(line.injected, kColumns[0].width);
    const std::string time =
        fmt::format("{}.{:03} s", line.time_ns / 1'000'000'000, line.time_ns / 1'000'000 % 1000);
    std::string row =
        fmt::format("  {:>{}} {} {} {} {} {} {}", time, kTime, bar,
                    console.styled(is_crash ? Style::kRed : Style::kPlain, injected), bar,
                    padded(line.storage, kColumns[1].width), bar,
                    console.styled(is_loss ? Style::kYellow : Style::kPlain, line.clients));
    row.resize(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text;
}

}  // namespace faultline::cli
