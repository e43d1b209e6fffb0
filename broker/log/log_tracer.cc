// SPDX-License-Identifier: Apache-2.0
// Filling in the events of logs.
#include "broker/log/log_tracer.h"

#include <utility>

namespace faultline::log {

void LogTracer::file(const std::string& path, Offset base_offset) {
  emit(probe_, entity_,
       history::LogFile{partition_.topic, partition_.partition, path, base_offset});
}

void LogTracer::appended(const wire::BatchView& batch, const BatchFacts& facts, uint64_t position) {
  history::LogAppended event;
  event.topic = partition_.topic;
  event.partition = partition_.partition;
  event.batch = {facts.base_offset, facts.last_offset, batch.crc()};
  event.position = static_cast<int64_t>(position);
  event.bytes = static_cast<int32_t>(facts.size);
  event.producer_id = batch.producer_id();
  event.base_sequence = batch.base_sequence();
  emit(probe_, entity_, event);
}

void LogTracer::flushed(Offset end_offset) {
  emit(probe_, entity_, history::LogFlushed{partition_.topic, partition_.partition, end_offset});
}

void LogTracer::recovered(RecoveryFacts facts) {
  emit(probe_, entity_,
       history::LogRecovered{partition_.topic, partition_.partition, facts.log_start_offset,
                             facts.log_end_offset, facts.was_clean, std::move(facts.scanned),
                             facts.high_watermark});
}

void LogTracer::truncated(Offset end_offset, std::string reason) {
  emit(
      probe_, entity_,
      history::LogTruncated{partition_.topic, partition_.partition, end_offset, std::move(reason)});
}

void LogTracer::start_moved(Offset start_offset, std::string reason, const DeletionFacts& facts) {
  emit(probe_, entity_,
       history::LogStartMoved{partition_.topic, partition_.partition, start_offset,
                              std::move(reason), facts.retention_ms, facts.retention_bytes,
                              facts.bytes_left});
}

void LogTracer::fenced(std::string reason) {
  emit(probe_, entity_,
       history::LogFenced{partition_.topic, partition_.partition, std::move(reason)});
}

void LogTracer::audited(Offset start_offset, Offset end_offset, uint64_t chain,
                        std::string mismatch) {
  const bool is_match = mismatch.empty();
  emit(probe_, entity_,
       history::LogAudited{partition_.topic, partition_.partition, start_offset, end_offset, chain,
                           is_match, std::move(mismatch)});
}

void LogTracer::deleted() {
  emit(probe_, entity_, history::LogDeleted{partition_.topic, partition_.partition});
}

void LogTracer::reached(history::LogMark mark) {
  const auto number = static_cast<uint32_t>(mark);
  if ((reached_ >> number & 1) != 0) return;
  reached_ |= 1U << number;
  emit(probe_, entity_,
       history::LogReached{partition_.topic, partition_.partition,
                           std::string(history::kLogMarks[number])});
}

}  // namespace faultline::log
