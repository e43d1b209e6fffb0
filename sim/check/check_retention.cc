// SPDX-License-Identifier: Apache-2.0
// S4. What retention deletes was in the log for long enough, by true time, or there was too much of
// it. A log that started under a clock known to be wrong, or whose producers' clocks are, has no
// way to know the age of a record: then nothing is judged.
#include <deque>

#include <fmt/format.h>

#include "sim/check/by_partition.h"
#include "sim/check/hooks.h"

namespace faultline::sim {
namespace {

class RetentionChecker final : public Checker {
 public:
  RetentionChecker()
      : Checker({"S4", "retention deletes only what is old or too much",
                 "No record leaves the head of a log before it is as old, or the log as large, as "
                 "its topic's retention says."}) {}

  void on_fault(const Step& step, const history::FaultInjected& event) override {
    if (event.what.starts_with("clock_")) ++wrong_clocks_[step.header.node];
  }

  void on_recovered(const Step&, const PartitionHistory& log,
                    const history::LogRecovered&) override {
    if (wrong_clocks_.contains(log.node)) has_wrong_start_[log.name()] = true;
  }

  void on_appended(const Step& step, const PartitionHistory& log,
                   const history::LogAppended& event) override {
    std::deque<Appended>& batches = batches_[log];
    while (!batches.empty() && batches.back().base_offset >= event.batch.base_offset)
      batches.pop_back();
    batches.push_back({event.batch.base_offset, step.header.time_ns});
  }

  void on_start_moved(const Step& step, const PartitionHistory& log,
                      const history::LogStartMoved& event) override {
    if (event.bytes_left < 0) return;  // not retention
    std::deque<Appended>& batches = batches_[log];
    int64_t youngest_ns = -1;
    while (!batches.empty() && batches.front().base_offset < event.start_offset) {
      youngest_ns = batches.front().time_ns;
      batches.pop_front();
    }
    if (youngest_ns < 0 || is_clock_in_doubt(log)) return;
    count_check();
    const int64_t age_ms = (step.header.time_ns - youngest_ns) / 1'000'000;
    const bool is_old =
        event.retention_ms >= 0 && age_ms + age_ms / 2 + kSlackMs >= event.retention_ms;
    const bool is_too_much =
        event.retention_bytes >= 0 && event.bytes_left >= event.retention_bytes;
    if (is_old || is_too_much) return;
    violated({.subject = log.subject(log.start_offset(), event.start_offset),
              .since_ns = step.header.time_ns,
              .detected_ns = step.header.time_ns,
              .expected = expectation(event),
              .observed = fmt::format("deleted for {} at an age of {} ms, which left {} bytes",
                                      event.reason, age_ms, event.bytes_left),
              .events = {step.header.id}});
  }

 private:
  struct Appended {
    Offset base_offset = 0;
    int64_t time_ns = 0;
  };
  // Clocks of brokers and producers that are right differ by so much; drift is allowed for by half
  // of the age.
  static constexpr int64_t kSlackMs = 10'000;

  bool is_clock_in_doubt(const PartitionHistory& log) const {
    const bool has_others = wrong_clocks_.size() > wrong_clocks_.count(log.node);
    return has_others || has_wrong_start_.contains(log.name());
  }

  static std::string expectation(const history::LogStartMoved& event) {
    std::string text = "records stay";
    if (event.retention_ms >= 0) text += fmt::format(" for {} ms", event.retention_ms);
    if (event.retention_bytes >= 0)
      text += fmt::format("{} while no more than {} bytes are left without them",
                          event.retention_ms >= 0 ? ", or" : "", event.retention_bytes);
    return text;
  }

  std::map<int32_t, int> wrong_clocks_;  // by node
  std::map<TopicPartition, bool> has_wrong_start_;
  ByPartition<std::deque<Appended>> batches_;
};

}  // namespace

std::unique_ptr<Checker> make_retention_checker() { return make_checker<RetentionChecker>(); }

}  // namespace faultline::sim
