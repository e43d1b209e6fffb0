// SPDX-License-Identifier: Apache-2.0
// Picks the telling events of a run and puts them into words.
#include "analysis/report/story.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "analysis/report/text.h"
#include "broker/env/history_events.h"
#include "broker/env/world_events.h"

namespace faultline::report {
namespace {

using namespace history;

// Watches the events go by and writes a line whenever something happens that a person would
// mention. What happens at one instant in different columns shares a line.
class Narrator {
 public:
  std::vector<StoryLine> lines;

  void on_event(const sim::EventView& event) {
    time_ns_ = event.header.time_ns;
    node_ = event.header.node;
    (void)(told<SendAcked>(event) || told<FaultInjected>(event) || told<NodeCrashed>(event) ||
           told<NodeStarted>(event) || told<NodeStopped>(event) || told<DiskLost>(event) ||
           told<LogAppended>(event) || told<BrokerAcked>(event) || told<LogFenced>(event) ||
           told<LogRecovered>(event) || told<TailStarted>(event) || told<ReadThrough>(event));
  }

 private:
  struct Log {
    Offset end = 0;
    Offset acked = 0;         // what clients were told is in ends here
    Offset reused_from = -1;  // set by a recovery that lost something, until the next append
  };

  StoryLine& line() {
    if (lines.empty() || lines.back().time_ns != time_ns_) lines.push_back({.time_ns = time_ns_});
    return lines.back();
  }

  // Whether it is such an event; one that does not fit its schema is passed over.
  template <class Payload>
  bool told(const sim::EventView& event) {
    if (event.header.kind != Payload::kType.id) return false;
    if (const auto payload = decode_event<Payload>(event.payload)) on(*payload);
    return true;
  }

  Log& log_of(const std::string& topic, int32_t partition) { return logs_[{topic, partition}]; }

  void on(const SendAcked&) {
    ++acked_;
    if (!waits_for_ack_) return;
    waits_for_ack_ = false;
    line().clients = acked_ == 1 ? "the first record is acked" : "acks go on";
  }

  // Crashes tell themselves.
  void on(const FaultInjected& fault) {
    if (fault.what == "power_loss" || fault.what == "kill") return;
    std::string what = fault.what;
    std::ranges::replace(what, '_', ' ');
    line().injected = what;
  }

  void on(const NodeCrashed& crash) {
    const bool is_power_loss = crash.how == "power_loss";
    StoryLine& told = line();
    told.injected = fmt::format("{} {}", is_power_loss ? "POWER LOSS" : "KILL", crash.name);
    told.storage = is_power_loss ? "nothing unsynced was there" : "the page cache stays";
    told.clients = fmt::format("{} acked; silence", grouped(acked_));
    lost_bytes_ = 0;
  }

  void on(const NodeStopped& stopped) {
    if (brokers_.contains(node_)) line().clients = stopped.name + " stops itself";
  }

  void on(const DiskLost& lost) {
    if (!lost.path.ends_with(".log") || lost.path.contains("__")) return;
    if (lost.why == "sync_error") {
      line().storage = "fsync fails, dirty pages are dropped";
      return;
    }
    lost_bytes_ += static_cast<uint64_t>(lost.length);
    line().storage = fmt::format("{} unsynced bytes are gone", grouped(lost_bytes_));
  }

  void on(const LogFenced& fenced) {
    line().storage = fmt::format("{}-{} takes no more writes", fenced.topic, fenced.partition);
  }

  void on(const TailStarted&) { line().injected = "no more faults"; }

  void on(const NodeStarted& start) {
    if (!started_.insert(start.name).second) {
      line().injected = start.name + " starts again";
      waits_for_ack_ = true;
    }
  }

  void on(const LogAppended& appended) {
    Log& log = log_of(appended.topic, appended.partition);
    log.end = appended.batch.last_offset + 1;
    if (log.reused_from < 0) return;
    line().storage = fmt::format("offset {} is given out again", log.reused_from);
    log.reused_from = -1;
  }

  void on(const BrokerAcked& acked) {
    Log& log = log_of(acked.topic, acked.partition);
    log.acked = std::max(log.acked, acked.last_offset + 1);
  }

  void on(const LogRecovered& recovered) {
    brokers_.insert(node_);
    if (recovered.topic.starts_with("__")) return;
    Log& log = log_of(recovered.topic, recovered.partition);
    const std::string name = fmt::format("{}-{}", recovered.topic, recovered.partition);
    if (recovered.end_offset < log.end) {
      line().storage = fmt::format("{} ends at {}, not {}", name, recovered.end_offset, log.end);
      line().clients = gone_text(log.acked - recovered.end_offset);
      log.reused_from = recovered.end_offset;
    } else if (log.end > 0) {
      line().storage = fmt::format("{} is whole: 0..{}", name, recovered.end_offset - 1);
    }
    log.end = recovered.end_offset;
    log.acked = std::min(log.acked, log.end);
  }

  static std::string gone_text(int64_t acked_records) {
    if (acked_records <= 0) return "none of that was acked";
    if (acked_records == 1) return "1 acked record is gone";
    return fmt::format("{} acked records are gone", grouped(static_cast<uint64_t>(acked_records)));
  }

  void on(const ReadThrough& read) {
    StoryLine& told = line();
    told.storage = fmt::format("{}-{} holds {}..{}", read.topic, read.partition, read.start_offset,
                               read.end_offset - 1);
    told.clients = "a fresh consumer reads it all";
  }

  int64_t time_ns_ = 0;
  int32_t node_ = -1;
  std::set<int32_t> brokers_;  // nodes that keep logs
  uint64_t acked_ = 0;
  bool waits_for_ack_ = true;
  uint64_t lost_bytes_ = 0;
  std::set<std::string> started_;
  std::map<std::pair<std::string, int32_t>, Log> logs_;
};

}  // namespace

std::vector<StoryLine> tell(const sim::EventLog& events, size_t lines_max) {
  Narrator narrator;
  for (uint64_t i = events.first_index(); i < events.end_index(); ++i)
    narrator.on_event(events.at(i));
  std::vector<StoryLine> lines = std::move(narrator.lines);
  if (lines.size() > lines_max)
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(lines_max - 1), lines.end() - 1);
  return lines;
}

}  // namespace faultline::report
