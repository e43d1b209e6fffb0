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
// mention. What happens at one instant in different columns shares a line.
class Narrator {
 public:
  std::vector<StoryLine> lines;

  void on_event(const sim::EventView& event) {
    time_ns_ = event.header.time_ns;
    const uint16_t kind = event.header.kind;
    if (kind == SendAcked::kType.id) {
      on_acked();
    } else if (kind == NodeCrashed::kType.id) {
      on_crash(*decode_event<NodeCrashed>(event.payload));
    } else if (kind == NodeStarted::kType.id) {
      on_start(*decode_event<NodeStarted>(event.payload));
    } else if (kind == DiskLost::kType.id) {
      on_lost(*decode_event<DiskLost>(event.payload));
    } else if (kind == LogAppended::kType.id) {
      on_appended(*decode_event<LogAppended>(event.payload));
    } else if (kind == LogFenced::kType.id) {
      const auto fenced = *decode_event<LogFenced>(event.payload);
      line().storage = fmt::format("{}-{} takes no more writes", fenced.topic, fenced.partition);
    } else if (kind == LogRecovered::kType.id) {
      on_recovered(*decode_event<LogRecovered>(event.payload));
    } else if (kind == TailStarted::kType.id) {
      line().injected = "no more faults";
    } else if (kind == ReadThrough::kType.id) {
      on_read_through(*decode_event<ReadThrough>(event.payload));
    }
  }

 private:
  struct Log {
    Offset end = 0;
    Offset reused_from = -1;  // set by a recovery that lost something, until the next append
  };

  StoryLine& line() {
    if (lines.empty() || lines.back().time_ns != time_ns_) lines.push_back({.time_ns = time_ns_});
    return lines.back();
  }

  Log& log_of(const std::string& topic, int32_t partition) { return logs_[{topic, partition}]; }

  void on_acked() {
    ++acked_;
    if (!waits_for_ack_) return;
    waits_for_ack_ = false;
    line().clients = acked_ == 1 ? "the first record is acked" : "acks go on";
  }

  void on_crash(const NodeCrashed& crash) {
    const bool is_power_loss = crash.how == "power_loss";
    StoryLine& told = line();
    told.injected = fmt::format("{} {}", is_power_loss ? "POWER LOSS" : "KILL", crash.name);
    told.storage = is_power_loss ? "nothing unsynced was there" : "the page cache stays";
    told.clients = fmt::format("{} acked; silence", grouped(acked_));
    lost_bytes_ = 0;
  }

  void on_lost(const DiskLost& lost) {
    if (!lost.path.ends_with(".log") || lost.path.contains("__")) return;
    lost_bytes_ += static_cast<uint64_t>(lost.length);
    line().storage = fmt::format("{} unsynced bytes are gone", grouped(lost_bytes_));
  }

  void on_start(const NodeStarted& start) {
    if (!started_.insert(start.name).second) {
      line().injected = start.name + " starts again";
      waits_for_ack_ = true;
    }
  }

  void on_appended(const LogAppended& appended) {
    Log& log = log_of(appended.topic, appended.partition);
    log.end = appended.batch.last_offset + 1;
    if (log.reused_from < 0) return;
    line().storage = fmt::format("offset {} is given out again", log.reused_from);
    log.reused_from = -1;
  }

  void on_recovered(const LogRecovered& recovered) {
    if (recovered.topic.starts_with("__")) return;
    Log& log = log_of(recovered.topic, recovered.partition);
    const std::string name = fmt::format("{}-{}", recovered.topic, recovered.partition);
    if (recovered.end_offset < log.end) {
      line().storage = fmt::format("{} ends at {}, not {}", name, recovered.end_offset, log.end);
      line().clients = fmt::format("{} records are gone",
                                   grouped(static_cast<uint64_t>(log.end - recovered.end_offset)));
      log.reused_from = recovered.end_offset;
    } else if (log.end > 0) {
      line().storage = fmt::format("{} is whole: 0..{}", name, recovered.end_offset - 1);
    }
    log.end = recovered.end_offset;
  }

  void on_read_through(const ReadThrough& read) {
    StoryLine& told = line();
    told.storage = fmt::format("{}-{} holds {}..{}", read.topic, read.partition, read.start_offset,
                               read.end_offset - 1);
    told.clients = "a fresh consumer reads it all";
  }

  int64_t time_ns_ = 0;
  uint64_t acked_ = 0;
  bool waits_for_ack_ = true;
  uint64_t lost_bytes_ = 0;
  std::set<std::string> started_;
  std::map<std::pair<std::string, int32_t>, Log> logs_;
};

struct Column {
  std::string_view title;
  size_t width;
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

std::string draw(std::span<const StoryLine> lines, const Console& console) {
  constexpr size_t kTime = 9;
  constexpr Column kColumns[] = {{"injected", 16}, {"disk and log", 32}, {"clients", 31}};
  const std::string bar = console.styled(Style::kDim, console.glyph("\u2502", "|"));
  std::string header = fmt::format("  {:>{}} ", "time", kTime);
  std::string rule = "  ";
  const auto add_rule = [&](size_t width) {
    for (size_t i = 0; i < width; ++i) rule += console.glyph("\u2500", "-");
  };
  add_rule(kTime + 1);
  for (const Column& column : kColumns) {
    header +=
        fmt::format("{} {}", console.glyph("\u2502", "|"),
                    &column == std::end(kColumns) - 1 ? std::string(column.title)
                                                      : padded(column.title, column.width + 1));
    rule += console.glyph("\u253c", "+");
    add_rule(column.width + 2);
  }
  std::string text =
      console.styled(Style::kDim, header) + "\n" + console.styled(Style::kDim, rule) + "\n";
  for (const StoryLine& line : lines) {
    const bool is_crash = line.injected.starts_with("POWER") || line.injected.starts_with("KILL");
    const bool is_loss = line.clients.ends_with("gone");
    const std::string injected = padded(line.injected, kColumns[0].width);
    const std::string time =
        fmt::format("{}.{:03} s", line.time_ns / 1'000'000'000, line.time_ns / 1'000'000 % 1000);
    std::string row =
        fmt::format("  {:>{}} {} {} {} {} {} {}", time, kTime, bar,
                    console.styled(is_crash ? Style::kRed : Style::kPlain, injected), bar,
                    padded(line.storage, kColumns[1].width), bar,
                    console.styled(is_loss ? Style::kYellow : Style::kPlain, line.clients));
    row.resize(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text;
}

}  // namespace faultline::cli
