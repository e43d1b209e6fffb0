// SPDX-License-Identifier: Apache-2.0
// Producing at full speed, and at a steady rate.
#include <algorithm>
#include <cstdio>
#include <deque>
#include <vector>

#include <poll.h>
#include <sys/prctl.h>
#include <time.h>

#include "tests/kafka/load.h"
#include "tests/kafka/load_connection.h"
#include "tests/kafka/load_frames.h"

namespace faultline::load {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

void take_ack(LoadConnection& connection, bool is_bare) {
  const std::optional<Slice> answer = connection.receive();
  if (!answer) die("the broker closed the connection");
  if (!is_bare && !is_success(*answer)) die("a batch was refused: " + describe(*answer));
}

// Until something can be read, or `until`.
bool wait_readable(int fd, SteadyTime until) {
  const auto left = std::max(nanoseconds(0), nanoseconds(until - Clock::now()));
  const timespec limit{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
  pollfd wanted{fd, POLLIN, 0};
  return ::ppoll(&wanted, 1, &limit, nullptr) > 0;
}

double quantile_ms(const std::vector<nanoseconds>& sorted, double share) {
  const auto rank = static_cast<size_t>(share * static_cast<double>(sorted.size()));
  return static_cast<double>(sorted[std::min(rank, sorted.size() - 1)].count()) / 1e6;
}

void print_latencies(std::vector<nanoseconds> all) {
  std::sort(all.begin(), all.end());
  std::printf("{\"acks\": %zu, \"p50_ms\": %.4f, \"p99_ms\": %.4f, \"p999_ms\": %.4f, ", all.size(),
              quantile_ms(all, 0.5), quantile_ms(all, 0.99), quantile_ms(all, 0.999));
  std::printf("\"max_ms\": %.4f}\n", quantile_ms(all, 1.0));
}

}  // namespace

void produce(const LoadOptions& options) {
  const int32_t records = std::max(1, options.batch_bytes / options.record_bytes);
  std::vector<Slice> frames;
  for (int32_t i = 0; i < options.partitions; ++i)
    frames.push_back(produce_frame(options, i, records));
  LoadConnection connection = connect_or_die(options.port);
  const SteadyTime began = Clock::now();
  int64_t sent_bytes = 0;
  int64_t sent = 0;
  for (int64_t acked = 0; sent_bytes < options.bytes || acked < sent;) {
    if (sent_bytes < options.bytes && sent - acked < options.in_flight) {
      const Slice& frame = frames[static_cast<size_t>(sent % options.partitions)];
      if (!connection.send(frame.view())) die("the broker closed the connection");
      sent_bytes += static_cast<int64_t>(frame.size());
      ++sent;
    } else {
      take_ack(connection, options.is_bare);
      ++acked;
    }
  }
  const std::chrono::duration<double> took = Clock::now() - began;
  std::printf("{\"bytes\": %lld, \"requests\": %lld, \"records\": %lld, \"seconds\": %.4f}\n",
              static_cast<long long>(sent_bytes), static_cast<long long>(sent),
              static_cast<long long>(sent * records), took.count());
}

void measure_latency(const LoadOptions& options) {
  ::prctl(PR_SET_TIMERSLACK, 1);
  std::vector<Slice> frames;
  for (int32_t i = 0; i < options.partitions; ++i) frames.push_back(produce_frame(options, i, 1));
  LoadConnection connection = connect_or_die(options.port);
  const auto interval = nanoseconds(1'000'000'000 / options.rate);
  const int64_t total = int64_t{options.rate} * options.seconds;
  const SteadyTime began = Clock::now();
  std::vector<nanoseconds> latencies;
  latencies.reserve(static_cast<size_t>(total));
  int64_t sent = 0;
  for (int64_t acked = 0; acked < total;) {
    const SteadyTime due = began + sent * interval;
    if (sent < total && Clock::now() >= due) {
      const Slice& frame = frames[static_cast<size_t>(sent % options.partitions)];
      if (!connection.send(frame.view())) die("the broker closed the connection");
      ++sent;
    } else if (sent > acked || sent < total) {
      if (!wait_readable(connection.fd(),
                         sent < total ? due : Clock::now() + nanoseconds(1'000'000'000)))
        continue;
      take_ack(connection, options.is_bare);
      latencies.push_back(Clock::now() - (began + acked * interval));
      ++acked;
    }
  }
  print_latencies(std::move(latencies));
}

}  // namespace faultline::load
