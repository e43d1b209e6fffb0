// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/page.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/report/pack.h"
#include "analysis/report/scene.h"
#include "analysis/report/story.h"
#include "analysis/report/text.h"
#include "analysis/viewer/page_template.h"
#include "sim/trace/print.h"

namespace faultline::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kStoryLinesMax = 60;

void put_line(Columns& columns, const std::string& name, const StepLine& line) {
  ByteWriter& column = columns.begin(name);
  StepLine::Point before;
  for (const StepLine::Point& point : line.points()) {
    column.unsigned_varint(static_cast<uint64_t>(point.time_ns - before.time_ns));
    column.varlong(point.value - before.value);
    before = point;
  }
}

template <class T>
std::map<T, uint64_t> places(const std::vector<T>& values) {
  std::map<T, uint64_t> places;
  for (size_t i = 0; i < values.size(); ++i) places.emplace(values[i], i);
  return places;
}

// The events as columns, in the order of their times.
class EventColumns {
 public:
  EventColumns(const sim::RunFile& run, const Scene& scene)
      : run_(run), scene_(scene), index_(run.events), place_of_(scene.order.size()) {
    for (size_t place = 0; place < scene.order.size(); ++place)
      place_of_[scene.order[place] - run.events.first_index()] = place;
  }

  // In the page, or -1.
  int64_t place_of(EventId id) const {
    const uint64_t at = id == 0 ? index_.kNone : index_.find(id);
    return at == index_.kNone ? -1
                              : static_cast<int64_t>(place_of_[at - run_.events.first_index()]);
  }

  void write(Columns& columns) const {
    write_headers(columns);
    write_numbers(columns);
    write_causes(columns);
    put(columns, "lane", [&](uint64_t i, const auto&) { return scene_.lane_of[recorded(i)]; });
    put(columns, "subject",
        [&](uint64_t i, const auto&) { return scene_.subject_of[recorded(i)]; });
    put(columns, "length", [](uint64_t, const auto& event) { return event.payload.size(); });
    ByteWriter& payloads = columns.begin("payload");
    for (const uint64_t i : scene_.order) payloads.append(run_.events.at(i).payload);
  }

 private:
  uint64_t recorded(uint64_t index) const { return index - run_.events.first_index(); }

  // One number for each event.
  template <class Value>
  void put(Columns& columns, const std::string& name, const Value& value) const {
    ByteWriter& column = columns.begin(name);
    for (const uint64_t i : scene_.order) column.unsigned_varint(value(i, run_.events.at(i)));
  }

  void write_headers(Columns& columns) const {
    int64_t time_ns = 0;
    put(columns, "time", [&](uint64_t, const sim::EventView& event) {
      const auto delta = static_cast<uint64_t>(event.header.time_ns - time_ns);
      time_ns = event.header.time_ns;
      return delta;
    });
    const std::map<int32_t, uint64_t> nodes = places(scene_.nodes);
    put(columns, "node",
        [&](uint64_t, const sim::EventView& event) { return nodes.at(event.header.node); });
    std::map<uint16_t, uint64_t> kinds;
    for (size_t i = 0; i < run_.types.size(); ++i) kinds[run_.types[i].id] = i;
    put(columns, "kind", [&](uint64_t, const sim::EventView& event) {
      const auto known = kinds.find(event.header.kind);
      return known == kinds.end() ? run_.types.size() : known->second;
    });
  }

  // Each against one more than the number of the node's event before.
  void write_numbers(Columns& columns) const {
    ByteWriter& column = columns.begin("number");
    std::map<int32_t, int64_t> last;
    for (const uint64_t i : scene_.order) {
      const EventHeader header = run_.events.at(i).header;
      const auto number = static_cast<int64_t>(header.id & ((uint64_t{1} << 40) - 1));
      column.varlong(number - last[header.node] - 1);
      last[header.node] = number;
    }
  }

  // How many places before the event its cause is; 0: none, or not at hand.
  void write_causes(Columns& columns) const {
    ByteWriter& column = columns.begin("cause");
    for (int64_t place = 0; const uint64_t i : scene_.order) {
      const int64_t cause = place_of(run_.events.at(i).header.cause);
      column.varlong(cause < 0 ? 0 : place - cause);
      ++place;
    }
  }

