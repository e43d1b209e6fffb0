// SPDX-License-Identifier: Apache-2.0
// Goal: whatever a broker answers and a network loses, acked batches are in the log once and in
// order, and a batch reported as failed is not. Method: random schedules of one partition against a
// model broker with Kafka's idempotence window of five batches per producer.
#include <deque>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "broker/client/producer_core.h"

namespace faultline::client {
namespace {

using wire::KafkaError;

struct Sent {
  CoreBatch batch;
  ProducerIdentity identity;
};

class ModelBroker {
 public:
  KafkaError append(const Sent& sent, bool is_idempotent) {
    if (is_idempotent) {
      const KafkaError verdict = check(sent);
      if (verdict != KafkaError::kNone) return verdict;
      if (is_known(sent)) return KafkaError::kNone;
      if (sent.identity != identity_) window_.clear();
      identity_ = sent.identity;
      window_.push_back(sent.batch);
      if (window_.size() > 5) window_.pop_front();
    }
    log.push_back(sent.batch.id);
    return KafkaError::kNone;
  }
  // A snapshot holds a producer's newest batch only.
  void restart() {
    while (window_.size() > 1) window_.pop_front();
  }
  std::vector<uint64_t> log;

 private:
  bool is_known(const Sent& sent) const {
    if (sent.identity != identity_) return false;
    for (const CoreBatch& each : window_)
      if (each.base_sequence == sent.batch.base_sequence && each.records == sent.batch.records)
        return true;
    return false;
  }
  KafkaError check(const Sent& sent) const {
    if (window_.empty()) return KafkaError::kNone;  // as Kafka: nothing known, anything goes
    if (sent.identity.epoch < identity_.epoch) return KafkaError::kInvalidProducerEpoch;
    if (sent.identity.epoch > identity_.epoch)
      return sent.batch.base_sequence == 0 ? KafkaError::kNone
                                           : KafkaError::kOutOfOrderSequenceNumber;
    if (is_known(sent)) return KafkaError::kNone;
    const CoreBatch& last = window_.back();
    return sent.batch.base_sequence == next_sequence(last.base_sequence, last.records)
               ? KafkaError::kNone
               : KafkaError::kOutOfOrderSequenceNumber;
  }

  ProducerIdentity identity_;
  std::deque<CoreBatch> window_;
};

// One partition, one connection at a time: requests and answers arrive in order or, when the
// connection breaks, from some point on not at all.
class Run {
 public:
  explicit Run(bool is_idempotent) { rules_.is_idempotent = is_idempotent; }

  void add() {
    CoreBatch batch;
    batch.id = ++added_;
    batch.records = static_cast<int32_t>(1 + added_ * 7 % 3);
    batch.expires = now_ + Duration{400};
    core_.add(batch);
  }
  void take() {
    expire();
    if (core_.needs_new_epoch()) {
      core_.on_new_epoch();
      ++identity_.epoch;
    }
    const auto batch = core_.take_next(rules_, now_, identity_);
    if (batch) requests_.push_back({*batch, core_.identity()});
  }
  void serve(KafkaError refusal) {
    if (requests_.empty()) return;
    const Sent sent = requests_.front();
    requests_.pop_front();
    KafkaError answer = refusal;
    const bool appends = refusal == KafkaError::kNone || refusal == KafkaError::kRequestTimedOut ||
                         refusal == KafkaError::kNotEnoughReplicasAfterAppend;
    if (appends) {
      const KafkaError verdict = broker.append(sent, rules_.is_idempotent);
      if (verdict != KafkaError::kNone || refusal == KafkaError::kNone) answer = verdict;
    }
    answers_.push_back({sent.batch.id, answer});
  }
  void receive() {
    if (answers_.empty()) return;
    const auto [id, error] = answers_.front();
    answers_.pop_front();
    settle(id, error);
  }
  void break_connection() {
    std::vector<uint64_t> lost;
    for (const auto& [id, error] : answers_) lost.push_back(id);
    for (const Sent& sent : requests_) lost.push_back(sent.batch.id);
    answers_.clear();
    requests_.clear();
    for (const uint64_t id : lost) settle(id, KafkaError::kNetworkException);
  }
  void pass(int64_t ns) { now_ = now_ + Duration{ns}; }
  void finish() {
    for (int i = 0; i < 400 && (core_.has_waiting() || core_.has_in_flight()); ++i) {
      pass(10);
      take();
      serve(KafkaError::kNone);
      receive();
    }
    RC_ASSERT(!core_.has_waiting() && !core_.has_in_flight());
    RC_ASSERT(outcomes.size() == added_);
  }

