// SPDX-License-Identifier: Apache-2.0
// Verdicts as words, text and JSON.
#include <fmt/format.h>

#include "broker/base/notation_print.h"
#include "sim/check/suite.h"
#include "sim/trace/print.h"

namespace faultline::sim {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHeld: return "held";
    case Verdict::kViolated: return "violated";
    case Verdict::kUnknown: return "unknown";
  }
  return "?";
}

std::string_view to_string(Finding::Kind kind) {
  switch (kind) {
    case Finding::Kind::kViolation: return "violation";
    case Finding::Kind::kPermittedLoss: return "permitted loss";
    case Finding::Kind::kReuse: return "offsets reused";
    case Finding::Kind::kNote: return "note";
  }
  return "?";
}

std::string Claim::record_text() const { return sim::record_text(send, digest); }

const PropertyResult* CheckReport::property(std::string_view id) const {
  for (const PropertyResult& result : properties)
    if (result.property.id == id) return &result;
  return nullptr;
}

namespace {

std::string finding_text(const Property& property, const Finding& finding) {
  std::string text = fmt::format("{} {} {}: {}\n", property.id, to_string(finding.kind),
                                 finding.subject, property.name);
  if (!finding.expected.empty()) text += fmt::format("  expected: {}\n", finding.expected);
  text += fmt::format("  observed: {}\n", finding.observed);
  text += fmt::format("  true since {} s, seen at {} s\n", time_text(finding.since_ns),
                      time_text(finding.detected_ns));
  return text;
}

void append_pair(std::string& json, std::string_view key, std::string_view value) {
  append_json_string(json, key);
  json += ':';
  append_json_string(json, value);
}

std::string finding_json(const Finding& finding) {
  std::string json = "{";
  append_pair(json, "kind", to_string(finding.kind));
  json += ',';
  append_pair(json, "subject", finding.subject);
  json += fmt::format(R"(,"since_ns":{},"detected_ns":{},)", finding.since_ns, finding.detected_ns);
  append_pair(json, "expected", finding.expected);
  json += ',';
  append_pair(json, "observed", finding.observed);
  return json + fmt::format(R"(,"events":[{}]}})", fmt::join(finding.events, ","));
}

std::string property_json(const PropertyResult& result) {
  std::string json = "{";
  append_pair(json, "id", result.property.id);
  json += ',';
  append_pair(json, "name", result.property.name);
  json += ',';
  append_pair(json, "meaning", result.property.meaning);
  json += ',';
  append_pair(json, "verdict", to_string(result.verdict));
  json += fmt::format(R"(,"checks":{},"violations":{},"permitted":{},"findings":[)", result.checks,
                      result.violations, result.permitted);
  for (size_t i = 0; i < result.findings.size(); ++i)
    json += (i == 0 ? "" : ",") + finding_json(result.findings[i]);
  return json + "]}";
}

}  // namespace

std::string report_text(const CheckReport& report) {
  std::string text = fmt::format("{}\n", to_string(report.verdict));
  if (!report.why_unknown.empty()) text += fmt::format("  because {}\n", report.why_unknown);
  for (const PropertyResult& result : report.properties)
    text += fmt::format("  {:<3} {:<9} {:>8} checks  {}\n", result.property.id,
                        to_string(result.verdict), result.checks, result.property.name);
  text += fmt::format(
      "{} sent: {} acked, {} failed, {} unknown; {} read; {} acked lost with permission, {} "
      "offsets "
      "reused; {} faults, {} while a send was under way\n",
      report.sends, report.acked, report.failed, report.unknown, report.records_read,
      report.records_lost_permitted, report.offsets_reused, report.faults,
      report.faults_overlapping);
  for (const PropertyResult& result : report.properties)
    for (const Finding& finding : result.findings) text += finding_text(result.property, finding);
  return text;
}

std::string report_json(const CheckReport& report) {
  std::string json = "{";
  append_pair(json, "verdict", to_string(report.verdict));
  json += ',';
  append_pair(json, "why_unknown", report.why_unknown);
  json += fmt::format(
      R"(,"sends":{},"acked":{},"failed":{},"unknown":{},"records_read":{})"
      R"(,"records_lost_permitted":{},"offsets_reused":{},"faults":{},"faults_overlapping":{})",
      report.sends, report.acked, report.failed, report.unknown, report.records_read,
      report.records_lost_permitted, report.offsets_reused, report.faults,
      report.faults_overlapping);
  json += R"(,"properties":[)";
  for (size_t i = 0; i < report.properties.size(); ++i)
    json += (i == 0 ? "" : ",") + property_json(report.properties[i]);
  return json + "]}";
}

}  // namespace faultline::sim
