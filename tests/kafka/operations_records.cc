// SPDX-License-Identifier: Apache-2.0
// Producing, rightly and wrongly, and reading back.
#include "broker/wire/messages_change_topics.h"
#include "broker/wire/messages_fetch.h"
#include "broker/wire/messages_leader_epoch.h"
#include "broker/wire/messages_list_offsets.h"
#include "broker/wire/messages_produce.h"
#include "broker/wire/messages_producer_id.h"
#include "tests/kafka/load_connection.h"
#include "tests/kafka/operations.h"

namespace faultline::differential {
namespace {

using wire::ApiKey;
using wire::KafkaError;

constexpr int kFirstWithZstd = 7;
constexpr int64_t kTimeZeroMs = 1'704'067'200'000;  // 2024-01-01
constexpr int64_t kFarFutureMs = 4'102'444'800'000;

Slice changed(const Slice& batch, size_t at, uint8_t with, bool is_sealed) {
  Buffer bytes;
  bytes.append(batch.view());
  if (at < bytes.size()) bytes.data()[at] ^= with;
  if (is_sealed) wire::seal_batch({bytes.data(), bytes.size()});
  return std::move(bytes).freeze();
}

Slice twice(const Slice& batch) { return join({batch, batch}); }

}  // namespace

Slice Operations::some_batch(int version, const wire::BatchOptions& given) {
  wire::BatchOptions options = given;
  const auto codec = static_cast<wire::Compression>(draws_.below(5));
  if (codec != wire::Compression::kZstd || version >= kFirstWithZstd) options.compression = codec;
  wire::BatchBuilder builder(options);
  const auto count = draws_.between(1, one_in(6) ? 200 : 5);
  for (int64_t i = 0; i < count; ++i) {
    const auto size = static_cast<size_t>(pick<int64_t>({0, 1, 7, 60, 61, 127, 128, 1000, 5000}));
    const std::string value(size, static_cast<char>('a' + draws_.below(26)));
    const std::string key = "key-" + std::to_string(draws_.below(5));
    const wire::RecordHeader header{"header", as_bytes(key)};
    wire::NewRecord record;
    record.timestamp_ms = kTimeZeroMs + draws_.between(0, 100'000);
    if (!one_in(4)) record.key = as_bytes(key);
    if (!one_in(10)) record.value = as_bytes(value);
    if (one_in(4)) record.headers = {&header, 1};
    builder.append(record);
  }
  Result<Slice> batch = std::move(builder).build();
  if (!batch) load::die(batch.error().to_string());
  return std::move(*batch);
}

bool Operations::put(const Place& place, int version, int16_t acks,
                     const std::function<Slice(const Ids&)>& batch) {
  Question<wire::ProduceRequest> question;
  question.version = version;
  question.make = [&](const Ids& ids) {
    wire::ProduceRequest request;
    request.acks = acks;
    request.timeout_ms = 30'000;
    auto& topic = request.topic_data.emplace_back();
    topic.name = place.topic;
    topic.topic_id = ids.topic(place.topic);
    topic.partition_data.push_back({place.partition, batch(ids)});
    return request;
  };
  const auto response = differential_.ask(question);
  if (response.responses.empty() || !topics_.contains(place.topic)) return false;
  const auto& answer = response.responses[0].partition_responses.at(0);
  if (answer.error_code != KafkaError::kNone || answer.base_offset < 0) return false;
  const Slice written = batch(differential_.ids_of_judge());
  note_end(place, answer.base_offset + wire::BatchView(written.view()).last_offset_delta() + 1);
  return true;
}

void Operations::produce() {
  const int version = version_of<wire::ProduceRequest>();
  const Slice batch = some_batch(version);
  put(real_place(), version, pick<int16_t>({-1, 1}), [&](const Ids&) { return batch; });
}

void Operations::produce_damaged() {
  const int version = version_of<wire::ProduceRequest>();
  Slice batch = some_batch(version);
  const char* about = "";
  const auto damage = [&](const char* what, Slice with) {
    about = what;
    batch = std::move(with);
  };
  switch (draws_.below(12)) {
    case 0: damage("CRC", changed(batch, 17, 0xff, false)); break;
    case 1: damage("last byte", changed(batch, batch.size() - 1, 0x55, false)); break;
    case 2: damage("magic 3", changed(batch, 16, 0x01, false)); break;
    case 3: damage("magic 1", changed(batch, 16, 0x03, false)); break;
    case 4: damage("two batches", twice(batch)); break;
    case 5: damage("cut off", batch.subslice(0, batch.size() - 3)); break;
    case 6: damage("empty", Slice()); break;
    case 7: damage("record count", changed(batch, 60, 0x01, true)); break;
    case 8: damage("last offset delta", changed(batch, 26, 0x01, true)); break;
    case 9: damage("control batch", changed(batch, 22, 0x20, true)); break;
    case 10: damage("another codec", changed(batch, 22, 0x06, true)); break;
    default: {
      wire::BatchBuilder builder(wire::BatchOptions{});
      wire::NewRecord record;
      record.timestamp_ms = kFarFutureMs;
      builder.append(record);
      damage("in the future", *std::move(builder).build());
    }
  }
  differential_.about(about);
  put(some_place(), version, -1, [&](const Ids&) { return batch; });
}

void Operations::produce_nowhere() {
  const int version = version_of<wire::ProduceRequest>();
  const Slice batch = some_batch(version);
  Place place = some_place();
  if (one_in(2)) place.topic = pick<std::string>({"nowhere", "__consumer_offsets", "not legal!"});
  if (!topics_.contains(place.topic)) place.partition = 0;
  const int16_t acks = one_in(3) ? pick<int16_t>({2, -2}) : int16_t{-1};
  const bool is_real = topics_.contains(place.topic) && place.partition >= 0 &&
                       place.partition < topics_.at(place.topic).partitions;
  if (is_real && acks == -1) return;
  put(place, version, acks, [&](const Ids&) { return batch; });
}

void Operations::produce_unacked() {
  const Place place = some_place();
  Question<wire::ProduceRequest> question;
  question.version = version_of<wire::ProduceRequest>();
  const Slice batch = some_batch(question.version);
  question.make = [&](const Ids& ids) {
    wire::ProduceRequest request;
    request.acks = 0;
    request.timeout_ms = 30'000;
    auto& topic = request.topic_data.emplace_back();
    topic.name = place.topic;
    topic.topic_id = ids.topic(place.topic);
    topic.partition_data.push_back({place.partition, batch});
    return request;
  };
  differential_.post(question);
  list_offsets();  // is answered behind it, or the connection is closed
}

void Operations::init_producer() {
  const std::string name = "producer-" + std::to_string(producers_made_++);
  Question<wire::InitProducerIdRequest> question;
  question.version = version_of<wire::InitProducerIdRequest>();
  question.make = [](const Ids&) { return wire::InitProducerIdRequest{}; };
  question.learn = [&](Ids& ids, const wire::InitProducerIdResponse& answer) {
    ids.producers[name] = {answer.producer_id, answer.producer_epoch};
  };
  differential_.ask(question);
  producers_[name];
}

void Operations::produce_in_sequence() {
  if (producers_.empty()) return init_producer();
  auto found = producers_.begin();
  std::advance(found, static_cast<std::ptrdiff_t>(draws_.below(producers_.size())));
  const std::string name = found->first;
  const Place place = real_place();
  int32_t& next = found->second.next_sequence[place.topic + "/" + std::to_string(place.partition)];
  const int version = version_of<wire::ProduceRequest>();
  const Draws before = draws_;
  // The same records for every target, under the producer id that it gave.
  const auto batch = [&](const Ids& ids) {
    draws_ = before;
    wire::BatchOptions options;
    options.producer_id = ids.producer(name).id;
    options.producer_epoch = ids.producer(name).epoch;
    options.base_sequence = next;
    return some_batch(version, options);
  };
  if (!put(place, version, -1, batch)) return;
  next += wire::BatchView(batch(differential_.ids_of_judge()).view()).record_count();
}

void Operations::produce_out_of_sequence() {
  if (producers_.empty()) return init_producer();
  auto found = producers_.begin();
  std::advance(found, static_cast<std::ptrdiff_t>(draws_.below(producers_.size())));
  const std::string name = found->first;
  const Place place = real_place();
  const std::string key = place.topic + "/" + std::to_string(place.partition);
  const auto known = found->second.next_sequence.find(key);
  // Of a producer that the log does not know Kafka 4.1 takes any sequence (KAFKA-15591); we do not.
  if (known == found->second.next_sequence.end() || known->second == 0) return;
  const int version = version_of<wire::ProduceRequest>();
  const int32_t sequence = pick<int32_t>(
      {known->second + 1, known->second + 100, 0, std::max(0, known->second - 1), INT32_MAX});
  const auto epoch_by = pick<int16_t>({0, 0, 0, -1, 1});
  const Draws before = draws_;
  put(place, version, -1, [&](const Ids& ids) {
    draws_ = before;
    wire::BatchOptions options;
    options.producer_id = ids.producer(name).id;
    options.producer_epoch = static_cast<int16_t>(ids.producer(name).epoch + epoch_by);
    options.base_sequence = sequence;
    return some_batch(version, options);
  });
  // Whatever it was: what comes next from this producer is decided elsewhere.
  producers_.erase(name);
}

void Operations::fetch() {
  std::vector<Place> places;
  std::vector<int64_t> offsets;
  std::set<std::string> topics;
  for (uint64_t i = 1 + draws_.below(3); i > 0; --i) {
    Place place = some_place();
    if (one_in(12)) place.topic = "nowhere";
    if (!topics.insert(place.topic).second) continue;
    places.push_back(place);
    offsets.push_back(some_offset(place));
  }
  const int32_t bytes_max = pick({0, 1, 100, 3000, 1 << 20});
  const int32_t partition_bytes_max = pick({0, 1, 200, 5000, 1 << 20});
  const int32_t epoch = one_in(6) ? pick({0, 1, 5}) : -1;
  const int32_t last_epoch = one_in(6) ? pick({0, 3}) : -1;
  const auto isolation = pick<int8_t>({0, 1});
  Question<wire::FetchRequest> question;
  question.version = version_of<wire::FetchRequest>();
  question.make = [&](const Ids& ids) {
    wire::FetchRequest request;
    request.max_bytes = bytes_max;
    request.isolation_level = isolation;
    request.session_epoch = -1;
    for (size_t i = 0; i < places.size(); ++i) {
      auto& topic = request.topics.emplace_back();
      topic.topic = places[i].topic;
      topic.topic_id = ids.topic(places[i].topic);
      auto& partition = topic.partitions.emplace_back();
      partition.partition = places[i].partition;
      partition.fetch_offset = offsets[i];
      partition.partition_max_bytes = partition_bytes_max;
      partition.current_leader_epoch = epoch;
      partition.last_fetched_epoch = last_epoch;
    }
    return request;
  };
  differential_.ask(question);
}

void Operations::list_offsets() {
  wire::ListOffsetsRequest request;
  request.replica_id = -1;
  request.isolation_level = pick<int8_t>({0, 1});
  const Place place = some_place();
  auto& topic = request.topics.emplace_back();
  topic.name = one_in(10) ? "nowhere" : place.topic;
  auto& partition = topic.partitions.emplace_back();
  partition.partition_index = place.partition;
  partition.timestamp =
      pick<int64_t>({-1, -2, -1, -2, -3, kTimeZeroMs, kTimeZeroMs + 50'000,
                     kTimeZeroMs + draws_.between(0, 120'000), 0, kFarFutureMs, -9});
  if (one_in(8)) partition.current_leader_epoch = pick({0, 4});
  Question<wire::ListOffsetsRequest> question;
  question.version = version_of<wire::ListOffsetsRequest>();
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
}

void Operations::delete_records() {
  if (!differential_.serves(ApiKey::kDeleteRecords)) return;
  const Place place = some_place();
  wire::DeleteRecordsRequest request;
  request.timeout_ms = 30'000;
  auto& topic = request.topics.emplace_back();
  topic.name = one_in(8) ? "nowhere" : place.topic;
  topic.partitions.push_back({place.partition, some_offset(place)});
  Question<wire::DeleteRecordsRequest> question;
  question.version = version_of<wire::DeleteRecordsRequest>();
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
}

void Operations::ask_leader_epoch() {
  if (!differential_.serves(ApiKey::kOffsetForLeaderEpoch)) return;
  const Place place = some_place();
  wire::OffsetForLeaderEpochRequest request;
  request.replica_id = -1;
  auto& topic = request.topics.emplace_back();
  topic.topic = one_in(8) ? "nowhere" : place.topic;
  topic.partitions.push_back({place.partition, pick({-1, 0, 2}), pick({0, 0, 1, -1})});
  Question<wire::OffsetForLeaderEpochRequest> question;
  question.version = version_of<wire::OffsetForLeaderEpochRequest>();
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
}

}  // namespace faultline::differential
