// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/log_lines.h"

#include <algorithm>

namespace faultline::report {

void StepLine::set(int64_t time_ns, int64_t value) {
  if (!points_.empty()) time_ns = std::max(time_ns, points_.back().time_ns);
  if (!points_.empty() && points_.back().time_ns == time_ns) points_.pop_back();
  if (points_.empty() || points_.back().value != value) points_.push_back({time_ns, value});
}

// An event that does not fit its schema is passed over.
template <class Payload>
bool LogLines::told(const sim::EventView& event) {
  if (event.header.kind != Payload::kType.id) return false;
  if (const auto payload = decode_event<Payload>(event.payload)) on(*payload);
  return true;
}

template <class Payload>
bool LogLines::told_of_disk(const sim::EventView& event) {
  if (event.header.kind != Payload::kType.id) return false;
  const auto payload = decode_event<Payload>(event.payload);
  if (!payload) return true;
  if constexpr (requires { files().on(uint64_t{}, *payload, int64_t{}); }) {
    files().on(event.header.entity, *payload, time_ns_);
  } else if constexpr (requires { files().on(uint64_t{}, *payload); }) {
    files().on(event.header.entity, *payload);
  } else {
    files().on(*payload);
  }
  files().settle(time_ns_);
  measure_node();
  return true;
}

void LogLines::on_event(const sim::EventView& event) {
  node_ = event.header.node;
  int64_t& latest = latest_[node_];
  latest = std::max(latest, event.header.time_ns);
  time_ns_ = latest;
  (void)(told<history::LogFile>(event) || told<history::LogAppended>(event) ||
         told<history::LogFlushed>(event) || told<history::LogTruncated>(event) ||
         told<history::LogRecovered>(event) || told<history::BrokerAcked>(event) ||
         told<history::NodeCrashed>(event) || told<history::NodeStopped>(event) ||
         told_of_disk<sim::DiskNamed>(event) || told_of_disk<sim::DiskWritten>(event) ||
         told_of_disk<sim::DiskTruncated>(event) || told_of_disk<sim::DiskSynced>(event) ||
         told_of_disk<sim::DiskFileCut>(event) || told_of_disk<sim::DiskPowerLost>(event) ||
         told_of_disk<history::DiskLost>(event));
}

std::vector<LogChart> LogLines::take_charts() && {
  std::vector<LogChart> charts;
  for (auto& [key, log] : logs_) charts.push_back(std::move(log.chart));
  return charts;
}

const std::string& LogLines::path_of(const EventHeader& header) const {
  static const std::string kNone;
  const bool is_of_disk = header.kind >= 0x0200 && header.kind < 0x0300;
  const auto files = files_.find(header.node);
  return is_of_disk && files != files_.end() ? files->second.path_of(header.entity) : kNone;
}

void LogLines::on(const history::LogFile& file) {
  Log& log = log_of(file.topic, file.partition);
  const auto known = std::ranges::find(log.segments, file.path, &Segment::path);
  if (known == log.segments.end()) log.segments.push_back({file.path, {}});
}

void LogLines::on(const history::LogAppended& appended) {
  Log& log = log_of(appended.topic, appended.partition);
  if (log.segments.empty()) log.segments.emplace_back();
  log.segments.back().batches.push_back(
      {appended.batch.base_offset, appended.batch.last_offset,
       static_cast<uint64_t>(appended.position) + static_cast<uint64_t>(appended.bytes)});
  log.is_served = true;
  log.chart.end.set(time_ns_, appended.batch.last_offset + 1);
  // A new log is durable up to nothing, and says so by silence.
  if (log.chart.flushed.last() < 0) log.chart.flushed.set(time_ns_, 0);
  if (log.chart.platter.last() < 0) log.chart.platter.set(time_ns_, appended.batch.base_offset);
}

void LogLines::on(const history::LogFlushed& flushed) {
  log_of(flushed.topic, flushed.partition).chart.flushed.set(time_ns_, flushed.end_offset);
}

void LogLines::on(const history::LogTruncated& truncated) {
  Log& log = log_of(truncated.topic, truncated.partition);
  cut(log, truncated.end_offset);
  log.chart.end.set(time_ns_, truncated.end_offset);
  log.chart.flushed.set(time_ns_, std::min(log.chart.flushed.last(), truncated.end_offset));
  measure_platter(log);
}

void LogLines::on(const history::LogRecovered& recovered) {
  Log& log = log_of(recovered.topic, recovered.partition);
  LogChart& chart = log.chart;
  cut(log, recovered.end_offset);
  log.is_served = true;
  if (chart.acked.last() > recovered.end_offset) {
    chart.losses.push_back({time_ns_, recovered.end_offset, chart.acked.last()});
    chart.acked.set(time_ns_, recovered.end_offset);
  }
  // What it called durable before it went down, as far as that is still there.
  int64_t flushed = 0;
  for (const StepLine::Point& point : chart.flushed.points())
    if (point.value >= 0) flushed = point.value;
  chart.end.set(time_ns_, recovered.end_offset);
  chart.flushed.set(time_ns_, std::min(flushed, recovered.end_offset));
  measure_platter(log);
}

void LogLines::on(const history::BrokerAcked& acked) {
  StepLine& line = log_of(acked.topic, acked.partition).chart.acked;
  line.set(time_ns_, std::max(line.last(), acked.last_offset + 1));
}

LogLines::Log& LogLines::log_of(const std::string& topic, int32_t partition) {
  Log& log = logs_[{node_, topic, partition}];
  log.chart.node = node_;
  log.chart.topic = topic;
  log.chart.partition = partition;
  return log;
}

PlatterFiles& LogLines::files() {
  return files_.try_emplace(node_, write_back_after_ns_).first->second;
}

void LogLines::end_service() {
  for (auto& [key, log] : logs_) {
    if (std::get<0>(key) != node_ || !log.is_served) continue;
    log.is_served = false;
    log.chart.end.set(time_ns_, -1);
    log.chart.flushed.set(time_ns_, -1);
    log.chart.platter.set(time_ns_, -1);
  }
}

void LogLines::cut(Log& log, int64_t end_offset) {
  for (Segment& segment : log.segments)
    std::erase_if(segment.batches,
                  [&](const StoredBatch& batch) { return batch.last_offset >= end_offset; });
}

void LogLines::measure_platter(Log& log) {
  if (!log.is_served) return;
  const PlatterFiles& files = this->files();
  int64_t reached = log.chart.end.last();
  for (const Segment& segment : log.segments) {
    const uint64_t missing = files.first_missing(segment.path);
    if (missing == PlatterFiles::kNothingMissing) continue;
    const auto first = std::ranges::partition_point(
        segment.batches, [&](const StoredBatch& batch) { return batch.end_byte <= missing; });
    if (first != segment.batches.end()) {
      reached = std::min(reached, first->base_offset);
      break;
    }
  }
  log.chart.platter.set(time_ns_, reached);
}

void LogLines::measure_node() {
  caches_[node_].set(time_ns_, static_cast<int64_t>(files().unsynced_bytes()));
  for (auto& [key, log] : logs_)
    if (std::get<0>(key) == node_) measure_platter(log);
}

}  // namespace faultline::report
