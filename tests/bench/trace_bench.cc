// SPDX-License-Identifier: Apache-2.0
// What recording costs. The yardstick is the same stream of typed events into a sink that only
// counts: encoding is the program's part, fingerprint and storage are the recorder's. Compare
// within one run only; the share of a whole run is measured by the benchmark of first-light.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "broker/base/hash_wide.h"
#include "broker/env/history_events.h"
#include "sim/check/suite.h"
#include "sim/kernel/event_sink.h"
#include "sim/trace/recorder.h"
#include "sim/trace/run_file.h"

namespace faultline::sim {
namespace {

constexpr int64_t kEvents = 4096;

// A healthy mix: what one record causes from its send to its being read, kEvents events of it.
class Traffic {
 public:
  Traffic() {
    for (int64_t i = 0; static_cast<int64_t>(events_.size()) < kEvents; ++i) {
      const uint64_t digest = 1000 + static_cast<uint64_t>(i);
      add(2, history::SendInvoked{i + 1, "orders", 0, digest, -1, true, true});
      add(1,
          history::LogAppended{"orders", 0, {i, i, 7}, i * 100, 100, 1, static_cast<int32_t>(i)});
      add(1, history::BrokerAcked{.topic = "orders", .base_offset = i, .last_offset = i});
      add(2, history::SendAcked{i + 1, i, 0});
      add(3, history::FetchSent{"orders", 0, i});
      add(3,
          history::Polled{
              "orders", 0, event_id(3, 2 * static_cast<uint64_t>(i) + 1), i + 1, {{i, digest, 0}}});
    }
  }

  void play(EventSink& sink) const {
    int64_t time_ns = 0;
    for (const Event& event : events_)
      sink.record(time_ns += 1000, event.node, *event.type, 7, 1, event.payload.view());
  }

 private:
  struct Event {
    int32_t node;
    const EventType* type;
    Slice payload;
  };
  template <class Payload>
  void add(int32_t node, const Payload& payload) {
    events_.push_back({node, &Payload::kType, Codec<Payload>::encode(payload, 0)});
  }
  std::vector<Event> events_;
};

void count_events(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * kEvents);
}

void sink_that_counts(benchmark::State& state) {
  const Traffic traffic;
  for (auto _ : state) {
    NullSink sink;
    traffic.play(sink);
    benchmark::DoNotOptimize(sink.count());
  }
  count_events(state);
}
BENCHMARK(sink_that_counts);

void fingerprint(benchmark::State& state) {
  const Traffic traffic;
  Recorder recorder({.keep = Recorder::Keep::kNothing});
  for (auto _ : state) traffic.play(recorder);
  benchmark::DoNotOptimize(recorder.fingerprint());
  count_events(state);
}
BENCHMARK(fingerprint);

void fingerprint_and_trace(benchmark::State& state) {
  const Traffic traffic;
  Recorder recorder({.keep_last = 100'000});
  for (auto _ : state) traffic.play(recorder);
  benchmark::DoNotOptimize(recorder.fingerprint());
  count_events(state);
}
BENCHMARK(fingerprint_and_trace);

void checkers(benchmark::State& state) {
  const Traffic traffic;
  for (auto _ : state) {
    CheckSuite suite({});
    Recorder recorder({.keep = Recorder::Keep::kNothing});
    recorder.add_observer(suite);
    traffic.play(recorder);
    benchmark::DoNotOptimize(suite.clients().send_count());
  }
  count_events(state);
}
BENCHMARK(checkers);

void encode_a_payload(benchmark::State& state) {
  const history::LogAppended payload{"orders", 0, {5, 5, 7}, 500, 100, 1, 5};
  for (auto _ : state) benchmark::DoNotOptimize(Codec<history::LogAppended>::encode(payload, 0));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(encode_a_payload);

void write_and_read_a_file(benchmark::State& state) {
  const Traffic traffic;
  Recorder recorder({});
  traffic.play(recorder);
  const RunFile run = make_run({}, {}, std::move(recorder));
  size_t bytes = 0;
  for (auto _ : state) {
    const Slice file = encode_run(run);
    bytes = file.size();
    const Result<RunFile> again = decode_run(file.view());
    benchmark::DoNotOptimize(again->events.size());
  }
  state.counters["bytes_per_event"] = static_cast<double>(bytes) / kEvents;
  count_events(state);
}
BENCHMARK(write_and_read_a_file);

// A batch of events is hashed with the vectors that every processor has, or with wide ones.
constexpr size_t kBatchBytes = 6000;

void hash_narrow(benchmark::State& state) {
  const std::vector<uint8_t> batch(kBatchBytes, 0x5a);
  XXH128_hash_t hash{};
  for (auto _ : state) hash = XXH3_128bits_withSeed(batch.data(), batch.size(), hash.low64);
  benchmark::DoNotOptimize(hash);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(kBatchBytes));
}
BENCHMARK(hash_narrow);

void hash_wide(benchmark::State& state) {
  if (!can_hash_wide()) return state.SkipWithError("this processor has no AVX2");
  const std::vector<uint8_t> batch(kBatchBytes, 0x5a);
  WideHash hash;
  for (auto _ : state) hash = hash128_wide(batch, hash.low);
  benchmark::DoNotOptimize(hash);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(kBatchBytes));
}
BENCHMARK(hash_wide);

}  // namespace
}  // namespace faultline::sim

BENCHMARK_MAIN();
