// SPDX-License-Identifier: Apache-2.0
// Chunks of columns.
#include "sim/trace/event_log.h"

#include <algorithm>

#include "broker/base/assert.h"

namespace faultline::sim {

void EventLog::append(const EventHeader& header, Bytes payload) {
  ASSERT_OP(payload.size(), <=, kPayloadBytesMax);
  if (chunks_.empty() || chunks_.back().headers.size() == kChunkEvents) start_chunk();
  Chunk& chunk = chunks_.back();
  chunk.headers.push_back(header);
  chunk.bytes.insert(chunk.bytes.end(), payload.begin(), payload.end());
  chunk.ends.push_back(static_cast<uint32_t>(chunk.bytes.size()));
  ++end_index_;
}

void EventLog::start_chunk() {
  const size_t bytes_expected = chunks_.empty() ? 0 : chunks_.back().bytes.size();
  if (keep_last_ > 0 && size() >= keep_last_ + kChunkEvents) {
    // The oldest chunk's memory serves again.
    Chunk chunk = std::move(chunks_.front());
    chunks_.pop_front();
    ++first_chunk_;
    chunk.headers.clear();
    chunk.ends.clear();
    chunk.bytes.clear();
    chunks_.push_back(std::move(chunk));
    return;
  }
  Chunk& chunk = chunks_.emplace_back();
  chunk.headers.reserve(kChunkEvents);
  chunk.ends.reserve(kChunkEvents);
  chunk.bytes.reserve(bytes_expected + bytes_expected / 8);
}

EventView EventLog::at(uint64_t index) const {
  ASSERT_OP(first_index(), <=, index);
  ASSERT_OP(index, <, end_index_);
  const uint64_t number = index - start_index_;
  const Chunk& chunk = chunks_[number / kChunkEvents - first_chunk_];
  const size_t place = number % kChunkEvents;
  const uint32_t begin = place == 0 ? 0 : chunk.ends[place - 1];
  const Bytes bytes(chunk.bytes);
  return {chunk.headers[place], bytes.subspan(begin, chunk.ends[place] - begin)};
}

EventIndex::EventIndex(const EventLog& log) {
  places_.reserve(log.size());
  for (uint64_t index = log.first_index(); index < log.end_index(); ++index)
    places_.emplace_back(log.at(index).header.id, index);
  std::sort(places_.begin(), places_.end());
}

uint64_t EventIndex::find(EventId id) const {
  const auto place =
      std::lower_bound(places_.begin(), places_.end(), std::pair<EventId, uint64_t>(id, 0));
  if (id == 0 || place == places_.end() || place->first != id) return kNone;
  return place->second;
}

}  // namespace faultline::sim