  const sim::RunFile& run_;
  const Scene& scene_;
  sim::EventIndex index_;
  std::vector<uint64_t> place_of_;  // by recorded event
};

Json logs_json(const Scene& scene, Columns& columns) {
  Json logs = Json::array();
  for (const LogChart& chart : scene.logs) {
    const std::string name = fmt::format("log{}", logs.size());
    put_line(columns, name + ".end", chart.end);
    put_line(columns, name + ".flushed", chart.flushed);
    put_line(columns, name + ".platter", chart.platter);
    put_line(columns, name + ".acked", chart.acked);
    Json losses = Json::array();
    for (const AckedLoss& loss : chart.losses)
      losses.push_back({{"time", loss.time_ns}, {"from", loss.from}, {"to", loss.to}});
    logs.push_back({{"name", fmt::format("{}-{}", chart.topic, chart.partition)},
                    {"node", chart.node},
                    {"losses", losses}});
  }
  return logs;
}

Json findings_json(const sim::CheckReport& report, const EventColumns& places) {
  Json findings = Json::array();
  for (const sim::PropertyResult& result : report.properties) {
    for (const sim::Finding& finding : result.findings) {
      Json events = Json::array();
      for (const EventId id : finding.events)
        if (const int64_t place = places.place_of(id); place >= 0) events.push_back(place);
      findings.push_back({{"kind", std::string(to_string(finding.kind))},
                          {"property", std::string(result.property.id)},
                          {"subject", finding.subject},
                          {"since", finding.since_ns},
                          {"detected", finding.detected_ns},
                          {"expected", finding.expected},
                          {"observed", finding.observed},
                          {"events", events}});
    }
  }
  return findings;
}

Json properties_json(const sim::CheckReport& report) {
  Json properties = Json::array();
  for (const sim::PropertyResult& result : report.properties)
    properties.push_back({{"id", std::string(result.property.id)},
                          {"name", std::string(result.property.name)},
                          {"meaning", std::string(result.property.meaning)},
                          {"verdict", std::string(to_string(result.verdict))},
                          {"checks", result.checks},
                          {"violations", result.violations},
                          {"permitted", result.permitted}});
  return properties;
}

Json scene_json(const Scene& scene, Columns& columns) {
  Json json;
  json["nodes"] = Json::array();
  for (size_t i = 0; i < scene.nodes.size(); ++i)
    json["nodes"].push_back({{"number", scene.nodes[i]}, {"name", scene.node_names[i]}});
  json["lanes"] = Json::array();
  for (const Lane& lane : scene.lanes)
    json["lanes"].push_back({{"kind", lane.kind}, {"name", lane.name}, {"node", lane.node}});
  json["bands"] = Json::array();
  for (const FaultBand& band : scene.bands)
    json["bands"].push_back({{"fault", band.fault},
                             {"node", band.node},
                             {"from", band.from_ns},
                             {"to", band.to_ns},
                             {"what", band.what},
                             {"detail", band.detail},
                             {"effects", band.effects},
                             {"bytes", band.bytes}});
  json["outages"] = Json::array();
  for (const Outage& outage : scene.outages)
    json["outages"].push_back({{"node", outage.node},
                               {"from", outage.from_ns},
                               {"to", outage.to_ns},
                               {"how", outage.how}});
  json["logs"] = logs_json(scene, columns);
  json["caches"] = Json::array();
  for (const auto& [node, line] : scene.caches) {
    put_line(columns, fmt::format("cache{}", json["caches"].size()), line);
    json["caches"].push_back({{"node", node}});
  }
  json["subjects"] = scene.subjects;
  return json;
}

// The story, and at which of its moments each property was first broken.
Json story_json(const PageInput& input) {
  std::map<int64_t, Json> lines;
  const auto line_at = [&](int64_t time_ns) -> Json& {
    Json& line = lines[time_ns];
    if (line.is_null())
      line = {
          {"time", time_ns}, {"injected", ""}, {"storage", ""}, {"clients", ""}, {"broken", ""}};
    return line;
  };
  for (const StoryLine& told : tell(input.run.events, kStoryLinesMax)) {
    Json& line = line_at(told.time_ns);
    line["injected"] = told.injected;
    line["storage"] = told.storage;
    line["clients"] = told.clients;
  }
  for (const sim::PropertyResult& property : input.report.properties) {
    const auto broken =
        std::ranges::find(property.findings, sim::Finding::Kind::kViolation, &sim::Finding::kind);
    if (broken == property.findings.end()) continue;
    line_at(broken->detected_ns)["broken"] =
        fmt::format("{} {}: {}", property.property.id, property.property.name, broken->observed);
  }
  Json story = Json::array();
  for (auto& [time_ns, line] : lines) story.push_back(std::move(line));
  return story;
}

