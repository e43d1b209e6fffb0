// SPDX-License-Identifier: Apache-2.0
// The hot path: events are written once, into the batch, and there is one hash call per 64 of them.
#include "sim/trace/recorder.h"

#include <bit>
#include <cstring>
#include <string_view>

#include "broker/base/assert.h"
#include "broker/env/emit.h"

namespace faultline::sim {

static_assert(std::endian::native == std::endian::little, "fingerprints hash memory as it lies");

namespace {
constexpr size_t kTypesExpected = 0x2100;
constexpr size_t kNodesExpected = 16;
constexpr size_t kPreambleBytes = sizeof(uint32_t) + sizeof(EventHeader);

template <class T>
uint8_t* put(uint8_t* to, T value) {
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}
}  // namespace

std::span<uint8_t> FingerprintRoll::payload_room() {
  return batch_.room(kPreambleBytes + kEventBytesUsual).subspan(kPreambleBytes);
}

void FingerprintRoll::add(const EventHeader& header, Bytes payload) {
  // The length of the payload goes first, so that no two sequences of events read the same.
  uint8_t* to = batch_.extend(kPreambleBytes + payload.size());
  to = put(to, static_cast<uint32_t>(payload.size()));
  // Field by field, from registers: a copy would wait for the stores that made the header.
  to = put(to, header.time_ns);
  to = put(to, header.id);
  to = put(to, header.entity);
  to = put(to, header.cause);
  to = put(to, header.node);
  to = put(to, header.kind);
  to = put(to, header.reserved);
  if (payload.data() != to && !payload.empty()) std::memcpy(to, payload.data(), payload.size());
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
                         EventId cause, const EventPayload& payload) {
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
