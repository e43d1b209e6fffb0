// SPDX-License-Identifier: Apache-2.0
#include "analysis/search/summary.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "analysis/search/coverage.h"

namespace faultline::search {
namespace {

void add_to_group(const Outcome& outcome, std::map<std::string, Group>& groups) {
  Group& group = groups[outcome.signature];
  group.signature = outcome.signature;
  if (++group.count == 1) group.detail = outcome.detail;
  if (group.seeds.size() < Group::kSeedsMax) group.seeds.push_back(outcome.seed);
}

// XML text; what XML cannot hold becomes a question mark.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      default: result += static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t' ? '?' : c;
    }
  }
  return result;
}

std::string seconds_of(int64_t us) {
  return fmt::format("{}.{:03}", us / 1'000'000, us / 1'000 % 1'000);
}

std::string test_case(const Results& results, const Outcome& outcome) {
  std::string text = fmt::format("  <testcase classname=\"{}\" name=\"seed {}\" time=\"{}\"",
                                 escaped(results.name), outcome.seed, seconds_of(outcome.wall_us));
  if (!outcome.is_failure() && outcome.why_unknown.empty()) return text + "/>\n";
  text += ">\n";
  if (outcome.is_failure()) {
    const char* element = outcome.crash.empty() ? "failure" : "error";
    std::string again = fmt::format("faultline run {} --seed {}", results.file, outcome.seed);
    for (const std::string& set : results.sets) again += fmt::format(" --set '{}'", set);
    text += fmt::format("    <{0} message=\"{1}\">{2}\n{3}\n</{0}>\n", element,
                        escaped(outcome.signature), escaped(outcome.detail), escaped(again));
  } else {
    text += fmt::format("    <skipped message=\"{}\"/>\n", escaped(outcome.why_unknown));
  }
  return text + "  </testcase>\n";
}

}  // namespace

Summary summarise(const Results& results) {
  Summary summary;
  std::map<std::string, Group> groups;
  for (const auto& [seed, outcome] : results.outcomes) {
    ++summary.runs;
    if (outcome.is_failure()) {
      ++summary.unexpected;
      add_to_group(outcome, groups);
    }
    if (!outcome.crash.empty()) {
      ++summary.crashed;
      continue;
    }
    summary.held += outcome.verdict == sim::Verdict::kHeld ? 1 : 0;
    summary.violated += outcome.verdict == sim::Verdict::kViolated ? 1 : 0;
    summary.unknown += outcome.verdict == sim::Verdict::kUnknown ? 1 : 0;
    summary.diverged += outcome.diverged ? 1 : 0;
    summary.lost_permitted += outcome.lost_permitted;
    summary.runs_with_loss += outcome.lost_permitted > 0 ? 1 : 0;
    if (!outcome.why_unknown.empty()) ++summary.unknown_because[outcome.why_unknown];
    ++summary.plans[outcome.plan_class];
    for (const auto& [kind, tally] : outcome.faults) summary.faults[kind].add(tally);
    for (const std::string& mark : outcome.marks) ++summary.marks[mark];
    for (const std::string& state : outcome.log_states) ++summary.log_states[state];
  }
  for (auto& [signature, group] : groups) summary.groups.push_back(std::move(group));
  std::ranges::sort(summary.groups, [](const Group& a, const Group& b) {
    return std::tie(b.count, a.signature) < std::tie(a.count, b.signature);
  });
  return summary;
}

std::vector<std::string> unreached(const Summary& summary) {
  std::vector<std::string> names;
  for (const std::string_view mark : known_marks())
    if (!summary.marks.contains(std::string(mark))) names.emplace_back(mark);
  return names;
}

std::string junit(const Results& results) {
  const Summary summary = summarise(results);
  int64_t wall_us = 0;
  uint64_t skipped = 0;
  for (const auto& [seed, outcome] : results.outcomes) {
    wall_us += outcome.wall_us;
    skipped += !outcome.is_failure() && !outcome.why_unknown.empty() ? 1 : 0;
  }
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
      "time=\"{}\">\n",
      escaped(results.name), summary.runs, summary.unexpected - summary.crashed, summary.crashed,
      skipped, seconds_of(wall_us));
  for (const auto& [seed, outcome] : results.outcomes) text += test_case(results, outcome);
  return text + "</testsuite>\n";
}

}  // namespace faultline::search
