// SPDX-License-Identifier: Apache-2.0
// Produce (0): each partition's one batch is checked as Kafka checks it, rewritten where the topic
// demands another codec or the broker's time, and appended. The append returns once flush.messages
// is satisfied, so the answer promises what the settings promise. acks=0 gets no answer; its errors
// close the connection. With one replica acks=1 and acks=all are the same.
#include "broker/env/history_events.h"
#include "broker/metadata/topic_name.h"
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/produced_batch.h"
#include "broker/wire/record_batch.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::ProduceRequest;
using Response = wire::ProduceResponse;
using PartitionResponse = Response::Topic::Partition;

constexpr size_t kRecordErrorsShown = 3;
constexpr int16_t kFirstWithIds = 13;

struct PartitionInput {
  std::string_view topic;  // in the frame of the request's handler
  int32_t index = 0;
  Slice records;
  int16_t acks = 0;
  int16_t version = 0;
};

PartitionResponse refuse(BrokerContext& broker, const PartitionInput& input, KafkaError error,
                         std::string detail = {}) {
  PartitionResponse answer;
  answer.index = input.index;
  answer.error_code = error;
  answer.base_offset = -1;
  note_refusal(broker, "Produce", input.topic, input.index, error, std::move(detail));
  return answer;
}

KafkaError error_of(log::AppendStatus status) {
  switch (status) {
    case log::AppendStatus::kAppended:
    case log::AppendStatus::kDuplicate: return KafkaError::kNone;
    case log::AppendStatus::kOutOfOrderSequence: return KafkaError::kOutOfOrderSequenceNumber;
    case log::AppendStatus::kInvalidEpoch: return KafkaError::kInvalidProducerEpoch;
    case log::AppendStatus::kInvalidTransaction: return KafkaError::kInvalidTxnState;
    case log::AppendStatus::kFencedLeaderEpoch: return KafkaError::kNotLeaderOrFollower;
    case log::AppendStatus::kTooLarge: return KafkaError::kRecordListTooLarge;
  }
  return KafkaError::kUnknownServerError;
}

// The promise that any loss is judged by.
void note_ack(BrokerContext& broker, const PartitionInput& input, const Partition& partition,
              const log::AppendResult& appended) {
  history::BrokerAcked event;
  event.topic = input.topic;
  event.partition = input.index;
  event.base_offset = appended.base_offset;
  event.last_offset = appended.last_offset;
  event.acks = input.acks;
  event.promises_flush = partition.log->config().flush_messages == 1;
  event.is_duplicate = appended.status == log::AppendStatus::kDuplicate;
  const metadata::PartitionImage* image =
      broker.metadata.image().find_partition(input.topic, input.index);
  if (image != nullptr) event.in_sync_replicas = static_cast<int32_t>(image->isr.size());
  event.min_in_sync_replicas = partition.topic->settings.in_sync_replicas_min;
  emit(broker.env.probe, history::partition_entity(input.topic, input.index), event);
}

PartitionResponse refuse_batch(BrokerContext& broker, const PartitionInput& input,
                               const wire::BatchVerdict& verdict) {
  PartitionResponse answer = refuse(broker, input, verdict.error, verdict.message);
  if (verdict.tells_message) answer.error_message = verdict.message;
  const bool is_timestamp = verdict.error == KafkaError::kInvalidTimestamp;
  std::string shown;
  for (const wire::RecordError& error : verdict.records) {
    std::string message = error.message;
    if (!is_timestamp)
      message += " in topic partition " +
                 TopicPartition{std::string(input.topic), input.index}.to_string();
    if (answer.record_errors.size() < kRecordErrorsShown) {
      if (!shown.empty()) shown += ", ";
      shown += "RecordError(batchIndex=" + std::to_string(error.batch_index) + ", message='" +
               message + "')";
    }
    answer.record_errors.push_back({error.batch_index, std::move(message)});
  }
  // Kafka says more only where single records are at fault.
  if (verdict.records.empty()) return answer;
  answer.error_message =
      is_timestamp ? "One or more records have been rejected due to invalid timestamp"
                   : "One or more records have been rejected due to " +
                         std::to_string(verdict.records.size()) +
                         " record errors in total, and only showing the first three errors at "
                         "most: [" +
                         shown + "]";
  return answer;
}

// As in Kafka, whose log throws some errors and answers with the others.
bool tells_log_start(const wire::BatchVerdict& verdict) {
  const bool is_thrown = verdict.error == KafkaError::kCorruptMessage ||
                         verdict.error == KafkaError::kMessageTooLarge ||
                         verdict.error == KafkaError::kRecordListTooLarge;
  return !verdict.is_before_log && !is_thrown;
}

void add_current_leader(BrokerContext& broker, const PartitionInput& input,
                        PartitionResponse& answer) {
  if (answer.error_code != KafkaError::kNotLeaderOrFollower) return;
  const metadata::PartitionImage* image =
      broker.metadata.image().find_partition(input.topic, input.index);
  if (image != nullptr) answer.current_leader = {image->leader, image->leader_epoch};
}

bool lacks_replicas(const metadata::PartitionImage& image, const PartitionInput& input,
                    const Partition& partition) {
  // As Kafka: more than there are replicas is never asked for.
  const size_t wanted = std::min(
      static_cast<size_t>(partition.topic->settings.in_sync_replicas_min), image.replicas.size());
  return input.acks == -1 && image.isr.size() < wanted;
}

