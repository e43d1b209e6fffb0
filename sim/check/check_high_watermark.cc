// SPDX-License-Identifier: Apache-2.0
// I5. The high watermark that a recovered log starts with, and the one that a reader is told, are
// within the log: beyond its end there is nothing that could be committed.
#include <fmt/format.h>

#include "sim/check/hooks.h"

namespace faultline::sim {
namespace {

class HighWatermarkChecker final : public Checker {
 public:
  HighWatermarkChecker()
      : Checker(
            {"I5", "the high watermark is within the log",
             "No high watermark, recovered or told to a reader, is beyond the end of the log."}) {}

  void on_recovered(const Step& step, const PartitionHistory& log,
                    const history::LogRecovered& event) override {
    count_check();
    if (event.high_watermark <= event.end_offset) return;
    report(step, log, event.high_watermark, event.end_offset);
  }

  void on_polled(const Step& step, const PartitionHistory& log, const ReaderHistory&,
                 const FetchInFlight* fetch, const history::Polled& event) override {
    // Within one incarnation the end only grows, so it is now what it was then, or more.
    if (!log.has_log() || fetch == nullptr || fetch->incarnation != log.incarnation()) return;
    count_check();
    if (event.high_watermark <= log.end_offset()) return;
    report(step, log, event.high_watermark, log.end_offset());
  }

 private:
  void report(const Step& step, const PartitionHistory& log, Offset high_watermark, Offset end) {
    violated({.subject = log.subject(end, next_offset(high_watermark - 1)),
              .since_ns = step.header.time_ns,
              .detected_ns = step.header.time_ns,
              .expected = fmt::format("a high watermark of at most {}, the end of the log", end),
              .observed = fmt::format("it is {}", high_watermark),
              .events = {step.header.id}});
  }
};

}  // namespace

std::unique_ptr<Checker> make_high_watermark_checker() {
  return make_checker<HighWatermarkChecker>();
}

}  // namespace faultline::sim
