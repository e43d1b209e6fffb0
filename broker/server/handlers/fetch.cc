// SPDX-License-Identifier: Apache-2.0
// Fetch (1): whole batches from the one that contains the offset on. The first
// partition with records gives at least one batch, however large (KIP-74); then
// the limits hold. A request that finds less than min_bytes waits until enough
// is appended, max_wait has passed, or a partition has something to complain
// about. Which partitions are read and which answers are sent is the fetch
// session's business (fetch_sessions.h).
#include "broker/env/env.h"
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::FetchRequest;
using Response = wire::FetchResponse;
using PartitionResponse = Response::Topic::Partition;

// One answer in the making.
struct Attempt {
  std::vector<PartitionResponse> answers;  // of each target of the plan
  int64_t bytes = 0;
  bool must_answer = false;  // an error, or news that are no records
};

// What is asked for one partition. Lies, like what it refers to, in the frame that reads.
struct PartitionInput {
  const std::string& topic;
  const Request::Topic::Partition& partition;
  bool is_read_committed = false;
  int16_t version = 0;
  size_t bytes_max = 0;
  bool at_least_one = false;
};

PartitionResponse failed(int32_t index, KafkaError error) {
  PartitionResponse answer;
  answer.partition_index = index;
  answer.error_code = error;
  answer.high_watermark = -1;
  answer.records = Slice();
  return answer;
}

PartitionResponse refuse(BrokerContext& broker, const PartitionInput& input, KafkaError error,
                         std::string detail = {}) {
  note_refusal(broker, "Fetch", input.topic, input.partition.partition, error, std::move(detail));
  PartitionResponse answer = failed(input.partition.partition, error);
  const bool is_unknown =
      error == KafkaError::kUnknownTopicOrPartition || error == KafkaError::kUnknownTopicId;
  if (is_unknown) answer.aborted_transactions.emplace();
  const metadata::PartitionImage* image =
      broker.metadata.image().find_partition(input.topic, input.partition.partition);
  const bool tells_leader =
      error == KafkaError::kNotLeaderOrFollower || error == KafkaError::kFencedLeaderEpoch;
  if (image != nullptr && tells_leader && input.version >= 12)
    answer.current_leader = {image->leader, image->leader_epoch};
  return answer;
}

// KIP-320: the client's last epoch ended here before the offset that it asks
// for.
std::optional<PartitionResponse> find_divergence(const Partition& partition,
                                                 const PartitionInput& input) {
  const log::Log& log = *partition.log;
  const LeaderEpoch last = input.partition.last_fetched_epoch;
  if (last < 0) return std::nullopt;
  const log::EpochEnd end = end_of_epoch(partition, last);
  const bool diverges = end.epoch < last || end.end_offset < input.partition.fetch_offset;
  if (!diverges) return std::nullopt;
  PartitionResponse answer = failed(input.partition.partition, KafkaError::kNone);
  answer.high_watermark = log.high_watermark();
  answer.last_stable_offset = log.last_stable_offset();
  answer.log_start_offset = log.log_start_offset();
  answer.diverging_epoch = {end.epoch, end.end_offset};
  return answer;
}

// The answer, where there is one without reading; else `partition` is what to read from.
std::optional<PartitionResponse> answer_at_once(BrokerContext& broker, const PartitionInput& input,
                                                PartitionPin& partition) {
  const PartitionLookup lookup = find_leader(broker, input.topic, input.partition.partition,
                                             input.partition.current_leader_epoch);
  if (lookup.partition == nullptr) return refuse(broker, input, lookup.error);
  const LeaderEpoch last = input.partition.last_fetched_epoch;
  if (last >= 0 && end_of_epoch(*lookup.partition, last).end_offset < 0)
    return refuse(broker, input, KafkaError::kOffsetOutOfRange, "last fetched epoch unknown");
  partition = PartitionPin(*lookup.partition);
  return find_divergence(*lookup.partition, input);
}

log::ReadRequest read_request_of(const PartitionInput& input) {
  log::ReadRequest request;
  request.offset = input.partition.fetch_offset;
  request.bytes_max = input.bytes_max;
  request.isolation =
      input.is_read_committed ? log::Isolation::kLastStable : log::Isolation::kHighWatermark;
  request.at_least_one = input.at_least_one;
  return request;
}

PartitionResponse answer_of(BrokerContext& broker, const PartitionInput& input,
                            const Result<log::ReadResult>& result) {
  if (!result) {
    const KafkaError error = to_kafka_error(broker, result.error());
    return refuse(broker, input, error, result.error().to_string());
  }
  PartitionResponse answer;
  answer.partition_index = input.partition.partition;
  answer.high_watermark = result->high_watermark;
  answer.last_stable_offset = result->last_stable_offset;
  answer.log_start_offset = result->log_start_offset;
  // As Kafka, which says nothing of transactions where the first batch had too little room.
  const bool had_room = !result->batches.empty() || input.bytes_max == 0 ||
                        input.partition.fetch_offset >= result->last_stable_offset;
  if (input.is_read_committed && had_room) answer.aborted_transactions.emplace();
  answer.records = result->batches;
  return answer;
}

bool is_news(const PartitionResponse& answer) {
  return answer.error_code != KafkaError::kNone || answer.diverging_epoch.end_offset >= 0;
}

// What is read, for whom. It outlives the frames that read.
struct Job {
  const Request* request = nullptr;
  const FetchPlan* plan = nullptr;
  int16_t version = 0;
};

