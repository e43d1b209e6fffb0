// SPDX-License-Identifier: Apache-2.0
// Verdicts for people and for programs.
#include "analysis/cli/verdict_text.h"

#include <map>

#include <fmt/format.h>

namespace faultline::cli {
namespace {

constexpr size_t kFindingsShown = 3;  // of one property; the rest is counted

Style style_of(sim::Verdict verdict) {
  switch (verdict) {
    case sim::Verdict::kHeld: return Style::kGreen;
    case sim::Verdict::kViolated: return Style::kRed;
    case sim::Verdict::kUnknown: return Style::kYellow;
  }
  return Style::kPlain;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

std::string seconds_text(int64_t ns) {
  return fmt::format("{}.{:03}s", ns / 1'000'000'000, ns / 1'000'000 % 1000);
}

std::string finding_text(const sim::PropertyResult& property, const sim::Finding& finding,
                         const Console& console) {
  const bool is_violation = finding.kind == sim::Finding::Kind::kViolation;
  std::string text = fmt::format(
      "  {} {} {}: {}\n",
      console.styled(is_violation ? Style::kRed : Style::kYellow, to_string(finding.kind)),
      property.property.id, finding.subject, property.property.name);
  if (!finding.expected.empty()) text += fmt::format("      expected  {}\n", finding.expected);
  text += fmt::format("      observed  {} ({}, since {})\n", finding.observed,
                      seconds_text(finding.detected_ns), seconds_text(finding.since_ns));
  return text;
}

std::string faults_text(const scenarios::Scenario& scenario, const scenarios::RunResult& result) {
  std::map<NodeId, std::string> names;
  for (const auto& [name, node] : scenarios::number_nodes(scenario)) names[node] = name;
  std::string text;
  for (size_t i = 0; i < result.plan.faults.size(); ++i) {
    const sim::PlannedFault& fault = result.plan.faults[i];
    const sim::FaultEffects& effects = result.effects[i];
    std::string effect = "no effect";
    if (effects.count > 0)
      effect = fmt::format("{} effect{}", grouped(effects.count), effects.count == 1 ? "" : "s");
    if (effects.bytes > 0) effect += fmt::format(", {} bytes", grouped(effects.bytes));
    text += fmt::format("            {:>9}  {:<19} {:<6} {}\n", seconds_text(fault.at.ns),
                        to_string(fault.kind), names[fault.node], effect);
  }
  return text;
}

std::string properties_text(std::string_view title, sim::Verdict verdict,
                            const sim::CheckReport& report, const Console& console) {
  std::string names;
  for (const sim::PropertyResult& result : report.properties) {
    if (result.verdict != verdict) continue;
    names +=
        fmt::format("{}{} {}", names.empty() ? "" : "; ", result.property.id, result.property.name);
  }
  if (names.empty()) return {};
  return fmt::format("  {:<9} {}\n", title, wrapped(names, console.columns, 12));
}

}  // namespace

Exit exit_of(sim::Verdict verdict) {
  switch (verdict) {
    case sim::Verdict::kHeld: return Exit::kHeld;
    case sim::Verdict::kViolated: return Exit::kViolated;
    case sim::Verdict::kUnknown: return Exit::kUnknown;
  }
  return Exit::kToolBug;
}

std::string verdict_line(const std::string& scenario, const scenarios::RunResult& result,
                         const Console& console) {
  const sim::Verdict verdict = result.report.verdict;
  return fmt::format(
      "{}  {}  seed {}  fingerprint {}\n",
      console.styled(style_of(verdict), fmt::format("{:<8}", upper(to_string(verdict)))), scenario,
      result.seed, result.recorder->fingerprint().to_string());
}

std::string run_text(const scenarios::Scenario& scenario, const scenarios::RunResult& result,
                     const Console& console) {
  const sim::CheckReport& report = result.report;
  std::string text;
  if (!result.stopped_because.empty())
    text += fmt::format("  stopped   {}\n", result.stopped_because);
  if (!report.why_unknown.empty()) text += fmt::format("  unknown   {}\n", report.why_unknown);
  text += fmt::format("  clients   {} records sent: {} acked, {} failed, {} in doubt; {} read\n",
                      grouped(report.sends), grouped(report.acked), grouped(report.failed),
                      grouped(report.unknown), grouped(report.records_read));
  if (report.records_lost_permitted > 0)
    text += fmt::format(
        "  lost      {} acked records, each with permission: no ack promised fsync; {}"
        " offsets used again\n",
        grouped(report.records_lost_permitted), grouped(report.offsets_reused));
  if (!result.plan.faults.empty())
    text += fmt::format("  faults    {} planned, {} felt, {} while a write was under way\n",
                        result.plan.faults.size(), report.faults, report.faults_overlapping) +
            faults_text(scenario, result);
  text += properties_text("held", sim::Verdict::kHeld, report, console);
  text += properties_text("untested", sim::Verdict::kUnknown, report, console);
  for (const sim::PropertyResult& property : report.properties) {
    size_t shown = 0;
    for (const sim::Finding& finding : property.findings) {
      const bool matters = finding.kind == sim::Finding::Kind::kViolation ||
                           finding.kind == sim::Finding::Kind::kPermittedLoss;
      if (matters && shown++ < kFindingsShown) text += finding_text(property, finding, console);
    }
    if (property.violations > kFindingsShown)
      text += fmt::format("      and {} more of {}\n", property.violations - kFindingsShown,
                          property.property.id);
  }
  if (!scenarios::is_as_expected(scenario, report))
    text += "  This is not what the scenario expects.\n";
  return text;
}

}  // namespace faultline::cli
