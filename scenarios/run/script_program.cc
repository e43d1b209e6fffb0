// SPDX-License-Identifier: Apache-2.0
// A producer whose requests are laid down one by one, as a network that repeats, reorders and
// forgets would deliver them. When the workload is over it does what a producer does once the
// network is well: it repeats what was not answered, in order; it sends one batch more; and what
// was never taken it sends under a new epoch.
#include <algorithm>

#include "broker/client/cluster.h"
#include "broker/env/history_events.h"
#include "broker/wire/batch_builder.h"
#include "broker/wire/messages_produce.h"
#include "scenarios/run/client_programs.h"

namespace faultline::scenarios {
namespace {

using wire::KafkaError;

constexpr uint64_t kNumber = 1;  // of the producer in events
constexpr Duration kRetryAfter = milliseconds(200);
constexpr int kAttemptsMax = 25;
constexpr int kProduceVersionCap = 12;  // from 13 on topics are named by id

class ScriptProgram final : public sim::Program {
 public:
  ScriptProgram(Env& env, const Client& client, client::ProducerConfig config, RunSignals& signals)
      : env_(env),
        client_(client),
        config_(std::move(config)),
        signals_(signals),
        cluster_(env, config_.connection) {
    // An instance has sent every batch up to the last that arrives.
    for (int64_t epoch = 0; epoch <= newest_epoch(); ++epoch)
      for (int64_t sequence = 0; sequence < sent_by(epoch); ++sequence)
        batches_.push_back({epoch, sequence});
  }

  Task<void> run() override {
    const Result<void> done = co_await play();
    if (!done) co_return;  // cancelled
    --signals_.producers_running;
    const Result<void> for_ever = co_await idle_.wait();
    (void)for_ever;
  }

 private:
  enum class Outcome : uint8_t { kTaken, kRefused, kUnanswered };
  struct Batch {
    int64_t epoch = 0;
    int64_t sequence = 0;
    bool may_be_in = false;  // a request with it was not answered, or nobody heard
    bool is_acked = false;
  };
  struct Answer {
    Outcome outcome = Outcome::kUnanswered;
    Offset offset = -1;
    int64_t timestamp_ms = -1;
  };

  int64_t newest_epoch() const {
    int64_t newest = 0;
    for (const Delivery& each : client_.deliveries) newest = std::max(newest, each.epoch);
    return newest;
  }
  int64_t sent_by(int64_t epoch) const {
    int64_t count = 0;
    for (const Delivery& each : client_.deliveries)
      if (each.epoch == epoch) count = std::max(count, each.sequence + 1);
    return count;
  }
  size_t find(int64_t epoch, int64_t sequence) const {
    for (size_t i = 0; i < batches_.size(); ++i)
      if (batches_[i].epoch == epoch && batches_[i].sequence == sequence) return i;
    UNREACHABLE();
  }

  Task<Result<void>> play() {
    for (size_t i = 0; i < batches_.size(); ++i) note_send(i);
    for (const Delivery& delivery : client_.deliveries) {
      CO_TRY(co_await env_.timers.sleep_until(Instant{} + delivery.at));
      const size_t which = find(delivery.epoch, delivery.sequence);
      CO_TRY_ASSIGN(const Answer answer,
                    co_await deliver(which, delivery.epoch, delivery.sequence));
      take(which, answer, delivery.answered);
    }
    CO_TRY(co_await env_.timers.sleep_until(signals_.workload_end));
    co_return co_await make_up();
  }

  // All instances repeat what they have no answer for; the newest goes on.
  Task<Result<void>> make_up() {
    for (size_t i = 0; i < batches_.size(); ++i) {
      if (batches_[i].is_acked) continue;
      CO_TRY_ASSIGN(const Answer answer,
                    co_await insist(i, batches_[i].epoch, batches_[i].sequence));
      take(i, answer, true);
    }
    const int64_t newest = newest_epoch();
    batches_.push_back({newest, sent_by(newest)});
    const size_t last = batches_.size() - 1;
    note_send(last);
    CO_TRY_ASSIGN(const Answer final_answer, co_await insist(last, newest, sent_by(newest)));
    take(last, final_answer, true);
    if (!batches_[last].is_acked) give_up(last);
    int64_t sequence = 0;
    for (size_t i = 0; i < last; ++i) {
      if (batches_[i].is_acked) continue;
      // What may be in already, under a new epoch would be in twice.
      if (batches_[i].epoch == newest && !batches_[i].may_be_in) {
        CO_TRY_ASSIGN(const Answer answer, co_await insist(i, newest + 1, sequence));
        take(i, answer, true);
        sequence += batches_[i].is_acked ? 1 : 0;
      }
      if (!batches_[i].is_acked) give_up(i);
    }
    co_return Result<void>{};
  }

