// SPDX-License-Identifier: Apache-2.0
// LogTracer: tells the Probe what one log does, in the words of broker/env/history_events.h.
#pragma once

#include <string>
#include <vector>

#include "broker/env/history_events.h"
#include "broker/env/history_marks.h"
#include "broker/env/probe.h"
#include "broker/log/segment_state.h"

namespace faultline::log {

// What opening a log found.
struct RecoveryFacts {
  bool was_clean = false;
  Offset log_start_offset = 0;
  Offset log_end_offset = 0;
  std::vector<history::Batch> scanned;
  Offset high_watermark = 0;
};

// What retention went by; -1 where it was not retention.
struct DeletionFacts {
  int64_t retention_ms = -1;
  int64_t retention_bytes = -1;
  int64_t bytes_left = -1;
};

class LogTracer {
 public:
  LogTracer(Probe& probe, const TopicPartition& partition)
      : probe_(probe),
        partition_(partition),
        entity_(history::partition_entity(partition.topic, partition.partition)) {}

  void file(const std::string& path, Offset base_offset);
  void appended(const wire::BatchView& batch, const BatchFacts& facts, uint64_t position);
  void flushed(Offset end_offset);
  void recovered(RecoveryFacts facts);
  void truncated(Offset end_offset, std::string reason);
  void start_moved(Offset start_offset, std::string reason, const DeletionFacts& facts);
  void fenced(std::string reason);
  // `mismatch`: of an index; empty: none.
  void audited(Offset start_offset, Offset end_offset, uint64_t chain, std::string mismatch);
  void deleted();
  // Tells it the first time only.
  void reached(history::LogMark mark);

 private:
  Probe& probe_;
  const TopicPartition partition_;
  const uint64_t entity_;
  uint32_t reached_ = 0;  // a bit for each mark
};

}  // namespace faultline::log
