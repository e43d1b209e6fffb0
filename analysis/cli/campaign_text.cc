// SPDX-License-Identifier: Apache-2.0
#include "analysis/cli/campaign_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/search/coverage.h"

namespace faultline::cli {
namespace {

std::string replay_command(const search::Results& results, uint64_t seed) {
  std::string text = fmt::format("faultline run {} --seed {}", results.file, seed);
  for (const std::string& set : results.sets) text += fmt::format(" --set '{}'", set);
  return text;
}

std::string_view plural(uint64_t count) { return count == 1 ? "" : "s"; }

std::string groups_text(const search::Results& results, const search::Summary& summary,
                        const Console& console) {
  constexpr size_t kGroupsShown = 10;
  std::string text;
  for (size_t i = 0; i < std::min(summary.groups.size(), kGroupsShown); ++i) {
    const search::Group& group = summary.groups[i];
    text += fmt::format(
        "  {} {}\n", console.styled(Style::kRed, fmt::format("{:>9}", grouped(group.count) + "x")),
        wrapped(group.signature, console.columns, 12));
    if (!group.detail.empty() && group.signature != "crash: " + group.detail)
      text += fmt::format("            {}\n", wrapped(group.detail, console.columns, 12));
    std::string seeds;
    for (const uint64_t seed : group.seeds)
      seeds += (seeds.empty() ? "" : ", ") + std::to_string(seed);
    const bool is_more = group.count > group.seeds.size();
    text +=
        fmt::format("            seed{} {}{}\n", plural(group.count), seeds, is_more ? ", .." : "");
    text += fmt::format("  see       {}\n", replay_command(results, group.seeds.front()));
  }
  if (summary.groups.size() > kGroupsShown)
    text +=
        fmt::format("            and {} more signatures\n", summary.groups.size() - kGroupsShown);
  return text;
}

std::string faults_text(const search::Summary& summary) {
  if (summary.faults.empty()) return {};
  std::string text = "  plans     ";
  std::string plans;
  for (const auto& [plan, count] : summary.plans)
    plans += fmt::format("{}{} {}", plans.empty() ? "" : ", ", grouped(count), to_string(plan));
  text += plans + "\n";
  text += fmt::format("  {:<9} {:<20} {:>9} {:>9} {:>12} {:>15}\n", "faults", "", "planned", "felt",
                      "effects", "bytes");
  for (const auto& [kind, tally] : summary.faults)
    text += fmt::format("            {:<20} {:>9} {:>9} {:>12} {:>15}{}\n", kind,
                        grouped(tally.planned), grouped(tally.felt), grouped(tally.effects),
                        tally.bytes > 0 ? grouped(tally.bytes) : "-",
                        tally.felt == 0 ? "  no effect: covers nothing" : "");
  return text;
}

std::string coverage_text(const search::Summary& summary, const Console& console) {
  if (summary.marks.empty()) return {};
  const std::vector<std::string> missed = search::unreached(summary);
  std::string kinds;
  const size_t known = search::known_marks().size();
  std::string text =
      fmt::format("  reached   {} of {} rare paths, {} kinds of events, {} of {} states of a log\n",
                  known - missed.size(), known, summary.marks.size() - (known - missed.size()),
                  summary.log_states.size(), search::log_states_possible());
  std::string names;
  for (const std::string& name : missed) names += (names.empty() ? "" : "; ") + name;
  if (!names.empty()) text += fmt::format("  missed    {}\n", wrapped(names, console.columns, 12));
  return text;
}

std::string seconds_text(int64_t ms) {
  const int64_t s = (ms + 999) / 1000;
  if (s < 100) return fmt::format("{}s", s);
  if (s < 6000) return fmt::format("{}m{:02}s", s / 60, s % 60);
  return fmt::format("{}h{:02}m", s / 3600, s / 60 % 60);
}

}  // namespace

std::string campaign_fault(const scenarios::Scenario& scenario, const search::Summary& summary) {
  const Ratio share = scenario.expect.unknown_share_max;
  if (summary.unknown * share.denominator > summary.runs * share.numerator) {
    std::string why;
    for (const auto& [reason, count] : summary.unknown_because)
      why += fmt::format("; {}x {}", count, reason);
    return fmt::format("{} of {} runs proved nothing; at most {} of {} may{}", summary.unknown,
                       summary.runs, share.numerator, share.denominator, why);
  }
  if (scenario.expect.permitted_loss == scenarios::PermittedLoss::kSome &&
      summary.runs_with_loss == 0)
    return "no run lost anything, and the scenario expects that some do";
  return {};
}

Exit campaign_exit(const scenarios::Scenario& scenario, const search::Summary& summary) {
  Exit exit = Exit::kHeld;
  if (summary.held == 0 && summary.violated == 0) exit = Exit::kUnknown;
  if (summary.violated > 0 || summary.unexpected > 0) exit = Exit::kViolated;
  if (scenario.expect.verdict == scenarios::Verdict::kViolated && summary.unexpected == 0)
    exit = summary.violated > 0 ? Exit::kHeld : Exit::kUnknown;
  if (exit == Exit::kHeld && !campaign_fault(scenario, summary).empty()) exit = Exit::kUnknown;
  if (summary.diverged > 0) exit = Exit::kDiverged;
  if (summary.crashed > 0) exit = Exit::kToolBug;
  return exit;
}

std::string campaign_text(const scenarios::Scenario& scenario, const search::Results& results,
                          const search::Summary& summary, const Console& console) {
  const bool is_good = campaign_exit(scenario, summary) == Exit::kHeld;
  std::string text = fmt::format(
      "{}  {}  {} seed{}: {} held, {} violated, {} unknown; {} acked records lost, permitted\n",
      console.styled(is_good ? Style::kGreen : Style::kRed,
                     is_good ? "AS EXPECTED" : "UNEXPECTED "),
      scenario.name, summary.runs, plural(summary.runs), summary.held, summary.violated,
      summary.unknown, grouped(summary.lost_permitted));
  if (summary.crashed > 0)
    text += fmt::format(
        "  {}\n",
        console.styled(
            Style::kRed,
            fmt::format("{} seed{} crashed this program: a bug in faultline, not in what it tests",
                        summary.crashed, plural(summary.crashed))));
  const std::string fault = campaign_fault(scenario, summary);
  if (!fault.empty()) text += fmt::format("  {}\n", wrapped(fault, console.columns, 2));
  text += groups_text(results, summary, console);
  return text + faults_text(summary) + coverage_text(summary, console);
}

std::string progress_line(const Progress& progress, const Console& console) {
  std::string text = grouped(progress.done);
  int64_t left_ms = -1;
  uint64_t percent = 0;
  if (progress.total > 0) {
    text += "/" + grouped(progress.total);
    percent = progress.done * 100 / progress.total;
    if (progress.played > 0)
      left_ms = static_cast<int64_t>((progress.total - progress.done) *
                                     static_cast<uint64_t>(progress.elapsed_ms) / progress.played);
  }
  if (progress.time_ms > 0) {
    const int64_t rest = std::max<int64_t>(0, progress.time_ms - progress.elapsed_ms);
    left_ms = left_ms < 0 ? rest : std::min(left_ms, rest);
    const auto of_time = static_cast<uint64_t>(std::min(progress.time_ms, progress.elapsed_ms) *
                                               100 / progress.time_ms);
    percent = std::max(percent, of_time);
  }
  constexpr size_t kBar = 20;
  const size_t filled = std::min<size_t>(kBar, percent * kBar / 100);
  text += fmt::format(" seeds  [{}{}] {}%", std::string(filled, '#'),
                      std::string(kBar - filled, '.'), percent);
  if (progress.elapsed_ms > 0) {
    const uint64_t tenths = progress.played * 10'000 / static_cast<uint64_t>(progress.elapsed_ms);
    text += tenths < 1000 ? fmt::format("  {}.{}/s", tenths / 10, tenths % 10)
                          : fmt::format("  {}/s", grouped(tenths / 10));
  }
  if (progress.failures > 0) {
    text +=
        "  " + console.styled_err(Style::kRed,
                                  fmt::format("{} failure{} ({} signature{})",
                                              grouped(progress.failures), plural(progress.failures),
                                              progress.signatures, plural(progress.signatures)));
  } else {
    text += "  no failure";
  }
  if (progress.unknown > 0) text += fmt::format("  {} unknown", grouped(progress.unknown));
  if (left_ms >= 0) text += fmt::format("  {} left", seconds_text(left_ms));
  return text;
}

}  // namespace faultline::cli
