// SPDX-License-Identifier: Apache-2.0
// Loads of the real producer: an open loop of records at a rate, or as many as it takes.
#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "analysis/calibrate/session.h"
#include "broker/client/producer.h"
#include "broker/env/scope.h"

namespace faultline::calibrate {
namespace {

constexpr size_t kUnansweredMax = 20'000;  // records, where there is no rate

class LoadedProducer final : private client::SendListener {
 public:
  LoadedProducer(Env& env, const client::ProducerConfig& config, std::string topic,
                 const Load& load)
      : env_(env),
        topic_(std::move(topic)),
        load_(load),
        value_(Slice::copy_of(std::string(static_cast<size_t>(load.record_bytes), 'v'))),
        producer_(env, config, 1, *this) {}

  Task<void> run() {
    begin_ = env_.clock.now();
    const Instant end = begin_ + load_.length;
    const Duration interval =
        load_.rate > 0 ? seconds(1) * load_.connections / load_.rate : Duration{};
    for (int64_t number = 0;; ++number) {
      const Instant due = begin_ + interval * number;
      if (std::max(due, env_.clock.now()) >= end) break;
      result_ = co_await wait_for_turn(due);
      if (!result_) co_return;
      client::ProducerRecord record;
      record.topic = topic_;
      record.value = value_;
      sent_.push_back(env_.clock.now());
      result_ = co_await producer_.send(std::move(record), sent_.size() - 1);
      if (!result_) co_return;
    }
    result_ = co_await producer_.flush();
    last_answer_ = env_.clock.now();
  }

  const Result<void>& result() const { return result_; }
  void add_to(Outcome& outcome) const {
    outcome.operations += static_cast<int64_t>(latencies_ns_.size());
    outcome.latencies_ns.insert(outcome.latencies_ns.end(), latencies_ns_.begin(),
                                latencies_ns_.end());
    outcome.elapsed = std::max(outcome.elapsed, last_answer_ - begin_);
  }

 private:
  Task<Result<void>> wait_for_turn(Instant due) {
    if (load_.rate > 0) {
      if (due > env_.clock.now()) CO_TRY(co_await env_.timers.sleep_until(due));
      co_return Result<void>{};
    }
    while (producer_.unanswered() >= kUnansweredMax) CO_TRY(co_await answered_.wait());
    // Others of this process have to get their turn.
    if (sent_.size() % 64 == 0) CO_TRY(co_await env_.timers.sleep_until(env_.clock.now()));
    co_return Result<void>{};
  }

  void on_send_result(uint64_t tag, const client::SendResult& result) override {
    if (result.outcome == client::BatchOutcome::kAcked)
      latencies_ns_.push_back((env_.clock.now() - sent_[tag]).ns);
    answered_.notify_all();
  }

  Env& env_;
  const std::string topic_;
  const Load& load_;
  const Slice value_;
  Instant begin_{};
  Instant last_answer_{};
  std::vector<Instant> sent_;  // by tag
  std::vector<int64_t> latencies_ns_;
  Notifier answered_;
  Result<void> result_;
  client::Producer producer_;
};

}  // namespace

Task<Result<Outcome>> play_producers(Env* env, client::ConnectionConfig connection,
                                     std::string topic, const Load* load) {
  client::ProducerConfig config;
  config.connection = std::move(connection);
  config.linger = load->linger;
  std::deque<LoadedProducer> producers;
  for (int i = 0; i < load->connections; ++i) producers.emplace_back(*env, config, topic, *load);
  Scope scope(env->executor);
  for (LoadedProducer& producer : producers) scope.spawn(producer.run());
  const Result<void> joined = co_await scope.join();
  if (!joined) co_return std::unexpected(joined.error());
  Outcome outcome;
  for (const LoadedProducer& producer : producers) {
    if (!producer.result()) co_return std::unexpected(producer.result().error());
    producer.add_to(outcome);
  }
  if (outcome.operations == 0) co_return fail(ErrorCode::kTimedOut, "not one record was acked");
  co_return outcome;
}

}  // namespace faultline::calibrate