// Empty when there is no topic of that id.
std::string name_of(BrokerContext& broker, const Job& job, const FetchTarget& target) {
  if (!job.plan->has_ids) return target.topic;
  const std::string* name = topic_name_of(broker, target.topic_id);
  return name == nullptr ? std::string() : *name;
}

Task<Attempt> read_all(BrokerContext& broker, Job job) {
  Attempt attempt;
  attempt.answers.reserve(job.plan->targets.size());
  int64_t budget = std::min<int64_t>(job.request->max_bytes, broker.settings.fetch_bytes_max);
  for (const FetchTarget& target : job.plan->targets) {
    const std::string topic = name_of(broker, job, target);
    const int64_t limit = std::min<int64_t>(target.partition.partition_max_bytes, budget);
    const PartitionInput input{.topic = topic,
                               .partition = target.partition,
                               .is_read_committed = job.request->isolation_level == 1,
                               .version = job.version,
                               .bytes_max = static_cast<size_t>(std::max<int64_t>(limit, 0)),
                               .at_least_one = attempt.bytes == 0};
    PartitionPin partition;
    std::optional<PartitionResponse> answer;
    if (topic.empty() && job.plan->has_ids)
      answer = refuse(broker, input, KafkaError::kUnknownTopicId);
    else
      answer = answer_at_once(broker, input, partition);
    if (!answer) {
      const log::ReadRequest request = read_request_of(input);
      broker.env.cpu.charge(Work::kLogRead, 1);
      // Mostly a fetch comes before what it asks for.
      std::optional<Result<log::ReadResult>> result = partition->log->read_at_once(request);
      if (!result) result = co_await partition->log->read(request);
      answer = answer_of(broker, input, *result);
    }
    const auto size = static_cast<int64_t>(answer->records ? answer->records->size() : 0);
    attempt.bytes += size;
    budget -= size;
    attempt.must_answer |= is_news(*answer);
    attempt.answers.push_back(std::move(*answer));
  }
  co_return attempt;
}

std::vector<PartitionWatch> watch_all(BrokerContext& broker, const Job& job,
                                      PartitionWaiter& waiter) {
  std::vector<PartitionWatch> watches;
  watches.reserve(job.plan->targets.size());
  for (const FetchTarget& target : job.plan->targets) {
    Partition* partition =
        broker.partitions.find(name_of(broker, job, target), target.partition.partition);
    if (partition != nullptr) watches.emplace_back(*partition, waiter);
  }
  return watches;
}

Task<std::vector<PartitionResponse>> read_or_wait(BrokerContext& broker, Job job) {
  const Request& request = *job.request;
  const Instant deadline = broker.env.clock.now() + milliseconds(std::max(request.max_wait_ms, 0));
  const int64_t bytes_min = std::min(request.min_bytes, request.max_bytes);
  PartitionWaiter waiter(broker.env.timers);
  const std::vector<PartitionWatch> watches = watch_all(broker, job, waiter);
  while (true) {
    waiter.is_notified = false;
    Attempt attempt = co_await read_all(broker, job);
    const bool is_enough = attempt.must_answer || attempt.bytes >= bytes_min || watches.empty();
    const bool is_late = broker.env.clock.now() >= deadline || broker.is_stopping;
    if (is_enough || is_late) co_return std::move(attempt.answers);
    if (waiter.is_notified) continue;
    const Result<void> woken = co_await waiter.alarm.sleep_until(deadline);
    if (!woken) co_return std::move(attempt.answers);
  }
}

Response respond(BrokerContext& broker, const FetchPlan& plan,
                 std::vector<PartitionResponse> answers) {
  constexpr uint64_t kStream = stream_id("broker.fetch_session");
  const bool is_new = plan.kind == FetchPlan::Kind::kFull;
  const uint64_t chance = is_new ? broker.env.random.next(kStream) : 0;
  const FetchSessionCache::Outcome outcome =
      broker.fetch_sessions.finish(plan, answers, chance, broker.env.clock.now());
  Response response;
  response.error_code = outcome.error;
  response.session_id = outcome.session_id;
  for (const size_t i : outcome.kept) {
    const FetchTarget& target = plan.targets[i];
    auto& topics = response.responses;
    const bool is_same = !topics.empty() && topics.back().topic == target.topic &&
                         topics.back().topic_id == target.topic_id;
    if (!is_same) {
      topics.push_back({target.topic, target.topic_id, {}});
      topics.back().partitions.reserve(outcome.kept.size());
    }
    topics.back().partitions.push_back(std::move(answers[i]));
  }
  return response;
}

}  // namespace

Task<Reply> serve_fetch(BrokerContext& broker, RequestInfo info, Slice body) {
  constexpr int16_t kFirstWithIds = 13;
  const Result<Request> request = Codec<Request>::decode(body, info.version);
  if (!request) co_return Reply::close("malformed request: " + request.error().to_string());
  const bool has_ids = info.version >= kFirstWithIds;
  const FetchPlan plan = broker.fetch_sessions.begin(*request, has_ids, broker.env.clock.now());
  std::vector<PartitionResponse> answers;
  if (plan.error == KafkaError::kNone) {
    const Job job{&*request, &plan, info.version};
    answers = co_await read_or_wait(broker, job);
  }
  const Response response = respond(broker, plan, std::move(answers));
  Reply reply;
  reply.frame = wire::encode_response<Request>(info.version, info.correlation_id, response);
  co_return reply;
}

}  // namespace faultline::server
