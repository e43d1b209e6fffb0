// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/scene.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "sim/net/events.h"
#include "sim/trace/print.h"

namespace faultline::report {
namespace {

using namespace history;

constexpr uint16_t kDiskFirst = 0x0200;
constexpr uint16_t kDiskEnd = 0x0300;
constexpr uint16_t kLogFirst = 0x1000;
constexpr uint16_t kBrokerEnd = 0x1200;

bool is_of_disk(uint16_t kind) {
  return (kind >= kDiskFirst && kind < kDiskEnd) || kind == DiskLost::kType.id ||
         kind == DiskDamaged::kType.id;
}

bool meets_page_cache(uint16_t kind) {
  return kind == sim::DiskNamed::kType.id || kind == sim::DiskWritten::kType.id ||
         kind == sim::DiskTruncated::kType.id;
}

// Calls `use` with the payload when the event is of that type and fits it.
template <class Payload, class Use>
bool when(const sim::EventView& event, const Use& use) {
  if (event.header.kind != Payload::kType.id) return false;
  if (const auto payload = decode_event<Payload>(event.payload)) use(*payload);
  return true;
}

// Finds the nodes, and gives them lanes: clients above brokers above their disks, so that a write
// goes down and its acknowledgement up.
class LaneMaker {
 public:
  explicit LaneMaker(const sim::RunFile& run) : printer_(run) {
    for (const auto& [key, name] : run.info.more)
      if (key.starts_with("node:")) planned_.insert(name);
  }

  void on_event(const sim::EventView& event) {
    const uint16_t kind = event.header.kind;
    const int32_t node = event.header.node;
    names_.try_emplace(node, printer_.node_name(node));
    if (is_of_disk(kind) || (kind >= kLogFirst && kind < kBrokerEnd)) brokers_.insert(node);
    when<NodeStarted>(event, [&](const NodeStarted& start) { names_[node] = start.name; });
  }

  void finish(Scene& scene) {
    for (const auto& [node, name] : names_) {
      scene.nodes.push_back(node);
      scene.node_names.push_back(name);
    }
    add_helpers(scene);
    for (const auto& [node, name] : names_)
      if (!brokers_.contains(node) && !is_helper(node)) add(scene, {"client", name, node});
    for (const int32_t node : brokers_) {
      add(scene, {"broker", names_[node], node});
      add(scene, {"cache", names_[node] + " page cache", node});
      add(scene, {"platter", names_[node] + " platter", node});
    }
  }

  // Requires finish().
  uint32_t lane_of(const EventHeader& header) const {
    const uint32_t first = first_lane_.at(header.node);
    if (!brokers_.contains(header.node) || !is_of_disk(header.kind)) return first;
    return first + (meets_page_cache(header.kind) ? 1 : 2);
  }

 private:
  // What the run itself needs: topics are created, at the end everything is read.
  bool is_helper(int32_t node) const {
    return !brokers_.contains(node) && !planned_.contains(names_.at(node));
  }

  void add_helpers(Scene& scene) {
    std::string title;
    for (const auto& [node, name] : names_) {
      if (!is_helper(node)) continue;
      title += (title.empty() ? "" : ", ") + name;
      first_lane_[node] = 0;
    }
    if (!title.empty()) scene.lanes.push_back({"helpers", title, -1});
  }

  void add(Scene& scene, Lane lane) {
    first_lane_.try_emplace(lane.node, static_cast<uint32_t>(scene.lanes.size()));
    scene.lanes.push_back(std::move(lane));
  }

