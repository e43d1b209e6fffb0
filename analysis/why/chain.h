// SPDX-License-Identifier: Apache-2.0
// The life of the records that a finding is about, from the events of a run: sent, appended,
// flushed, acked, hit by faults, lost, found again, read. Each event becomes at most one step.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/why/explain.h"
#include "analysis/why/run_events.h"
#include "analysis/why/words.h"
#include "broker/env/history_events.h"
#include "broker/env/world_events.h"

namespace faultline::why {

// One append of a followed offset: the bytes that the disk view looks at.
struct Appended {
  uint64_t index = 0;
  int32_t node = -1;
  std::string path;
  history::LogAppended event;
};

class Chain {
 public:
  // Follows `offsets` of the subject's partition up to the event `symptom`.
  Chain(const RunEvents& events, const Subject& subject, std::vector<Offset> offsets,
        uint64_t symptom);

  // In the order of the run, the deciding one marked.
  const std::vector<Step>& steps() const { return steps_; }
  // Those of the records as the symptom meets them, oldest first.
  const std::vector<Appended>& appends() const { return appends_; }
  // The event at which the bytes were lost, or the symptom: where to look at the disk.
  uint64_t moment() const { return moment_.value_or(symptom_); }

 private:
  struct Words {
    std::string who;
    std::string what;
    int weight = 0;
  };

  // First pass: where the story begins, and which appends it is about.
  void find_appends();
  void find_sends();
  void tell_older_faults();
  // Second pass, one group of events each; none: not worth a line.
  std::optional<Words> tell(uint64_t index);
  std::optional<Words> tell_log(uint64_t index);
  std::optional<Words> tell_log_change(uint64_t index);
  std::optional<Words> tell_send(uint64_t index);
  std::optional<Words> tell_reader(uint64_t index);
  std::optional<Words> tell_machine(uint64_t index);
  std::optional<Words> tell_disk(uint64_t index);
  std::optional<Words> tell_broker(uint64_t index);
  void add(uint64_t index, Words words);
  void mark_decision();

  bool is_followed(Offset first, Offset last) const;
  bool is_of_subject(const std::string& topic, int32_t partition) const;
  std::string name(uint64_t index) const { return events_.node_name(events_.header(index).node); }

  const RunEvents& events_;
  const Subject subject_;
  std::vector<Offset> offsets_;
  const uint64_t symptom_;
  uint64_t begin_ = 0;  // nothing before matters
  int32_t log_node_ = -1;
  Offset log_end_ = 0;
  bool is_down_ = false;
  bool is_told_flushed_ = false;
  std::optional<uint64_t> moment_;
  std::map<std::pair<int32_t, int64_t>, uint64_t> sends_;  // (node, send id) -> SendInvoked
  std::set<uint64_t> requests_;                            // that brought the appends
  std::vector<Appended> appends_;
  std::vector<Step> steps_;
  std::map<uint64_t, int> reads_;  // reader's entity -> lines told of it
};

}  // namespace faultline::why
