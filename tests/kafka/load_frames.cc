// SPDX-License-Identifier: Apache-2.0
// Encoding what is sent many times.
#include "tests/kafka/load_frames.h"

#include <string>

#include "broker/wire/batch_builder.h"
#include "broker/wire/messages_produce.h"
#include "tests/kafka/load_connection.h"

namespace faultline::load {

Slice produce_frame(const LoadOptions& options, int32_t partition, int32_t records) {
  const std::string value(static_cast<size_t>(options.record_bytes), 'v');
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const int64_t now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  wire::BatchBuilder builder(wire::BatchOptions{});
  for (int32_t i = 0; i < records; ++i) {
    wire::NewRecord record;
    record.timestamp_ms = now_ms;
    record.value = as_bytes(value);
    builder.append(record);
  }
  Result<Slice> batch = std::move(builder).build();
  if (!batch) die(batch.error().to_string());
  wire::ProduceRequest request;
  request.acks = -1;
  request.timeout_ms = 30'000;
  auto& topic = request.topic_data.emplace_back();
  topic.name = options.topic;
  topic.partition_data.push_back({partition, std::move(*batch)});
  return LoadConnection::frame_of(kProduceVersion, request);
}

bool is_success(const Slice& answer) {
  const auto response = LoadConnection::decode<wire::ProduceRequest>(answer, kProduceVersion);
  return response.responses.at(0).partition_responses.at(0).error_code == wire::KafkaError::kNone;
}

std::string describe(const Slice& answer) {
  const auto response = LoadConnection::decode<wire::ProduceRequest>(answer, kProduceVersion);
  return std::string(
      wire::to_string(response.responses.at(0).partition_responses.at(0).error_code));
}

}  // namespace faultline::load
