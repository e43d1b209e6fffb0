// SPDX-License-Identifier: Apache-2.0
// LogFacts: what a log knows of itself, for everybody to read and for Log alone to change.
#pragma once

#include <optional>
#include <string>

#include "broker/base/time.h"
#include "broker/log/leader_epoch_cache.h"
#include "broker/log/log_types.h"
#include "broker/log/segment_list.h"
#include "broker/producer/producer_state.h"

namespace faultline::log {

class LogFacts {
 public:
  const TopicPartition& partition() const { return options_.partition; }
  const Uuid& topic_id() const { return options_.topic_id; }
  const std::string& directory() const { return options_.directory; }
  const LogConfig& config() const { return options_.config; }

  Offset log_start_offset() const { return log_start_offset_; }
  Offset log_end_offset() const { return log_end_offset_; }
  // Everything before it is durable.
  Offset recovery_point() const { return recovery_point_; }
  Offset high_watermark() const { return high_watermark_; }
  // What read_committed may see.
  Offset last_stable_offset() const;
  int64_t size_bytes() const { return segments_.size_bytes(); }
  size_t segment_count() const { return segments_.size(); }
  size_t loaded_index_count() const { return segments_.loaded_index_count(); }
  Offset first_segment_offset() const { return segments_.first().base_offset(); }
  // Where the segment that holds `offset` begins.
  Offset segment_base_before(Offset offset) const {
    return segments_[segments_.floor(offset)].base_offset();
  }
  const LeaderEpochCache& leader_epochs() const { return epochs_; }
  const producer::ProducerState& producers() const { return producers_; }
  bool is_fenced() const { return is_fenced_; }
  // Since when there has been something to flush; for flush.ms.
  std::optional<Instant> unflushed_since() const { return unflushed_since_; }

 protected:
  explicit LogFacts(LogOptions options) : options_(std::move(options)) {}
  ~LogFacts() = default;

  LogOptions options_;
  SegmentList segments_;
  LeaderEpochCache epochs_;
  producer::ProducerState producers_;
  Offset log_start_offset_ = 0;
  Offset log_end_offset_ = 0;
  Offset recovery_point_ = 0;
  Offset high_watermark_ = 0;
  std::optional<Instant> unflushed_since_;
  bool is_fenced_ = false;
};

}  // namespace faultline::log
