// SPDX-License-Identifier: Apache-2.0
#include "analysis/why/why_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/why/words.h"
#include "broker/base/notation_print.h"

namespace faultline::why {
namespace {

std::string seconds_text(int64_t ns) {
  return fmt::format("{}.{:03} s", ns / 1'000'000'000, ns / 1'000'000 % 1000);
}

std::string time_text(const Explanation& told, int64_t ns) {
  return told.counts_steps ? fmt::format("step {}", ns / 1'000'000'000) : seconds_text(ns);
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

// All that is told is plain ASCII, so bytes are columns.
std::string cut(std::string line, size_t columns) {
  if (line.size() > columns) line = line.substr(0, columns - 3) + "...";
  return line + "\n";
}

std::string steps_text(const Explanation& told, const TextOptions& options) {
  size_t who = 0;
  for (const Step& step : told.steps) who = std::max(who, step.who.size());
  std::string text;
  for (const Step& step : told.steps) {
    const std::string_view mark = step.is_decision  ? "  <- decides"
                                  : step.is_symptom ? "  <- shows"
                                                    : "";
    std::string line =
        fmt::format("  {:>10}  {:<{}}  ", time_text(told, step.time_ns), step.who, who);
    const size_t room = options.columns - std::min(options.columns, line.size() + mark.size());
    line += step.what.size() <= room ? step.what : step.what.substr(0, room - 3) + "...";
    text += line + std::string(mark) + "\n";
  }
  return text;
}

std::string disk_text(const Explanation& told, const TextOptions& options) {
  if (told.disk.empty()) return {};
  size_t where = told.disk_title.size();
  size_t cache = std::string_view("page cache").size();
  for (const DiskLine& line : told.disk) {
    where = std::max(where, line.where.size());
    cache = std::max(cache, line.cache.size());
  }
  const auto row = [&](std::string_view a, std::string_view b, std::string_view c) {
    return cut(fmt::format("  {:<{}}  | {:<{}} | {}", a, where, b, cache, c), options.columns);
  };
  std::string text = row(told.disk_title, "page cache", "platter");
  for (const DiskLine& line : told.disk) text += row(line.where, line.cache, line.platter);
  return text;
}

void append_pair(std::string& json, std::string_view key, std::string_view value) {
  append_json_string(json, key);
  json += ':';
  append_json_string(json, value);
}

std::string step_json(const Step& step) {
  std::string json = fmt::format(R"({{"event":{},"time_ns":{},)", step.index, step.time_ns);
  append_pair(json, "who", step.who);
  json += ',';
  append_pair(json, "what", step.what);
  return json + fmt::format(R"(,"decides":{},"shows":{}}})", step.is_decision, step.is_symptom);
}

}  // namespace

std::string why_text(const Explanation& told, const TextOptions& options) {
  std::string head = fmt::format("{}  {}", upper(to_string(told.verdict)), told.scenario);
  if (!told.counts_steps)
    head += fmt::format("  seed {}  fingerprint {}", told.seed, told.fingerprint);
  std::string text = cut(head, options.columns);
  if (told.has_finding) {
    text += cut(fmt::format("  {} {}{}{}: {}", to_string(told.finding.kind), told.property_id,
                            told.finding.subject.empty() ? "" : " ", told.finding.subject,
                            told.property_name),
                options.columns);
    if (!told.finding.expected.empty())
      text += cut("  expected  " + told.finding.expected, options.columns);
    text += cut("  observed  " + told.finding.observed, options.columns);
  }
  if (told.has_finding && told.rules_off.empty())
    text += cut("  rule      " + told.property_meaning, options.columns);
  size_t rules = 0;
  for (const std::string& rule : told.rules_off) {
    constexpr size_t kRulesShown = 2;
    const std::string_view what = told.counts_steps ? "  variant   " : "  rule off  ";
    if (++rules <= kRulesShown) text += cut(std::string(what) + rule, options.columns);
  }
  text += steps_text(told, options);
  text += disk_text(told, options);
  if (told.others > 0)
    text += cut(fmt::format("  {} more violations follow or go along with this one.",
                            with_commas(static_cast<int64_t>(told.others))),
                options.columns);
  for (const std::string& remark : told.remarks) text += cut("  " + remark, options.columns);
  if (!told.command.empty()) text += "  again     " + told.command + "\n";
  return text;
}

std::string why_json(const Explanation& told) {
  std::string json = "{";
  append_pair(json, "scenario", told.scenario);
  json += fmt::format(R"(,"seed":{},)", told.seed);
  append_pair(json, "fingerprint", told.fingerprint);
  json += ',';
  append_pair(json, "verdict", to_string(told.verdict));
  if (told.has_finding) {
    json += ',';
    append_pair(json, "kind", to_string(told.finding.kind));
    json += ',';
    append_pair(json, "property", told.property_id);
    json += ',';
    append_pair(json, "meaning", told.property_meaning);
    json += ',';
    append_pair(json, "subject", told.finding.subject);
    json += ',';
    append_pair(json, "expected", told.finding.expected);
    json += ',';
    append_pair(json, "observed", told.finding.observed);
  }
  json += R"(,"steps":[)";
  for (size_t i = 0; i < told.steps.size(); ++i)
    json += (i == 0 ? "" : ",") + step_json(told.steps[i]);
  json += R"(],"disk":[)";
  for (size_t i = 0; i < told.disk.size(); ++i) {
    json += i == 0 ? "{" : ",{";
    append_pair(json, "where", told.disk[i].where);
    json += ',';
    append_pair(json, "cache", told.disk[i].cache);
    json += ',';
    append_pair(json, "platter", told.disk[i].platter);
    json += '}';
  }
  return json + "]}\n";
}

}  // namespace faultline::why