  sim::EventPrinter printer_;
  std::set<std::string> planned_;
  std::map<int32_t, std::string> names_;
  std::set<int32_t> brokers_;
  std::map<int32_t, uint32_t> first_lane_;
};

// Pairs beginnings with ends.
class SpanMaker {
 public:
  void on_event(const sim::EventView& event) {
    const int32_t node = event.header.node;
    const int64_t time_ns = event.header.time_ns;
    end_ns_ = time_ns;
    when<FaultInjected>(event, [&](const FaultInjected& fault) {
      bands_[fault.fault] = {.fault = fault.fault,
                             .node = node,
                             .from_ns = time_ns,
                             .to_ns = -1,
                             .what = fault.what,
                             .detail = fault.detail};
    });
    when<FaultHealed>(event, [&](const FaultHealed& fault) { heal(fault, time_ns); });
    when<sim::DiskFailed>(
        event, [&](const sim::DiskFailed& failed) { struck_[failed.fault].push_back(time_ns); });
    when<NodeCrashed>(event, [&](const NodeCrashed& crash) { open_[node] = {time_ns, crash.how}; });
    when<NodeStopped>(event, [&](const NodeStopped&) { open_[node] = {time_ns, "stopped"}; });
    when<NodeStarted>(event, [&](const NodeStarted&) { close(node); });
  }

  void finish(Scene& scene) {
    for (auto& [fault, band] : bands_) {
      if (band.to_ns < 0) band.to_ns = end_ns_;
      scene.bands.push_back(std::move(band));
    }
    std::set<int32_t> nodes;
    for (const auto& [node, began] : open_) nodes.insert(node);
    for (const int32_t node : nodes) close(node);
    scene.outages = std::move(outages_);
  }

 private:
  // A fault that was armed until the end of the run is drawn to the last thing that it did.
  void heal(const FaultHealed& healed, int64_t time_ns) {
    const auto found = bands_.find(healed.fault);
    if (found == bands_.end()) return;
    FaultBand& band = found->second;
    band.effects = healed.effects;
    band.bytes = healed.bytes;
    const std::vector<int64_t>& struck = struck_[healed.fault];
    const bool all_seen = !struck.empty() && struck.size() >= healed.effects;
    band.to_ns = all_seen ? struck.back() : time_ns;
  }

  void close(int32_t node) {
    const auto began = open_.find(node);
    if (began == open_.end()) return;
    outages_.push_back({node, began->second.first, end_ns_, began->second.second});
    open_.erase(began);
  }

  int64_t end_ns_ = 0;
  std::map<uint64_t, FaultBand> bands_;
  std::map<uint64_t, std::vector<int64_t>> struck_;
  std::map<int32_t, std::pair<int64_t, std::string>> open_;
  std::vector<Outage> outages_;
};

}  // namespace

Scene make_scene(const sim::RunFile& run, int64_t write_back_after_ns) {
  Scene scene;
  LaneMaker lanes(run);
  SpanMaker spans;
  LogLines lines(write_back_after_ns);
  scene.subjects.emplace_back();
  std::map<std::string, uint32_t> numbers = {{"", 0}};
  for (uint64_t i = run.events.first_index(); i < run.events.end_index(); ++i) {
    const sim::EventView event = run.events.at(i);
    lanes.on_event(event);
    spans.on_event(event);
    lines.on_event(event);
    const std::string& subject = lines.path_of(event.header);
    const auto [number, is_new] =
        numbers.try_emplace(subject, static_cast<uint32_t>(scene.subjects.size()));
    if (is_new) scene.subjects.push_back(subject);
    scene.subject_of.push_back(number->second);
  }
  lanes.finish(scene);
  spans.finish(scene);
  for (uint64_t i = run.events.first_index(); i < run.events.end_index(); ++i)
    scene.lane_of.push_back(lanes.lane_of(run.events.at(i).header));
  for (uint64_t i = run.events.first_index(); i < run.events.end_index(); ++i)
    scene.order.push_back(i);
  std::ranges::sort(scene.order, {},
                    [&](uint64_t i) { return std::pair(run.events.at(i).header.time_ns, i); });
  scene.caches = lines.caches();
  for (LogChart& chart : std::move(lines).take_charts())
    if (!chart.topic.starts_with("__")) scene.logs.push_back(std::move(chart));
  return scene;
}

}  // namespace faultline::report
