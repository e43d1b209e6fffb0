// SPDX-License-Identifier: Apache-2.0
// Coverage: which rare paths a run reached and in which states its logs were, read from its events.
// A campaign that never saw a path has said nothing about it.
#pragma once

#include <bitset>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "broker/env/history_events.h"
#include "broker/env/history_marks.h"
#include "broker/env/world_events.h"
#include "sim/trace/recorder.h"

namespace faultline::search {

// Paths that are no event of their own; a campaign names those that it missed.
std::span<const std::string_view> known_marks();
size_t log_states_possible();

class CoverageObserver final : public sim::EventObserver {
 public:
  void on_event(const sim::EventView& event) override;
  std::set<std::string> marks() const;       // of known_marks()
  std::set<std::string> log_states() const;  // "several segments, unflushed tail, cut by recovery"

 private:
  enum class Origin : uint8_t { kNew, kClean, kScanned, kCut };
  struct Log {
    Offset end = 0;
    Offset flushed = 0;
    int segments = 0;
    bool is_fenced = false;
    bool is_known = false;
    Origin origin = Origin::kNew;
  };

  template <class Payload>
  bool handle_as(const sim::EventView& event);
  void handle(Log& log, const history::LogFile& event);
  void handle(Log& log, const history::LogAppended& event);
  void handle(Log& log, const history::LogFlushed& event);
  void handle(Log& log, const history::LogRecovered& event);
  void handle(Log& log, const history::LogTruncated& event);
  void handle(Log& log, const history::LogStartMoved& event);
  void handle(Log& log, const history::LogFenced& event);
  void handle(Log& log, const history::BrokerAcked& event);
  void handle(Log& log, const history::LogReached& event);

  std::map<std::pair<int32_t, uint64_t>, Log> logs_;  // by node and partition
  std::bitset<64> marks_;                             // by place in known_marks()
  std::bitset<64> states_;
};

}  // namespace faultline::search
