// SPDX-License-Identifier: Apache-2.0
// Recorder: takes every event of a run, extends the run's fingerprint by it and, if asked, keeps
// it. The fingerprint covers headers and payloads in order; it is hashed in batches of 64 events,
// so its value is defined by the sequence of events alone. A checkpoint every 4,096 events lets two
// runs be compared by bisection.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "broker/base/hash.h"
#include "broker/env/probe.h"
#include "sim/kernel/event_sink.h"
#include "sim/trace/event_log.h"

namespace faultline::sim {

// The fingerprint of all events before `event_count`.
struct Checkpoint {
  uint64_t event_count = 0;
  int64_t time_ns = 0;  // of the last of them
  Fingerprint fingerprint;

  bool operator==(const Checkpoint&) const = default;
};

// The rolling hash alone: what Recorder computes while running, and a reader again from a file.
class FingerprintRoll {
 public:
  static constexpr uint64_t kBatchEvents = 64;
  static constexpr uint64_t kCheckpointEvents = 4096;
  static_assert(kCheckpointEvents % kBatchEvents == 0);

  void add(const EventHeader& header, Bytes payload);
  // Where the payload of the next event will lie, with as much room as events usually need.
  std::span<uint8_t> payload_room();
  uint64_t event_count() const { return event_count_; }
  Fingerprint fingerprint() const;
  const std::vector<Checkpoint>& checkpoints() const { return checkpoints_; }

 private:
  void close_batch(int64_t time_ns);

  Buffer batch_;
  Fingerprint closed_;
  uint64_t event_count_ = 0;
  std::vector<Checkpoint> checkpoints_;
};

// Sees every event as it happens, e.g. a checker. Never writes back into the run.
class EventObserver {
 public:
  virtual void on_event(const EventView& event) = 0;

 protected:
  ~EventObserver() = default;
};

class Recorder final : public EventSink {
 public:
  enum class Keep : uint8_t { kNothing, kEvents };
  struct Options {
    Keep keep = Keep::kEvents;
    uint64_t keep_last = 0;  // > 0: keeps only about that many of the newest events
    bool details = true;     // the answer of wants_details(); runs to be compared must agree on it
  };

  explicit Recorder(const Options& options);

  // Observers outlive the recorder and are called in the order in which they were added.
  void add_observer(EventObserver& observer) { observers_.push_back(&observer); }

  // The sink of the world's probes: files the event and names it. Ids of types are unique per run
  // (asserted).
  EventId record(int64_t time_ns, int32_t node, const EventType& type, uint64_t entity,
                 EventId cause, const EventPayload& payload) override;
  bool wants_details() const override { return options_.details; }
  std::span<uint8_t> payload_room() override { return roll_.payload_room(); }

  uint64_t event_count() const { return roll_.event_count(); }
  Fingerprint fingerprint() const { return roll_.fingerprint(); }
  const std::vector<Checkpoint>& checkpoints() const { return roll_.checkpoints(); }
  // Events kept; empty with Keep::kNothing.
  const EventLog& log() const { return log_; }
  EventLog take_log() && { return std::move(log_); }
  // Types seen so far, by id.
  std::vector<const EventType*> types() const;

 private:
  void learn(const EventType& type);
  EventId next_id(int32_t node);

  Options options_;
  FingerprintRoll roll_;
  EventLog log_;
  std::vector<EventObserver*> observers_;
  std::vector<const EventType*> types_;  // index: id
  std::vector<uint64_t> node_counts_;    // index: node + 1, because the world itself is node -1
};

}  // namespace faultline::sim
