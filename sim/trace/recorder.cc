// SPDX-License-Identifier: Apache-2.0
// The hot path: one copy into the batch, one hash call per 64 events.
#include "sim/trace/recorder.h"

#include <bit>
#include <cstring>
#include <string_view>

#include "broker/base/assert.h"

namespace faultline::sim {

static_assert(std::endian::native == std::endian::little, "fingerprints hash memory as it lies");

namespace {
constexpr size_t kTypesExpected = 0x2100;
constexpr size_t kNodesExpected = 16;
}  // namespace

void FingerprintRoll::add(const EventHeader& header, Bytes payload) {
  // The length of the payload goes first, so that no two sequences of events read the same.
  const uint32_t payload_size = static_cast<uint32_t>(payload.size());
  uint8_t* to = batch_.extend(sizeof payload_size + sizeof header + payload.size());
  std::memcpy(to, &payload_size, sizeof payload_size);
  std::memcpy(to + sizeof payload_size, &header, sizeof header);
  if (!payload.empty())
    std::memcpy(to + sizeof payload_size + sizeof header, payload.data(), payload.size());
  ++event_count_;
  if (event_count_ % kBatchEvents == 0) close_batch(header.time_ns);
}

void FingerprintRoll::close_batch(int64_t time_ns) {
  closed_.extend(batch_.view());
  batch_.resize(0);
  if (event_count_ % kCheckpointEvents == 0)
    checkpoints_.push_back({event_count_, time_ns, closed_});
}

Fingerprint FingerprintRoll::fingerprint() const {
  Fingerprint result = closed_;
  if (batch_.size() > 0) result.extend(batch_.view());
  return result;
}

Recorder::Recorder(const Options& options)
    : options_(options),
      log_(options.keep_last),
      types_(kTypesExpected),
      node_counts_(kNodesExpected) {}

// NOLINTNEXTLINE(readability-function-size): the header of an event, in its order
EventId Recorder::record(int64_t time_ns, int32_t node, const EventType& type, uint64_t entity,
                         EventId cause, EventPayload payload) {
  if (type.id >= types_.size() || types_[type.id] != &type) [[unlikely]]
    learn(type);
  const EventView event{.header = {.time_ns = time_ns,
                                   .id = next_id(node),
                                   .entity = entity,
                                   .cause = cause,
                                   .node = node,
                                   .kind = type.id},
                        .payload = payload.bytes,
                        .value = payload.value};
  roll_.add(event.header, payload.bytes);
  if (options_.keep == Keep::kEvents) log_.append(event.header, payload.bytes);
  for (EventObserver* observer : observers_) observer->on_event(event);
  return event.header.id;
}

void Recorder::learn(const EventType& type) {
  if (type.id >= types_.size()) types_.resize(type.id + size_t{1});
  const EventType*& known = types_[type.id];
  ASSERT(known == nullptr || std::string_view(known->name) == type.name);
  known = &type;
}

EventId Recorder::next_id(int32_t node) {
  ASSERT_OP(node, >=, -1);
  const size_t place = static_cast<size_t>(node + 1);
  if (place >= node_counts_.size()) [[unlikely]]
    node_counts_.resize(place + 1);
  return event_id(node, ++node_counts_[place]);
}

std::vector<const EventType*> Recorder::types() const {
  std::vector<const EventType*> result;
  for (const EventType* type : types_)
    if (type != nullptr) result.push_back(type);
  return result;
}

}  // namespace faultline::sim
