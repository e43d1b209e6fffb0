// SPDX-License-Identifier: Apache-2.0
// What appending to the log costs beside a plain loop of write calls, both 16 KiB at a time into
// real files without fsync, CRC32C beside one stream of the SSE4.2 instruction, and recovery after
// an unclean stop beside memcpy of as many bytes. Ratios of CPU time, measured in turns in one run;
// the aims are at least 0.5 and at least 2.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

#include <algorithm>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <vector>

#include "broker/base/crc32c.h"
#include "broker/env/local_executor.h"
#include "broker/log/log.h"
#include "broker/runtime/posix_disk.h"
#include "broker/wire/batch_builder.h"
#include "tests/support/hand_ports.h"

namespace faultline {
namespace {

constexpr size_t kBatchBytes = 16 << 10;
constexpr int kBatches = 2000;
constexpr int kPairs = 7;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class Function>
double measure(Function function) {
  const double begin = cpu_seconds();
  function();
  return cpu_seconds() - begin;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) uint32_t one_stream(Bytes bytes) {
  uint64_t crc = UINT32_MAX;
  for (size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + i, sizeof word);
    crc = _mm_crc32_u64(crc, word);
  }
  return ~static_cast<uint32_t>(crc);
}

void crc32c_against_one_stream(benchmark::State& state) {
  const std::vector<uint8_t> data(kBatchBytes, 0x5a);
  const Bytes bytes(data);
  std::vector<double> ratios;
  for (auto _ : state) {
    for (int pair = 0; pair < kPairs; ++pair) {
      const double ours = measure([&] {
        for (int i = 0; i < 20'000; ++i) benchmark::DoNotOptimize(crc32c(bytes));
      });
      const double one = measure([&] {
        for (int i = 0; i < 20'000; ++i) benchmark::DoNotOptimize(one_stream(bytes));
      });
      ratios.push_back(one / ours);
    }
  }
  state.counters["ratio (aim 2)"] = median(ratios);
}
BENCHMARK(crc32c_against_one_stream)->Iterations(1);
#endif

Slice batch_of_16_kib() {
  const std::vector<uint8_t> value(kBatchBytes - 100, 0x61);
  wire::BatchBuilder builder({});
  wire::NewRecord record;
  record.value = Bytes(value);
  builder.append(record);
  return *std::move(builder).build();
}

Task<bool> append_all(log::Log* log, Slice batch) {
  for (int i = 0; i < kBatches; ++i) {
    log::AppendRequest request;
    request.batches = batch;
    Result<log::AppendResult> done = co_await log->append(request);
    if (!done) co_return false;
  }
  co_return true;
}

// The ports of one log on real files.
struct Bench {
  explicit Bench(const std::string& root) : disk(*PosixDisk::open_root(root)) {}
  LocalExecutor executor;
  testing::HandClock clock;
  testing::CountedRandom random;
  testing::FreeCpu cpu;
  testing::KeepingProbe probe;
  std::unique_ptr<PosixDisk> disk;
  log::StorageEnv env() { return {executor, clock, *disk, random, cpu, probe}; }
};

log::LogOptions options_of(bool was_clean) {
  log::LogOptions options;
  options.partition = {"t", 0};
  options.directory = "t-0";
  options.was_clean = was_clean;
  return options;
}

Task<bool> open_and_append(Bench* bench, Slice batch, double* seconds) {
  const Result<void> made = co_await bench->disk->make_directory("t-0");
  if (!made) co_return false;
  log::LogOptions options = options_of(true);
  const log::LogRules rules;
  Result<std::unique_ptr<log::Log>> log =
      co_await log::Log::open(bench->env(), rules, std::move(options));
  if (!log) co_return false;
  const double begin = cpu_seconds();
  const bool is_good = co_await append_all(log->get(), batch);
  *seconds = cpu_seconds() - begin;
  co_return is_good;
}

double append_through_log(const std::string& root, const Slice& batch) {
  std::filesystem::create_directories(root);
  Bench bench(root);
  double seconds = 0;
  ASSERT(run_to_completion(bench.executor, open_and_append(&bench, batch, &seconds)));
  std::filesystem::remove_all(root);
  return seconds;
}

double append_by_write(const std::string& root, const Slice& batch) {
  std::filesystem::create_directories(root);
  const int file = ::open((root + "/plain").c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  ASSERT(file >= 0);
  const double seconds = measure([&] {
    for (int i = 0; i < kBatches; ++i)
      ASSERT(::write(file, batch.data(), batch.size()) == static_cast<ssize_t>(batch.size()));
  });
  ::close(file);
  std::filesystem::remove_all(root);
  return seconds;
}

void append_against_plain_writes(benchmark::State& state) {
  const std::string root = std::filesystem::temp_directory_path() / "faultline-log-bench";
  const Slice batch = batch_of_16_kib();
  std::vector<double> ratios;
  for (auto _ : state) {
    for (int pair = 0; pair < kPairs; ++pair) {
      const double log = append_through_log(root, batch);
      ratios.push_back(append_by_write(root, batch) / log);
    }
  }
  state.counters["ratio (aim 0.5)"] = median(ratios);
}
BENCHMARK(append_against_plain_writes)->Iterations(1);

// A batch of some 160 records of 100 bytes, as a producer sends them.
Slice batch_of_records() {
  const std::vector<uint8_t> value(90, 0x61);
  wire::BatchBuilder builder({});
  for (size_t bytes = 0; bytes < kBatchBytes; bytes += 100) {
    wire::NewRecord record;
    record.value = Bytes(value);
    builder.append(record);
  }
  return *std::move(builder).build();
}

// Scans all that is in the log: every checksum, every index, epochs and producers.
Task<bool> recover(Bench* bench, int64_t* bytes) {
  log::LogOptions options = options_of(false);
  const log::LogRules rules;
  Result<std::unique_ptr<log::Log>> log =
      co_await log::Log::open(bench->env(), rules, std::move(options));
  if (!log || (*log)->log_end_offset() == 0) co_return false;
  *bytes = (*log)->size_bytes();
  co_return true;
}

void recovery_beside_memcpy(benchmark::State& state) {
  const std::string root = std::filesystem::temp_directory_path() / "faultline-log-bench";
  std::filesystem::create_directories(root);
  Bench bench(root);
  double ignored = 0;
  ASSERT(run_to_completion(bench.executor, open_and_append(&bench, batch_of_records(), &ignored)));
  std::vector<double> ratios;
  std::vector<double> rates;
  for (auto _ : state) {
    for (int pair = 0; pair < kPairs; ++pair) {
      int64_t bytes = 0;
      const double recovery =
          measure([&] { ASSERT(run_to_completion(bench.executor, recover(&bench, &bytes))); });
      const std::vector<uint8_t> from(static_cast<size_t>(bytes), 0x61);
      std::vector<uint8_t> to(from.size(), 0x62);
      const double copy = measure([&] {
        std::memcpy(to.data(), from.data(), from.size());
        benchmark::DoNotOptimize(to.data());
        benchmark::ClobberMemory();
      });
      rates.push_back(static_cast<double>(bytes) / recovery / 1e9);
      ratios.push_back(copy / recovery);
    }
  }
  std::filesystem::remove_all(root);
  state.counters["GB/s"] = median(rates);
  state.counters["of memcpy"] = median(ratios);
}
BENCHMARK(recovery_beside_memcpy)->Iterations(1);

}  // namespace
}  // namespace faultline

BENCHMARK_MAIN();
