// SPDX-License-Identifier: Apache-2.0
// Picks the telling events of a run and puts them into words.
#include "analysis/cli/story.h"

#include <map>
#include <set>

#include <fmt/format.h>

#include "broker/env/history_events.h"
#include "broker/env/world_events.h"

namespace faultline::cli {
namespace {

using namespace history;

// Watches the events go by and writes a line whenever something happens that a person would
// mention.
class Narrator {
 public:
  std::vector<StoryLine> lines;

  void on_event(const sim::EventView& event) {
    time_ns_ = event.header.time_ns;
    const uint16_t kind = event.header.kind;
    if (kind == SendAcked::kType.id) {
      on_acked(event);
    } else if (kind == NodeCrashed::kType.id) {
      on_crash(*decode_event<NodeCrashed>(event.payload));
    } else if (kind == NodeStarted::kType.id) {
      on_start(*decode_event<NodeStarted>(event.payload));
    } else if (kind == DiskLost::kType.id) {
      const auto lost = *decode_event<DiskLost>(event.payload);
      if (lost.path.ends_with(".log") && lost.path.find("__") == std::string::npos)
        lost_bytes_ += lost.length;
    } else if (kind == LogAppended::kType.id) {
      const auto appended = *decode_event<LogAppended>(event.payload);
      log_end_[{appended.topic, appended.partition}] = appended.batch.last_offset + 1;
    } else if (kind == LogRecovered::kType.id) {
      on_recovered(*decode_event<LogRecovered>(event.payload));
    } else if (kind == TailStarted::kType.id) {
      flush_acks();
      line("end of all faults", "", "");
    } else if (kind == ReadThrough::kType.id) {
      on_read_through(*decode_event<ReadThrough>(event.payload));
    }
  }

 private:
  void line(std::string injected, std::string storage, std::string clients) {
    lines.push_back({time_ns_, std::move(injected), std::move(storage), std::move(clients)});
  }

  void on_acked(const sim::EventView&) {
    ++acked_;
    if (waits_for_first_ack_) {
      waits_for_first_ack_ = false;
      line("", "", acked_ == 1 ? "first record acked" : "acks go on");
    }
  }

  void flush_acks() {}

  void on_crash(const NodeCrashed& crash) {
    if (crash.how == "power_loss") {
      line("POWER LOSS of " + crash.name, "", fmt::format("{} records acked so far", acked_));
    } else {
      line("KILL of " + crash.name, "the page cache stays",
           fmt::format("{} records acked so far", acked_));
    }
    lost_bytes_ = 0;
  }

  void on_start(const NodeStarted& start) {
    if (lost_bytes_ > 0)
      line("", fmt::format("{} unsynced bytes are gone", lost_bytes_), "");
    lost_bytes_ = 0;
    if (brokers_.contains(start.name)) {
      line("power is back: " + start.name + " starts", "", "");
      waits_for_first_ack_ = true;
    }
    if (brokers_.empty()) brokers_.insert(start.name);
  }

  void on_recovered(const LogRecovered& recovered) {
    if (recovered.topic.starts_with("__")) return;
    Offset& end = log_end_[{recovered.topic, recovered.partition}];
    const std::string name = fmt::format("{}-{}", recovered.topic, recovered.partition);
    if (recovered.end_offset < end) {
      line("", fmt::format("{} recovered to offset {}", name, recovered.end_offset),
           fmt::format("{} records are gone", end - recovered.end_offset));
    } else if (end > 0) {
      line("", fmt::format("{} recovered to {}: nothing is lost", name, recovered.end_offset),
           "");
    }
    end = recovered.end_offset;
  }

  void on_read_through(const ReadThrough& read) {
    line("", "",
         fmt::format("a fresh consumer reads {}-{}: {}..{}", read.topic, read.partition,
                     read.start_offset, read.end_offset - 1));
  }

  int64_t time_ns_ = 0;
  uint64_t acked_ = 0;
  bool waits_for_first_ack_ = true;
  int64_t lost_bytes_ = 0;
  std::set<std::string> brokers_;  // the first node to start is one
  std::map<std::pair<std::string, int32_t>, Offset> log_end_;
};

}  // namespace

std::vector<StoryLine> tell(const scenarios::RunResult& result, size_t lines_max) {
  Narrator narrator;
  const sim::EventLog& log = result.recorder->log();
  for (uint64_t i = log.first_index(); i < log.end_index(); ++i) narrator.on_event(log.at(i));
  std::vector<StoryLine> lines = std::move(narrator.lines);
  if (lines.size() > lines_max)
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(lines_max - 1), lines.end() - 1);
  return lines;
}

}  // namespace faultline::cli
