// SPDX-License-Identifier: Apache-2.0
#include "analysis/why/explain.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/why/chain.h"
#include "analysis/why/disk_view.h"
#include "analysis/why/model_run.h"
#include "analysis/why/recorded_run.h"
#include "scenarios/schema/description.h"
#include "sim/check/suite.h"

namespace faultline::why {
namespace {

using sim::Finding;

// What users feel first: a record that is gone matters more than the fsync that was believed.
constexpr std::string_view kRanks[] = {"H2", "H1", "H3", "H4", "H6", "R1",
                                       "I7", "S1", "S2", "S4", "L1"};

size_t rank_of(std::string_view property) {
  const auto found = std::find(std::begin(kRanks), std::end(kRanks), property);
  return static_cast<size_t>(found - std::begin(kRanks));
}

struct Chosen {
  const sim::PropertyResult* property = nullptr;
  const Finding* finding = nullptr;
};

bool is_better(const Chosen& a, const Chosen& b, std::string_view wanted) {
  if (b.finding == nullptr) return true;
  const auto key = [&](const Chosen& each) {
    const std::string_view id = each.property->property.id;
    return std::tuple(each.finding->kind != Finding::Kind::kViolation, id != wanted,
                      each.finding->subject.starts_with("__"), rank_of(id),
                      each.finding->detected_ns);
  };
  return key(a) < key(b);
}

Chosen choose(const sim::CheckReport& report, std::string_view wanted, bool only_wanted) {
  Chosen best;
  for (const sim::PropertyResult& property : report.properties) {
    if (only_wanted && property.property.id != wanted) continue;
    for (const Finding& finding : property.findings) {
      // Between equals a note says nothing, and reuse follows from a loss.
      if (finding.kind == Finding::Kind::kReuse) continue;
      if (finding.kind == Finding::Kind::kNote && !only_wanted) continue;
      const Chosen next{&property, &finding};
      if (is_better(next, best, wanted)) best = next;
    }
  }
  return best;
}

sim::CheckReport judge(const sim::RunFile& run, const scenarios::Scenario& scenario) {
  sim::CheckSuite suite({.faults_expected = !scenario.faults.timeline.empty() ||
                                            !scenario.faults.random.budget.empty()});
  for (uint64_t i = run.events.first_index(); i < run.events.end_index(); ++i)
    suite.on_event(run.events.at(i));
  return suite.report();
}

uint64_t symptom_of(const RunEvents& events, const Finding& finding) {
  for (auto id = finding.events.rbegin(); id != finding.events.rend(); ++id)
    if (const auto index = events.find(*id)) return *index;
  uint64_t last = 0;
  for (uint64_t index = 0; index < events.size(); ++index) {
    if (events.header(index).time_ns > finding.detected_ns) break;
    last = index;
  }
  return last;
}

// The first offset of the subject, and those that the finding compares it with.
std::vector<Offset> offsets_of(const Finding& finding, const Subject& subject) {
  std::vector<Offset> offsets;
  if (subject.from >= 0) offsets.push_back(subject.from);
  const bool compares =
      finding.expected.contains(" as it was sent ") || finding.expected.ends_with(" only");
  if (compares)
    for (const Offset offset : offsets_named(finding.expected)) offsets.push_back(offset);
  std::sort(offsets.begin(), offsets.end());
  offsets.erase(std::unique(offsets.begin(), offsets.end()), offsets.end());
  return offsets;
}

void keep_lightest(std::vector<Step>& steps, size_t count_max) {
  while (steps.size() > count_max) {
    const auto heaviest =
        std::max_element(steps.begin(), steps.end(),
                         [](const Step& a, const Step& b) { return a.weight < b.weight; });
    // Of equals the middle of the story goes: its beginning and its end say more.
    std::vector<std::vector<Step>::iterator> equals;
    for (auto step = steps.begin(); step != steps.end(); ++step)
      if (step->weight == heaviest->weight) equals.push_back(step);
    steps.erase(equals[equals.size() / 2]);
  }
}

void tell_chain(const sim::RunFile& run, const ExplainOptions& options, Explanation& told) {
  const RunEvents events(run);
  const uint64_t symptom = symptom_of(events, told.finding);
  Subject subject;
  if (const auto parsed = parse_subject(told.finding.subject)) subject = *parsed;
  const Chain chain(events, subject, offsets_of(told.finding, subject), symptom);
  told.steps = chain.steps();
  const bool has_symptom = std::any_of(told.steps.begin(), told.steps.end(),
                                       [](const Step& step) { return step.is_symptom; });
  if (!has_symptom) {
    const EventHeader header = events.header(symptom);
    told.steps.push_back({.index = symptom,
                          .id = header.id,
                          .time_ns = header.time_ns,
                          .who = events.node_name(header.node),
                          .what = "shows it: " + told.finding.observed,
                          .is_symptom = true});
  }
  keep_lightest(told.steps, options.steps_max);
  DiskView disk = view_disk(events, chain, symptom);
  told.disk_title = std::move(disk.title);
  told.disk = std::move(disk.lines);
}

void tell_rules(const scenarios::Scenario& scenario, Explanation& told) {
  for (const std::string& off : scenario.rules_off)
    for (const scenarios::Word& word : scenarios::rule_words())
      if (word.name == off) told.rules_off.push_back(off + ": " + std::string(word.doc));
}

void remark_on_held(const sim::CheckReport& report, Explanation& told) {
  if (!report.why_unknown.empty())
    told.remarks.push_back("The run proved nothing: " + report.why_unknown + ".");
  std::string untested;
  for (const sim::PropertyResult& property : report.properties)
    if (property.verdict == sim::Verdict::kUnknown)
      untested += fmt::format("{}{} {}", untested.empty() ? "" : "; ", property.property.id,
                              property.property.name);
  if (!untested.empty()) told.remarks.push_back("Never put to the test: " + untested + ".");
  if (report.faults == 0) {
    told.remarks.push_back("No fault had any effect; a run without faults finds few bugs.");
  } else {
    told.remarks.push_back(
        fmt::format("{} fault{} had an effect, {} of them while a record was under way.",
                    report.faults, report.faults == 1 ? "" : "s", report.faults_overlapping));
  }
  told.remarks.push_back(fmt::format(
      "{} records sent: {} acked, {} failed, {} in doubt; {} acked ones lost with permission.",
      report.sends, report.acked, report.failed, report.unknown, report.records_lost_permitted));
}

}  // namespace

Result<Explanation> explain(const sim::RunFile& run, const ExplainOptions& options) {
  if (is_model_run(run)) return explain_model_run(run, options);
  TRY_ASSIGN(const scenarios::Scenario scenario, scenario_of(run, "the recorded scenario"));
  const sim::CheckReport report = judge(run, scenario);
  Explanation told;
  told.scenario = scenario.name;
  told.seed = run.info.seed;
  told.fingerprint = run.info.fingerprint.to_string();
  told.verdict = report.verdict;
  const bool only_wanted = !options.property.empty();
  const std::string wanted = only_wanted ? options.property
                             : scenario.expect.violated.empty()
                                 ? std::string()
                                 : std::string(scenarios::property_id(scenario.expect.violated));
  const Chosen chosen = choose(report, wanted, only_wanted);
  if (only_wanted && chosen.finding == nullptr)
    return fail(ErrorCode::kInvalidArgument, "no finding of " + options.property);
  tell_rules(scenario, told);
  if (report.verdict != sim::Verdict::kViolated) remark_on_held(report, told);
  if (chosen.finding == nullptr) return told;
  told.has_finding = true;
  told.finding = *chosen.finding;
  told.property_id = chosen.property->property.id;
  told.property_name = chosen.property->property.name;
  told.property_meaning = chosen.property->property.meaning;
  uint64_t all = 0;
  for (const sim::PropertyResult& property : report.properties)
    all += told.finding.kind == Finding::Kind::kViolation ? property.violations : 0;
  told.others = all > 0 ? all - 1 : 0;
  tell_chain(run, options, told);
  return told;
}

}  // namespace faultline::why