  void take(size_t which, const Answer& answer, bool is_heard) {
    Batch& batch = batches_[which];
    const bool is_taken = answer.outcome == Outcome::kTaken;
    if (answer.outcome == Outcome::kUnanswered || (is_taken && !is_heard)) batch.may_be_in = true;
    if (!is_taken || !is_heard || batch.is_acked) return;
    batch.is_acked = true;
    emit(env_.probe, kNumber,
         history::SendAcked{.send_id = send_id(which),
                            .offset = answer.offset,
                            .timestamp_ms = answer.timestamp_ms});
  }

  void give_up(size_t which) {
    const std::string why = "refused";
    if (batches_[which].may_be_in)
      emit(env_.probe, kNumber, history::SendUnknown{.send_id = send_id(which), .error = why});
    else
      emit(env_.probe, kNumber, history::SendFailed{.send_id = send_id(which), .error = why});
  }

  static int64_t send_id(size_t which) { return static_cast<int64_t>(which) + 1; }

  std::string value_of(size_t which) const {
    return client_.id + ":" + std::to_string(batches_[which].epoch) + ":" +
           std::to_string(batches_[which].sequence);
  }

  // The older instance's records were given first: the order that is promised.
  void note_send(size_t which) {
    const std::string value = value_of(which);
    emit(env_.probe, kNumber,
         history::SendInvoked{.send_id = send_id(which),
                              .topic = client_.topics.front(),
                              .partition = 0,
                              .digest = history::record_digest(as_bytes(value)),
                              .acks = config_.acks,
                              .is_idempotent = true,
                              .promises_order = true});
  }

  wire::ProduceRequest request_of(size_t which, int64_t epoch, int64_t sequence) const {
    wire::BatchBuilder builder({.producer_id = client_.producer_id,
                                .producer_epoch = static_cast<int16_t>(epoch),
                                .base_sequence = static_cast<int32_t>(sequence)});
    const std::string value = value_of(which);
    wire::NewRecord record;
    record.timestamp_ms = env_.clock.wall_now().to_ms();
    record.value = as_bytes(value);
    builder.append(record);
    Result<Slice> bytes = std::move(builder).build();
    ASSERT(bytes.has_value());  // compressing memory to memory
    wire::ProduceRequest request;
    request.acks = config_.acks;
    request.timeout_ms = static_cast<int32_t>(config_.connection.request_timeout.to_ms());
    auto& topic = request.topic_data.emplace_back();
    topic.name = client_.topics.front();
    topic.partition_data.emplace_back().records = std::move(*bytes);
    return request;
  }

  // One request, sent once: until a connection is there it only waits. Errors: kCancelled.
  Task<Result<Answer>> deliver(size_t which, int64_t epoch, int64_t sequence) {
    const std::string topic = client_.topics.front();
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      const Result<client::PartitionLeader> leader = co_await cluster_.leader_of(topic, 0);
      if (leader) {
        const Result<client::Connection*> connection =
            co_await cluster_.connection_to(leader->broker_id);
        if (connection) {
          const int version = (*connection)->version_of(wire::ApiKey::kProduce, kProduceVersionCap);
          if (version < 0) break;
          wire::ProduceRequest request = request_of(which, epoch, sequence);
          const Result<wire::ProduceResponse> response =
              co_await (*connection)->call(std::move(request), version);
          if (response) co_return read_answer(*response);
          if (response.error().code == ErrorCode::kCancelled)
            co_return std::unexpected(response.error());
          break;
        }
      }
      CO_TRY(co_await env_.sleep(kRetryAfter));
    }
    co_return Answer{};
  }

  // Again and again until there is an answer.
  Task<Result<Answer>> insist(size_t which, int64_t epoch, int64_t sequence) {
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      Result<Answer> answer = co_await deliver(which, epoch, sequence);
      if (!answer || answer->outcome != Outcome::kUnanswered) co_return answer;
      CO_TRY(co_await env_.sleep(kRetryAfter));
    }
    co_return Answer{};
  }

  static Answer read_answer(const wire::ProduceResponse& response) {
    if (response.responses.empty() || response.responses.front().partition_responses.empty())
      return {};
    const auto& partition = response.responses.front().partition_responses.front();
    const bool is_taken = partition.error_code == KafkaError::kNone;
    return {is_taken ? Outcome::kTaken : Outcome::kRefused, partition.base_offset,
            partition.log_append_time_ms};
  }

  Env& env_;
  const Client& client_;
  const client::ProducerConfig config_;
  RunSignals& signals_;
  client::Cluster cluster_;
  std::vector<Batch> batches_;  // by epoch and sequence; the one sent at the end is last
  Notifier idle_;
};

}  // namespace

std::unique_ptr<sim::Program> make_script_program(Env& env, const Client& client,
                                                  client::ProducerConfig config,
                                                  RunSignals& signals) {
  return std::make_unique<ScriptProgram>(env, client, std::move(config), signals);
}

}  // namespace faultline::scenarios
