// SPDX-License-Identifier: Apache-2.0
// Story: a made-up run for checkers, told event by event. Node 1 is a broker with the log orders-0,
// node 2 a producer and node 3 a consumer. Each call adds one event, a millisecond after the last.
#pragma once

#include <string>
#include <vector>

#include "broker/env/history_events.h"
#include "broker/env/world_events.h"
#include "sim/check/suite.h"

namespace faultline::sim {

class Story {
 public:
  static constexpr int32_t kBroker = 1;
  static constexpr int32_t kProducer = 2;
  static constexpr int32_t kConsumer = 3;

  explicit Story(CheckSuite::Options options = {.faults_expected = false}) : suite_(options) {
    recorder_.add_observer(suite_);
  }

  template <class Payload>
  EventId tell(int32_t node, const Payload& payload, uint64_t entity = 1) {
    time_ns += 1'000'000;
    const Slice bytes = Codec<Payload>::encode(payload, 0);
    return recorder_.record(time_ns, node, Payload::kType, entity, 0, bytes.view());
  }

  // --- the log; batches have `records` records each ---
  void open() {
    tell(kBroker, history::LogFile{"orders", 0, kPath, 0});
    tell(kBroker, history::LogRecovered{"orders", 0, 0, 0, false, {}});
  }
  history::Batch batch(Offset base, int records = 1) const {
    return {base, base + records - 1, 1000 * life + static_cast<uint32_t>(base)};
  }
  void append(Offset base, int records = 1) {
    tell(kBroker, history::LogAppended{"orders", 0, batch(base, records), 100 * (base % 1000),
                                       100 * records, -1, -1});
  }
  void flush(Offset end) { tell(kBroker, history::LogFlushed{"orders", 0, end}); }
  void crash(const char* how) { tell(kBroker, history::NodeCrashed{"b1", how}); }
  void recover(Offset end, std::vector<history::Batch> scanned = {}) {
    tell(kBroker, history::NodeStarted{"b1"});
    tell(kBroker, history::LogRecovered{"orders", 0, 0, end, false, std::move(scanned)});
    ++life;  // what is appended from now on is new
  }
  void broker_ack(Offset base, int records = 1, bool promises_flush = false) {
    tell(kBroker, history::BrokerAcked{.topic = "orders",
                                       .base_offset = base,
                                       .last_offset = base + records - 1,
                                       .acks = -1,
                                       .promises_flush = promises_flush});
  }

  // --- clients; record n of the producer has digest 7000 + n ---
  static uint64_t digest(int64_t send_id) { return 7000 + static_cast<uint64_t>(send_id); }
  void send(int64_t send_id, bool is_idempotent = true) {
    tell(kProducer, history::SendInvoked{send_id, "orders", 0, digest(send_id), -1, is_idempotent,
                                         is_idempotent});
  }
  // With one request in flight: ordered, but a retry may be there twice.
  void send_one_in_flight(int64_t send_id) {
    tell(kProducer, history::SendInvoked{send_id, "orders", 0, digest(send_id), -1, false, true});
  }
  void client_ack(int64_t send_id, Offset offset) {
    tell(kProducer, history::SendAcked{send_id, offset, 0});
  }
  void fail(int64_t send_id) { tell(kProducer, history::SendFailed{send_id, "refused"}); }
  void give_up(int64_t send_id) { tell(kProducer, history::SendUnknown{send_id, "timed out"}); }

  EventId fetch(Offset offset, uint64_t consumer = 1) {
    return tell(kConsumer, history::FetchSent{"orders", 0, offset}, consumer);
  }
  // Records `send_ids` were read from `offset` on.
  void polled(EventId fetch, Offset high_watermark, Offset offset, std::vector<int64_t> send_ids,
              uint64_t consumer = 1) {
    history::Polled event{"orders", 0, fetch, high_watermark, {}};
    for (size_t i = 0; i < send_ids.size(); ++i)
      event.records.push_back({offset + static_cast<Offset>(i), digest(send_ids[i]), 0});
    tell(kConsumer, event, consumer);
  }
  void read(Offset high_watermark, Offset offset, std::vector<int64_t> send_ids,
            uint64_t consumer = 1) {
    polled(fetch(offset, consumer), high_watermark, offset, std::move(send_ids), consumer);
  }
  void reset(Offset offset, uint64_t consumer = 1) {
    tell(kConsumer, history::PositionReset{"orders", 0, offset, "seek"}, consumer);
  }
  void read_through(Offset end, uint64_t consumer = 1) {
    tell(kConsumer, history::ReadThrough{"orders", 0, 0, end}, consumer);
  }

  // --- all of it: record n from send to ack, alone in its batch ---
  void write(int64_t send_id, Offset offset, bool is_flushed = false) {
    send(send_id);
    append(offset);
    if (is_flushed) flush(offset + 1);
    broker_ack(offset, 1, is_flushed);
    client_ack(send_id, offset);
  }
  void tail() { tell(-1, history::TailStarted{.settle_ns = 0, .bound_ns = 1'000'000'000}); }
  CheckReport end(const char* reason = "done") {
    tell(-1, history::RunEnded{reason});
    return suite_.report();
  }

  static constexpr const char* kPath = "orders-0/0.log";
  int64_t time_ns = 0;
  uint32_t life = 1;

 private:
  Recorder recorder_{{.keep = Recorder::Keep::kNothing}};
  CheckSuite suite_;
};

// The ids of the violated properties, e.g. "H1 S2".
inline std::string violated(const CheckReport& report) {
  std::string ids;
  for (const PropertyResult& result : report.properties) {
    if (result.verdict != Verdict::kViolated) continue;
    ids += (ids.empty() ? "" : " ") + std::string(result.property.id);
  }
  return ids;
}

}  // namespace faultline::sim