Task<PartitionResponse> append(BrokerContext& broker, PartitionInput input) {
  const bool is_internal = metadata::is_internal_topic(input.topic);
  if (is_internal) co_return refuse(broker, input, KafkaError::kInvalidTopicException);
  const PartitionLookup lookup = find_leader(broker, input.topic, input.index);
  if (lookup.partition == nullptr) {
    PartitionResponse answer = refuse(broker, input, lookup.error);
    add_current_leader(broker, input, answer);
    co_return answer;
  }
  const PartitionPin partition(*lookup.partition);
  const TopicSettings& settings = partition->topic->settings;
  if (lacks_replicas(*lookup.image, input, *partition))
    co_return refuse(broker, input, KafkaError::kNotEnoughReplicas);
  ProducedBatch batch =
      prepare_batch(broker.env, broker.codecs, input.records, settings, input.version);
  if (!batch.verdict.ok()) {
    PartitionResponse answer = refuse_batch(broker, input, batch.verdict);
    if (tells_log_start(batch.verdict))
      answer.log_start_offset = partition->log->log_start_offset();
    co_return answer;
  }
  // There is no transaction coordinator that could have begun one.
  if (wire::BatchView(batch.bytes.view()).is_transactional())
    co_return refuse(broker, input, KafkaError::kInvalidTxnState);
  log::AppendRequest append_request;
  append_request.batches = std::move(batch.bytes);
  append_request.leader_epoch = partition->leader_epoch;
  broker.env.cpu.charge(Work::kLogAppend, 1);
  const Result<log::AppendResult> appended =
      co_await partition->log->append(std::move(append_request));
  if (!appended) {
    const KafkaError error = to_kafka_error(broker, appended.error());
    co_return refuse(broker, input, error, appended.error().to_string());
  }
  const KafkaError error = error_of(appended->status);
  if (error != KafkaError::kNone) {
    PartitionResponse answer = refuse(broker, input, error);
    answer.log_start_offset = partition->log->log_start_offset();
    co_return answer;
  }
  partition->notify_waiters();
  if (input.acks != 0) note_ack(broker, input, *partition, *appended);
  PartitionResponse answer;
  answer.index = input.index;
  answer.base_offset = appended->base_offset;
  // Kafka tells the time of what it recognised, whatever the topic's timestamp type.
  const bool tells_time = settings.timestamp_type == wire::TimestampType::kLogAppendTime ||
                          appended->status == log::AppendStatus::kDuplicate;
  if (tells_time) answer.log_append_time_ms = appended->timestamp_ms;
  answer.log_start_offset = appended->log_start_offset;
  co_return answer;
}

// A partition that is not there is told first.
PartitionResponse refuse_acks(BrokerContext& broker, const PartitionInput& input) {
  const PartitionLookup lookup = find_leader(broker, input.topic, input.index);
  const bool is_there = lookup.partition != nullptr;
  return refuse(broker, input, is_there ? KafkaError::kInvalidRequiredAcks : lookup.error);
}

// Room for the answers of a topic.
Response::Topic& begin_topic(Response& response, const Request::Topic& topic) {
  Response::Topic& answers = response.responses.emplace_back();
  answers.name = topic.name;
  answers.topic_id = topic.topic_id;
  answers.partition_responses.reserve(topic.partition_data.size());
  return answers;
}

// Empty when there is no topic of that id.
std::string name_of(BrokerContext& broker, const Request::Topic& topic, int16_t version) {
  if (version < kFirstWithIds) return topic.name;
  const std::string* name = topic_name_of(broker, topic.topic_id);
  return name == nullptr ? std::string() : *name;
}

const char* first_error(const Response& response) {
  for (const Response::Topic& topic : response.responses)
    for (const PartitionResponse& partition : topic.partition_responses)
      if (partition.error_code != KafkaError::kNone)
        return wire::to_string(partition.error_code).data();
  return nullptr;
}

Reply reply_of(const RequestInfo& info, int16_t acks, const Response& response) {
  if (acks != 0) {
    Reply reply;
    reply.frame = wire::encode_response<Request>(info.version, info.correlation_id, response);
    return reply;
  }
  const char* error = first_error(response);
  if (error == nullptr) return Reply::nothing();
  return Reply::close(std::string("produce with acks=0 failed: ") + error);
}

}  // namespace

Task<Reply> serve_produce(BrokerContext& broker, RequestInfo info, Slice body) {
  Result<Request> request = Codec<Request>::decode(body, info.version);
  if (!request) co_return Reply::close("malformed request: " + request.error().to_string());
  Response response;
  response.responses.reserve(request->topic_data.size());
  const bool has_legal_acks = request->acks >= -1 && request->acks <= 1;
  for (Request::Topic& topic : request->topic_data) {
    Response::Topic& answers = begin_topic(response, topic);
    const std::string name = name_of(broker, topic, info.version);
    for (Request::Topic::Partition& partition : topic.partition_data) {
      PartitionInput input;
      input.topic = name;
      input.index = partition.index;
      input.acks = request->acks;
      input.version = info.version;
      if (partition.records) input.records = std::move(*partition.records);
      if (name.empty() && info.version >= kFirstWithIds) {
        answers.partition_responses.push_back(refuse(broker, input, KafkaError::kUnknownTopicId));
      } else if (!has_legal_acks) {
        answers.partition_responses.push_back(refuse_acks(broker, input));
      } else {
        PartitionResponse answer = co_await append(broker, std::move(input));
        answers.partition_responses.push_back(std::move(answer));
      }
    }
  }
  co_return reply_of(info, request->acks, response);
}

}  // namespace faultline::server
