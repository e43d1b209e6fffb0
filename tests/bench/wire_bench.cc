// SPDX-License-Identifier: Apache-2.0
// What the wire costs: building, checking and walking record batches in GB/s beside memcpy of the
// same bytes, and the codec of the hot messages. Compare within one run only.
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "broker/base/crc32c.h"
#include "broker/wire/batch_builder.h"
#include "broker/wire/batch_check.h"
#include "broker/wire/frame.h"
#include "broker/wire/messages_fetch.h"
#include "broker/wire/messages_metadata.h"
#include "broker/wire/messages_produce.h"

namespace faultline::wire {
namespace {

constexpr int kRecords = 100;
constexpr size_t kValueBytes = 1024;

Slice make_batch(Compression compression = Compression::kNone, size_t value_bytes = kValueBytes) {
  const std::string value(value_bytes, 'v');
  BatchBuilder builder({.compression = compression}, kRecords * (value_bytes + 40));
  for (int i = 0; i < kRecords; ++i) {
    NewRecord record;
    record.timestamp_ms = 1'700'000'000'000 + i;
    record.key = as_bytes("key-0001");
    record.value = as_bytes(value);
    builder.append(record);
  }
  return *std::move(builder).build();
}

void set_bytes(benchmark::State& state, size_t each) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * each));
}

void memcpy_of_a_batch(benchmark::State& state) {
  const Slice batch = make_batch();
  std::vector<uint8_t> target(batch.size());
  for (auto _ : state) {
    std::memcpy(target.data(), batch.data(), batch.size());
    benchmark::DoNotOptimize(target.data());
    benchmark::ClobberMemory();
  }
  set_bytes(state, batch.size());
}
BENCHMARK(memcpy_of_a_batch);

void crc32c_of_a_batch(benchmark::State& state) {
  const Slice batch = make_batch();
  for (auto _ : state) benchmark::DoNotOptimize(crc32c(batch.view()));
  set_bytes(state, batch.size());
}
BENCHMARK(crc32c_of_a_batch);

void build_batch(benchmark::State& state) {
  const auto value_bytes = static_cast<size_t>(state.range(0));
  size_t size = 0;
  for (auto _ : state) {
    const Slice batch = make_batch(Compression::kNone, value_bytes);
    size = batch.size();
    benchmark::DoNotOptimize(batch.data());
  }
  set_bytes(state, size);
}
BENCHMARK(build_batch)->Arg(100)->Arg(kValueBytes);

void walk_batch(benchmark::State& state) {
  const Slice batch = make_batch(Compression::kNone, static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    const BatchView view = *parse_batch(batch.view());
    RecordIterator records(view.records(), view.record_count());
    while (auto record = records.next()) benchmark::DoNotOptimize(record->value);
  }
  set_bytes(state, batch.size());
}
BENCHMARK(walk_batch)->Arg(100)->Arg(kValueBytes);

void check_batch(benchmark::State& state) {
  const Slice batch = make_batch(static_cast<Compression>(state.range(0)));
  BatchPolicy policy;
  policy.now_ms = 1'700'000'000'000;
  policy.deep = state.range(1) != 0;
  Codecs codecs;
  for (auto _ : state) benchmark::DoNotOptimize(check_produced_batch(batch, policy, codecs).ok());
  set_bytes(state, kRecords * kValueBytes);  // of plain data
}
BENCHMARK(check_batch)
    ->ArgNames({"codec", "deep"})
    ->ArgsProduct({{0}, {0, 1}})
    ->ArgsProduct({{1, 2, 3, 4}, {1}});

// What keeping codecs between batches is worth.
void check_batch_with_new_codecs(benchmark::State& state) {
  const Slice batch = make_batch(static_cast<Compression>(state.range(0)));
  BatchPolicy policy;
  policy.now_ms = 1'700'000'000'000;
  for (auto _ : state) {
    Codecs codecs;
    benchmark::DoNotOptimize(check_produced_batch(batch, policy, codecs).ok());
  }
  set_bytes(state, kRecords * kValueBytes);
}
BENCHMARK(check_batch_with_new_codecs)->ArgName("codec")->Arg(static_cast<int>(Compression::kZstd));

ProduceRequest make_produce() {
  ProduceRequest request;
  request.acks = -1;
  auto& topic = request.topic_data.emplace_back();
  topic.name = "orders";
  topic.partition_data.push_back({.index = 3, .records = make_batch()});
  return request;
}

void encode_produce(benchmark::State& state) {
  const ProduceRequest request = make_produce();
  const RequestHeader header{.api_version = 9, .correlation_id = 1, .client_id = "bench"};
  for (auto _ : state) benchmark::DoNotOptimize(encode_request(header, request).data());
}
BENCHMARK(encode_produce);

void decode_produce(benchmark::State& state) {
  const Slice body = Codec<ProduceRequest>::encode(make_produce(), 9);
  for (auto _ : state) {
    auto request = Codec<ProduceRequest>::decode(body, 9);
    benchmark::DoNotOptimize(request->topic_data.data());
  }
}
BENCHMARK(decode_produce);

MetadataResponse make_metadata(int partitions) {
  MetadataResponse response;
  for (int i = 0; i < 3; ++i)
    response.brokers.push_back({.node_id = i, .host = "broker", .port = 9092});
  auto& topic = response.topics.emplace_back();
  topic.name = "orders";
  for (int i = 0; i < partitions; ++i) {
    topic.partitions.push_back({.partition_index = i,
                                .leader_id = i % 3,
                                .leader_epoch = 5,
                                .replica_nodes = {0, 1, 2},
                                .isr_nodes = {0, 1, 2}});
  }
  return response;
}

void encode_metadata(benchmark::State& state) {
  const MetadataResponse response = make_metadata(1000);
  size_t size = 0;
  for (auto _ : state) {
    const Slice bytes = Codec<MetadataResponse>::encode(response, 12);
    size = bytes.size();
  }
  set_bytes(state, size);
}
BENCHMARK(encode_metadata);

void decode_metadata(benchmark::State& state) {
  const Slice bytes = Codec<MetadataResponse>::encode(make_metadata(1000), 12);
  for (auto _ : state)
    benchmark::DoNotOptimize(Codec<MetadataResponse>::decode(bytes, 12)->topics.data());
  set_bytes(state, bytes.size());
}
BENCHMARK(decode_metadata);

}  // namespace
}  // namespace faultline::wire

BENCHMARK_MAIN();
