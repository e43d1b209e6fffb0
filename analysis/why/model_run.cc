// SPDX-License-Identifier: Apache-2.0
#include "analysis/why/model_run.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "model/explore/trace.h"
#include "model/specs/models.h"
#include "sim/trace/print.h"

namespace faultline::why {
namespace {

using model::ModelInitial;
using model::ModelStep;
using model::ModelViolation;

// A step of the model, or its violation, with the event that says so.
template <class Payload>
struct Told {
  uint64_t index = 0;
  EventHeader header;
  Payload payload;
};

struct ModelRun {
  Told<ModelInitial> initial;
  std::vector<Told<ModelStep>> steps;
  Told<ModelViolation> violation;
};

template <class Payload>
bool take(uint64_t index, const sim::EventView& event, Told<Payload>& out) {
  if (event.header.kind != Payload::kType.id) return false;
  Result<Payload> payload = decode_event<Payload>(event.payload);
  if (payload) out = {index, event.header, std::move(*payload)};
  return payload.has_value();
}

ModelRun read(const sim::RunFile& run) {
  ModelRun told;
  for (uint64_t i = run.events.first_index(); i < run.events.end_index(); ++i) {
    const sim::EventView event = run.events.at(i);
    Told<ModelStep> step;
    if (take(i, event, step)) told.steps.push_back(std::move(step));
    take(i, event, told.initial);
    take(i, event, told.violation);
  }
  return told;
}

std::string value_text(const std::string& value) { return value.empty() ? "nothing" : value; }

std::string change_text(const ModelStep::Change& change) {
  return fmt::format("{}: {} -> {}", change.field, value_text(change.before),
                     value_text(change.after));
}

// "Deliver(..)  log: empty -> p0e0s0; ..": first what the end of the run is about.
std::string step_text(const ModelStep& step, const std::set<std::string>& matters) {
  std::string text;
  for (const bool first : {true, false})
    for (const ModelStep::Change& change : step.changes)
      if (matters.contains(change.field) == first)
        text += (text.empty() ? "  " : "; ") + change_text(change);
  return step.step + text;
}

std::set<std::string> changed_last(const ModelRun& told) {
  std::set<std::string> fields;
  if (told.steps.empty()) return fields;
  for (const ModelStep::Change& change : told.steps.back().payload.changes)
    fields.insert(change.field);
  return fields;
}

// "log: empty, p0e0s0 (step 3), p0e0s0 p0e0s2 (step 5)"
std::string history_of(const ModelRun& told, const std::string& field) {
  std::string text = field + ": ";
  const auto& state = told.initial.payload.state;
  const auto start = std::ranges::find(state, field, &ModelInitial::Field::name);
  text += start == state.end() ? "nothing" : value_text(start->value);
  for (size_t i = 0; i < told.steps.size(); ++i)
    for (const ModelStep::Change& change : told.steps[i].payload.changes)
      if (change.field == field)
        text += fmt::format(", {} (step {})", value_text(change.after), i + 1);
  return text;
}

struct Title {
  std::string model;
  std::string variant;
  std::string sets;  // "R=3,L=2"
};

Title title_of(const sim::RunFile& run) {
  const std::string& text = run.info.scenario;
  const size_t slash = std::min(text.find('/'), text.size());
  const size_t space = std::min(text.find(' ', slash), text.size());
  Title title{text.substr(0, slash), "", ""};
  if (slash < space) title.variant = text.substr(slash + 1, space - slash - 1);
  if (space < text.size()) title.sets = text.substr(space + 1);
  std::ranges::replace(title.sets, ' ', ',');
  return title;
}

sim::Finding finding_of(const ModelRun& told) {
  const int64_t loop = told.violation.payload.loop_from;
  const std::string last =
      told.steps.empty() ? "the initial state" : told.steps.back().payload.step;
  sim::Finding finding{
      .subject = told.violation.payload.property,
      .since_ns = told.violation.header.time_ns,
      .detected_ns = told.violation.header.time_ns,
      .expected = "it is true of every run",
      .observed = fmt::format("false after {} steps, with {}", told.steps.size(), last)};
  if (loop >= 0)
    finding.observed = fmt::format("not within {} steps, and those behind step {} repeat for ever",
                                   told.steps.size(), loop);
  if (!told.steps.empty()) finding.events.push_back(told.steps.back().header.id);
  return finding;
}

// A report holds names of properties that live for ever, as those of the catalogue do.
std::string_view id_of(std::string_view property) {
  for (const model::ModelEntry& entry : model::all_models())
    for (const model::VariantInfo& variant : entry.variants)
      if (variant.violates == property) return variant.violates;
  return "model";
}

}  // namespace

bool is_model_run(const sim::RunFile& run) {
  return run.type(ModelViolation::kType.id) != nullptr && run.is_complete();
}

std::string model_command(const sim::RunFile& run) {
  const Title title = title_of(run);
  return fmt::format("faultline model check {} --variant {}{}{}", title.model, title.variant,
                     title.sets.empty() ? "" : " --set ", title.sets);
}

sim::CheckReport judge_model_run(const sim::RunFile& run) {
  sim::CheckReport report;
  report.verdict = sim::Verdict::kViolated;
  sim::Finding finding = finding_of(read(run));
  sim::PropertyResult result{.property = {id_of(finding.subject), "a promise of the model",
                                          "As `faultline model explain` says."},
                             .verdict = sim::Verdict::kViolated,
                             .checks = 1,
                             .violations = 1};
  finding.subject = title_of(run).model;
  result.findings.push_back(std::move(finding));
  report.properties.push_back(std::move(result));
  return report;
}

Result<Explanation> explain_model_run(const sim::RunFile& run, const ExplainOptions& options) {
  const ModelRun told = read(run);
  const std::string& property = told.violation.payload.property;
  if (!options.property.empty() && options.property != property)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("no finding of {}; there is one of {}", options.property, property));
  const Title title = title_of(run);
  Explanation out{.scenario = run.info.scenario,
                  .seed = run.info.seed,
                  .fingerprint = run.info.fingerprint.to_string(),
                  .verdict = sim::Verdict::kViolated,
                  .has_finding = true,
                  .finding = finding_of(told),
                  .property_id = property,
                  .property_name = "a property of the model " + title.model,
                  .property_meaning = "see `faultline model explain " + title.model + "`"};
  out.counts_steps = true;
  out.finding.subject.clear();
  for (const model::ModelEntry& entry : model::all_models())
    for (const model::VariantInfo& variant : entry.variants)
      if (entry.name == title.model && variant.name == title.variant && !variant.violates.empty())
        out.rules_off.push_back(fmt::format("{}: {}", variant.name, variant.about));
  const std::set<std::string> matters = changed_last(told);
  const sim::EventPrinter printer(run);
  for (const Told<ModelStep>& step : told.steps)
    out.steps.push_back({.index = step.index,
                         .id = step.header.id,
                         .time_ns = step.header.time_ns,
                         .who = step.header.node < 0 ? "" : printer.node_name(step.header.node),
                         .what = step_text(step.payload, matters),
                         .is_symptom = &step == &told.steps.back()});
  for (const std::string& field : matters) out.remarks.push_back(history_of(told, field));
  out.command = model_command(run);
  return out;
}

}  // namespace faultline::why
