// SPDX-License-Identifier: Apache-2.0
// What tests of the log need around it: a disk in memory, clocks that the test sets, a probe that
// keeps the events, and batches.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/env/history_events.h"
#include "broker/env/local_executor.h"
#include "broker/log/log.h"
#include "broker/log/log_manager.h"
#include "broker/wire/batch_builder.h"
#include "tests/support/hand_ports.h"
#include "tests/support/memory_disk.h"

namespace faultline::log {

struct Storage {
  LocalExecutor executor;
  testing::HandClock clock;
  testing::MemoryDisk disk;
  testing::CountedRandom random;
  testing::FreeCpu cpu;
  testing::KeepingProbe probe;

  StorageEnv env() { return {executor, clock, disk, random, cpu, probe}; }

  // Runs to the end, or to the death of the disk: then nothing comes back.
  template <class T>
  std::optional<T> run_or_die(Task<T> task) {
    std::optional<T> result;
    Scope scope(executor);
    scope.spawn(store_result(std::move(task), &result));
    executor.run_until_idle();
    return result;
  }
  template <class T>
  T run(Task<T> task) {
    std::optional<T> result = run_or_die(std::move(task));
    ASSERT(result.has_value());
    return std::move(*result);
  }

  void make_directory(std::string path) {
    const auto make = [](Disk* on, std::string name) -> Task<Result<void>> {
      co_return co_await on->make_directory(name);
    };
    ASSERT(run(make(&disk, std::move(path))).has_value());
  }

  static LogOptions options(std::string topic = "t") {
    LogOptions options;
    options.partition = {topic, 0};
    options.topic_id = Uuid::from_words(1, 2);
    options.directory = "data/" + topic + "-0";
    options.was_clean = true;
    return options;
  }
};

struct BatchSpec {
  int records = 1;
  size_t value_size = 10;
  int64_t timestamp_ms = 1'700'000'000'000;
  int64_t timestamp_step_ms = 0;
  ProducerId producer_id = -1;
  ProducerEpoch epoch = 0;
  int32_t sequence = -1;
  wire::Compression compression = wire::Compression::kNone;
  uint64_t seed = 0;
};

inline Slice make_batch(const BatchSpec& spec) {
  wire::BatchOptions options;
  options.compression = spec.compression;
  options.producer_id = spec.producer_id;
  options.producer_epoch = spec.epoch;
  options.base_sequence = spec.sequence;
  wire::BatchBuilder builder(options);
  for (int i = 0; i < spec.records; ++i) {
    std::string value(spec.value_size, 'x');
    Draws draws(spec.seed, 7, static_cast<uint64_t>(i));
    for (char& c : value) c = static_cast<char>('a' + draws.below(26));
    wire::NewRecord record;
    record.timestamp_ms = spec.timestamp_ms + i * spec.timestamp_step_ms;
    record.value = as_bytes(value);
    builder.append(record);
  }
  return *std::move(builder).build();
}

inline AppendRequest client_append(Slice batches, LeaderEpoch epoch = 0) {
  AppendRequest request;
  request.batches = std::move(batches);
  request.leader_epoch = epoch;
  return request;
}

// Offsets of the batches of a whole log, read as a replica does; checks every checksum.
struct StoredBatch {
  Offset base_offset = 0;
  Offset last_offset = 0;
  uint32_t crc = 0;
  bool crc_is_valid = true;
  bool operator==(const StoredBatch&) const = default;
};

inline std::vector<StoredBatch> read_all(Storage& storage, Log& log) {
  std::vector<StoredBatch> all;
  Offset at = log.log_start_offset();
  while (at < log.log_end_offset()) {
    ReadRequest request;
    request.offset = at;
    request.bytes_max = 4096;
    request.isolation = Isolation::kLogEnd;
    const Result<ReadResult> got = storage.run(log.read(request));
    if (!got || got->batches.empty()) break;
    const Slice bytes = got->batches;
    size_t position = 0;
    while (position < bytes.size()) {
      const auto batch = wire::parse_batch(bytes.view().subspan(position));
      all.push_back(
          {batch->base_offset(), batch->last_offset(), batch->crc(), batch->crc_is_valid()});
      position += batch->size();
    }
    at = got->next_offset;
  }
  return all;
}

}  // namespace faultline::log
