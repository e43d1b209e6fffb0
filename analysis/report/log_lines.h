// SPDX-License-Identifier: Apache-2.0
// LogLines: the lines of the picture's charts, from the events of a run. For each log of each
// broker: how far it reaches, how far it calls itself durable, how far the platter really holds it,
// and how far clients were told that it does; for each broker: how much its page cache has to lose.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "analysis/report/platter_files.h"
#include "broker/env/history_events.h"
#include "sim/trace/event_log.h"

namespace faultline::report {

// A line that is level between its points. -1: nobody serves the log.
class StepLine {
 public:
  struct Point {
    int64_t time_ns = 0;
    int64_t value = 0;
  };

  // A time before the last point counts as that one's; a second value of one instant replaces the
  // first.
  void set(int64_t time_ns, int64_t value);
  const std::vector<Point>& points() const { return points_; }
  int64_t last() const { return points_.empty() ? -1 : points_.back().value; }

 private:
  std::vector<Point> points_;
};

// Records that clients had been told were in, and that recovery did not find.
struct AckedLoss {
  int64_t time_ns = 0;
  int64_t from = 0;
  int64_t to = 0;
};

struct LogChart {
  int32_t node = -1;
  std::string topic;
  int32_t partition = 0;
  StepLine end;
  StepLine flushed;  // as the log believes
  StepLine platter;  // as it is
  StepLine acked;
  std::vector<AckedLoss> losses;
};

class LogLines {
 public:
  explicit LogLines(int64_t write_back_after_ns) : write_back_after_ns_(write_back_after_ns) {}

  void on_event(const sim::EventView& event);

  std::vector<LogChart> take_charts() &&;
  // Unsynced bytes by broker.
  const std::map<int32_t, StepLine>& caches() const { return caches_; }
  // The file that a disk event is about, as it is named at that moment; else empty.
  const std::string& path_of(const EventHeader& header) const;

 private:
  struct StoredBatch {
    int64_t base_offset = 0;
    int64_t last_offset = 0;
    uint64_t end_byte = 0;
  };
  // One segment of a log.
  struct Segment {
    std::string path;
    std::vector<StoredBatch> batches;  // in order
  };
  struct Log {
    LogChart chart;
    std::vector<Segment> segments;  // in the order of their offsets; appends go to the last
    bool is_served = false;
  };

  template <class Payload>
  bool told(const sim::EventView& event);
  template <class Payload>
  bool told_of_disk(const sim::EventView& event);
  void on(const history::LogFile& file);
  void on(const history::LogAppended& appended);
  void on(const history::LogFlushed& flushed);
  void on(const history::LogTruncated& truncated);
  void on(const history::LogRecovered& recovered);
  void on(const history::BrokerAcked& acked);
  void on(const history::NodeCrashed&) { end_service(); }
  void on(const history::NodeStopped&) { end_service(); }

  Log& log_of(const std::string& topic, int32_t partition);
  PlatterFiles& files();
  void end_service();
  static void cut(Log& log, int64_t end_offset);
  void measure_platter(Log& log);
  void measure_node();

  int64_t write_back_after_ns_;
  int32_t node_ = -1;    // of the event at hand
  int64_t time_ns_ = 0;  // its time, or that of the node's latest before: lines never go back
  std::map<int32_t, int64_t> latest_;
  std::map<int32_t, PlatterFiles> files_;
  std::map<int32_t, StepLine> caches_;
  std::map<std::tuple<int32_t, std::string, int32_t>, Log> logs_;
};

}  // namespace faultline::report
