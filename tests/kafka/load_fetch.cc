// SPDX-License-Identifier: Apache-2.0
// Fetching whole topics, as consumers do: every partition in each request, 1 MiB of each.
#include <cstdio>
#include <vector>

#include <malloc.h>

#include "broker/wire/messages_fetch.h"
#include "broker/wire/record_batch.h"
#include "tests/kafka/load.h"
#include "tests/kafka/load_connection.h"

namespace faultline::load {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kFetchVersion = 12;
constexpr int32_t kPartitionBytes = 1 << 20;  // max.partition.fetch.bytes
constexpr int32_t kFetchBytes = 50 << 20;     // fetch.max.bytes

wire::FetchRequest request_for(const LoadOptions& options, const std::vector<int64_t>& offsets) {
  wire::FetchRequest request;
  request.max_wait_ms = 500;
  request.min_bytes = 1;
  request.max_bytes = kFetchBytes;
  auto& topic = request.topics.emplace_back();
  topic.topic = options.topic;
  for (size_t i = 0; i < offsets.size(); ++i) {
    auto& partition = topic.partitions.emplace_back();
    partition.partition = static_cast<int32_t>(i);
    partition.fetch_offset = offsets[i];
    partition.partition_max_bytes = kPartitionBytes;
  }
  return request;
}

// Where to go on behind the whole batches in `records`.
int64_t end_of(const Slice& records, int64_t offset) {
  size_t position = 0;
  while (position + wire::kBatchHeaderSize <= records.size()) {
    const Bytes rest = records.view().subspan(position);
    const Result<size_t> size = wire::batch_size_at(rest);
    if (!size || *size > rest.size()) break;
    offset = wire::BatchView(rest).next_offset();
    position += *size;
  }
  return offset;
}

// The bytes of records; moves the offsets on, back to 0 at the end.
int64_t take(const Slice& answer, std::vector<int64_t>& offsets) {
  const auto response = LoadConnection::decode<wire::FetchRequest>(answer, kFetchVersion);
  if (response.responses.size() != 1) die("a fetch was refused");
  int64_t bytes = 0;
  for (const auto& partition : response.responses[0].partitions) {
    if (partition.error_code != wire::KafkaError::kNone) die("a fetch was refused");
    int64_t& offset = offsets.at(static_cast<size_t>(partition.partition_index));
    if (partition.records) {
      offset = end_of(*partition.records, offset);
      bytes += static_cast<int64_t>(partition.records->size());
    }
    if (offset >= partition.high_watermark) offset = 0;
  }
  return bytes;
}

}  // namespace

void fetch(const LoadOptions& options) {
  // The memory of one answer serves for the next.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  LoadConnection connection = connect_or_die(options.port);
  std::vector<int64_t> offsets(static_cast<size_t>(options.partitions), 0);
  const SteadyTime began = Clock::now();
  int64_t bytes = 0;
  int64_t requests = 0;
  while (bytes < options.bytes) {
    const Slice frame = LoadConnection::frame_of(kFetchVersion, request_for(options, offsets));
    if (!connection.send(frame.view())) die("the broker closed the connection");
    const std::optional<Slice> answer = connection.receive();
    if (!answer) die("the broker closed the connection");
    const int64_t got =
        options.is_bare ? static_cast<int64_t>(answer->size()) : take(*answer, offsets);
    if (got == 0) die("nothing to fetch");
    bytes += got;
    ++requests;
  }
  const std::chrono::duration<double> took = Clock::now() - began;
  std::printf("{\"bytes\": %lld, \"requests\": %lld, \"seconds\": %.4f}\n",
              static_cast<long long>(bytes), static_cast<long long>(requests), took.count());
}

}  // namespace faultline::load