Json about_json(const PageInput& input) {
  const sim::RunInfo& info = input.run.info;
  const sim::CheckReport& report = input.report;
  Json json = {{"name", input.name},
               {"verdict", std::string(to_string(report.verdict))},
               {"headline", headline(report)},
               {"seed", std::to_string(info.seed)},
               {"fingerprint", info.fingerprint.to_string()},
               {"build", info.build},
               {"replay", input.replay},
               {"scenario", info.scenario}};
  json["counts"] = {
      {"sent", report.sends},        {"acked", report.acked},
      {"failed", report.failed},     {"in doubt", report.unknown},
      {"read", report.records_read}, {"lost with permission", report.records_lost_permitted}};
  json["story"] = story_json(input);
  json["kinds"] = Json::array();
  for (const sim::TypeInfo& type : input.run.types)
    json["kinds"].push_back({{"name", type.name}, {"schema", type.schema}});
  json["properties"] = properties_json(report);
  return json;
}

Json why_json(const why::Explanation& told, const EventColumns& places) {
  Json steps = Json::array();
  for (const why::Step& step : told.steps)
    steps.push_back({{"event", places.place_of(step.id)},
                     {"time", step.time_ns},
                     {"who", step.who},
                     {"what", step.what},
                     {"decides", step.is_decision},
                     {"shows", step.is_symptom}});
  Json disk = Json::array();
  for (const why::DiskLine& line : told.disk)
    disk.push_back({{"where", line.where}, {"cache", line.cache}, {"platter", line.platter}});
  return {{"steps", steps},
          {"diskTitle", told.disk_title},
          {"disk", disk},
          {"rulesOff", told.rules_off},
          {"remarks", told.remarks}};
}

// JSON that no text in it can end the script element around it.
std::string script_text(const Json& json) {
  const std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  std::string safe;
  for (const char c : text) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string html_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      default: safe += c;
    }
  }
  return safe;
}

void replace_mark(std::string& page, std::string_view mark, const std::string& text) {
  const size_t at = page.find(mark);
  ASSERT(at != page.npos);
  page.replace(at, mark.size(), text);
}

}  // namespace

std::string headline(const sim::CheckReport& report) {
  for (const sim::PropertyResult& property : report.properties)
    for (const sim::Finding& finding : property.findings)
      if (finding.kind == sim::Finding::Kind::kViolation)
        return fmt::format("{} {}, {}: {} ({}).", property.property.id, property.property.name,
                           finding.subject, finding.observed, seconds_text(finding.detected_ns));
  if (report.verdict == sim::Verdict::kUnknown) return report.why_unknown;
  if (report.records_lost_permitted > 0)
    return fmt::format(
        "{} of {} acked records are lost. That was permitted: no ack had promised fsync.",
        grouped(report.records_lost_permitted), grouped(report.acked));
  return fmt::format("None of {} acked records is lost, as promised.", grouped(report.acked));
}

std::string make_page(const PageInput& input) {
  const Scene scene = make_scene(input.run, input.write_back_after_ns);
  const EventColumns events(input.run, scene);
  Columns columns;
  events.write(columns);
  Json about = about_json(input);
  about["events"] = input.run.events.size();
  about["findings"] = findings_json(input.report, events);
  if (input.why && input.why->has_finding) about["why"] = why_json(*input.why, events);
  about.update(scene_json(scene, columns));
  about["columns"] = Json::array();
  for (const auto& [name, bytes] : columns.directory())
    about["columns"].push_back({{"name", name}, {"bytes", bytes}});
  std::string page(viewer::page_template());
  // From the end on, so that no text put in is taken for a mark.
  replace_mark(page, "%COLUMNS%", columns.packed());
  replace_mark(page, "%ABOUT%", script_text(about));
  replace_mark(page, "%TITLE%",
               html_text(input.name + ": " + std::string(to_string(input.report.verdict))));
  return page;
}

}  // namespace faultline::report