  ModelBroker broker;
  std::map<uint64_t, BatchOutcome> outcomes;

 private:
  void settle(uint64_t id, KafkaError error) {
    const BatchOutcome outcome = core_.on_answer(rules_, id, error, now_, now_ + Duration{10});
    if (outcome != BatchOutcome::kPending) record(id, outcome);
  }
  void record(uint64_t id, BatchOutcome outcome) {
    RC_ASSERT(outcomes.emplace(id, outcome).second);
  }
  void expire() {
    for (const auto& gone : core_.take_expired(rules_, now_)) record(gone.id, gone.outcome);
  }

  ProducerRules rules_;
  PartitionCore core_;
  ProducerIdentity identity_{.id = 1, .epoch = 0};
  Instant now_{1};
  uint64_t added_ = 0;
  std::deque<Sent> requests_;
  std::deque<std::pair<uint64_t, KafkaError>> answers_;
};

void step(Run& run, int what) {
  switch (what) {
    case 0:
    case 1: return run.add();
    case 2:
    case 3:
    case 4: return run.take();
    case 5:
    case 6: return run.serve(KafkaError::kNone);
    case 7: return run.serve(KafkaError::kNotEnoughReplicas);
    case 8: return run.serve(KafkaError::kMessageTooLarge);
    case 9: return run.serve(KafkaError::kRequestTimedOut);
    case 10: return run.serve(KafkaError::kNotEnoughReplicasAfterAppend);
    case 11:
    case 12: return run.receive();
    case 13: return run.break_connection();
    case 14: run.break_connection(); return run.broker.restart();
    default: return run.pass(12);
  }
}

std::unique_ptr<Run> play(bool is_idempotent) {
  const auto steps =
      *rc::gen::scale(4.0, rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 17)));
  auto run = std::make_unique<Run>(is_idempotent);
  for (const int what : steps) step(*run, what);
  run->finish();
  RC_CLASSIFY(run->broker.log.size() > 5, "more than a window");
  return run;
}

RC_GTEST_PROP(ProducerCoreProperty, idempotent_batches_are_once_in_order_and_failures_are_absent,
              ()) {
  const auto run = play(true);
  const std::vector<uint64_t>& log = run->broker.log;
  const std::set<uint64_t> there(log.begin(), log.end());
  RC_ASSERT(there.size() == log.size());
  RC_ASSERT(std::is_sorted(log.begin(), log.end()));
  for (const auto& [id, outcome] : run->outcomes) {
    if (outcome == BatchOutcome::kAcked) RC_ASSERT(there.contains(id));
    if (outcome == BatchOutcome::kFailed) RC_ASSERT(!there.contains(id));
  }
}

RC_GTEST_PROP(ProducerCoreProperty, without_idempotence_acked_batches_are_there_at_least_once, ()) {
  const auto run = play(false);
  const std::set<uint64_t> there(run->broker.log.begin(), run->broker.log.end());
  for (const auto& [id, outcome] : run->outcomes) {
    if (outcome == BatchOutcome::kAcked) RC_ASSERT(there.contains(id));
    if (outcome == BatchOutcome::kFailed) RC_ASSERT(!there.contains(id));
  }
}

}  // namespace
}  // namespace faultline::client
