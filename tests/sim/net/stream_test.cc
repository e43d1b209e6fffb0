// SPDX-License-Identifier: Apache-2.0
// Goal: connections that nobody disturbs behave as TCP's do. Method: two machines, one process
// each, and what they saw after a run.
#include <set>

#include <gtest/gtest.h>

#include "tests/sim/net/pair.h"

namespace faultline::sim {
namespace {

TEST(Stream, carries_bytes_and_the_end_in_order) {
  Pair pair;
  pair.connect("hello, broker");
  pair.cluster.run_for(seconds(1));
  EXPECT_TRUE(pair.client.is_connected);
  EXPECT_EQ(pair.client.writes_done, 1u);
  EXPECT_EQ(pair.server.received, "hello, broker");
  EXPECT_FALSE(pair.server.has_ended);
  pair.client.stream.reset();
  pair.cluster.run_for(seconds(1));
  EXPECT_TRUE(pair.server.has_ended);
  EXPECT_FALSE(pair.server.read_error.has_value());
  EXPECT_EQ(pair.cluster.fabric.open_connections(), 1u);
  pair.server.stream.reset();
  EXPECT_EQ(pair.cluster.fabric.open_connections(), 0u);
}

TEST(Stream, delivers_everything_in_order_at_any_segmentation) {
  const std::string text = numbers(300'000);
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    FabricOptions options;
    options.split_segment = Ratio{seed % 4, 3 + seed % 4};
    options.short_read = Ratio{seed % 3, 5};
    options.gather_read = Ratio{1, 2};
    options.send_buffer_bytes = 1 + 977 * seed;
    options.receive_buffer_bytes = 1 + 1013 * seed;
    options.segment_bytes_max = 1 + 401 * seed;
    Pair pair(options, seed);
    pair.connect(text);
    pair.cluster.run_for(seconds(100));
    ASSERT_EQ(pair.server.received, text) << "seed " << seed;
  }
}

TEST(Stream, splits_and_joins_what_was_written) {
  std::set<size_t> sizes;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Pair pair(constant_latency(milliseconds(1)), seed);
    pair.connect("0123456789");
    pair.cluster.run_for(milliseconds(seed % 2 == 0 ? 2 : 10));  // read together, or not
    pair.cluster[0].scope->spawn(write_text(&pair.cluster.kernel, &pair.client, "abcdefghij"));
    pair.cluster.run_for(seconds(1));
    ASSERT_EQ(pair.server.received, "0123456789abcdefghij");
    sizes.insert(pair.server.read_sizes.begin(), pair.server.read_sizes.end());
  }
  EXPECT_TRUE(sizes.contains(10u));
  EXPECT_GT(sizes.size(), 5u) << "reads should end anywhere";
}

TEST(Stream, joins_small_writes_that_wait_together) {
  Pair pair(constant_latency(milliseconds(1)));
  pair.connect_without_reader("first,");
  pair.cluster.run_for(milliseconds(10));
  pair.cluster[0].scope->spawn(write_text(&pair.cluster.kernel, &pair.client, "second"));
  pair.cluster.run_for(milliseconds(10));
  pair.cluster[1].scope->spawn(read_all(&pair.cluster.kernel, &pair.server));
  pair.cluster.run_for(milliseconds(10));
  EXPECT_EQ(pair.server.received, "first,second");
  EXPECT_EQ(pair.server.read_sizes.front(), 12u);
}

TEST(Stream, shares_the_writers_block_with_the_reader) {
  FabricOptions options = constant_latency(milliseconds(1));
  options.split_segment = options.short_read = options.gather_read = Ratio{0, 1};
  Pair pair(options);
  pair.connect_without_reader("");
  pair.cluster.run_for(milliseconds(10));
  const Slice sent = Slice::copy_of(numbers(10'000));
  struct Io {
    static Task<void> write(Stream* stream, Slice slice) {
      Slices slices{std::move(slice)};
      const Result<void> written = co_await stream->write(std::move(slices));
      EXPECT_TRUE(written.has_value());
    }
    static Task<void> read(Stream* stream, Slice* out) {
      Result<Slice> got = co_await stream->read(1 << 20);
      if (got) *out = *got;
    }
  };
  Slice received;
  pair.cluster[0].scope->spawn(Io::write(pair.client.stream.get(), sent));
  pair.cluster[1].scope->spawn(Io::read(pair.server.stream.get(), &received));
  pair.cluster.run_for(milliseconds(10));
  EXPECT_EQ(received.data(), sent.data());
  EXPECT_EQ(received.size(), sent.size());
}

TEST(Stream, takes_one_round_trip_to_connect_and_half_of_one_to_deliver) {
  Pair pair(constant_latency(milliseconds(5)));
  pair.connect_without_reader("");
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.last_progress, Instant{} + milliseconds(10));
  pair.cluster[0].scope->spawn(write_text(&pair.cluster.kernel, &pair.client, "x"));
  pair.cluster[1].scope->spawn(read_all(&pair.cluster.kernel, &pair.server));
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.server.last_progress, Instant{} + milliseconds(1005));
}

TEST(Stream, bandwidth_limits_the_rate) {
  FabricOptions options;
  options.link = {QuantileTable::constant(milliseconds(1)), 1'000'000};
  Pair pair(options);
  pair.connect(numbers(2'000'000));
  pair.cluster.run_for(seconds(1));
  EXPECT_GT(pair.server.received.size(), 900'000u);
  EXPECT_LE(pair.server.received.size(), 1'000'000u);
  pair.cluster.run_for(seconds(2));
  EXPECT_EQ(pair.server.received.size(), 2'000'000u);
}

TEST(Stream, a_reader_that_does_not_read_stalls_the_writer) {
  FabricOptions options;
  options.send_buffer_bytes = 10'000;
  options.receive_buffer_bytes = 30'000;
  const std::string text = numbers(100'000);
  Pair pair(options);
  pair.connect_without_reader(text);
  pair.cluster.run_for(seconds(10));
  EXPECT_EQ(pair.client.writes_done, 0u);
  EXPECT_EQ(pair.cluster.kernel.pending_events(), 0u) << "a stalled connection must not poll";
  pair.cluster[1].scope->spawn(read_all(&pair.cluster.kernel, &pair.server));
  pair.cluster.run_for(seconds(10));
  EXPECT_EQ(pair.client.writes_done, 1u);
  EXPECT_EQ(pair.server.received, text);
}

TEST(Stream, a_write_that_fits_the_two_buffers_completes_without_a_reader) {
  FabricOptions options;
  options.send_buffer_bytes = 10'000;
  options.receive_buffer_bytes = 30'000;
  Pair fits(options);
  fits.connect_without_reader(numbers(40'000));
  fits.cluster.run_for(seconds(10));
  EXPECT_EQ(fits.client.writes_done, 1u);
  Pair exceeds(options);
  exceeds.connect_without_reader(numbers(40'001));
  exceeds.cluster.run_for(seconds(10));
  EXPECT_EQ(exceeds.client.writes_done, 0u);
}

TEST(Stream, needs_about_one_event_per_segment) {
  FabricOptions options;
  options.split_segment = Ratio{0, 1};
  options.segment_bytes_max = 1000;
  RecordingSink sink;
  Pair pair(options, 1, CostTable::free(), &sink);
  pair.connect(numbers(1'000'000));
  pair.cluster.run_for(seconds(10));
  EXPECT_EQ(pair.server.received.size(), 1'000'000u);
  const uint64_t segments = sink.count(NetDelivered::kType);
  EXPECT_GE(segments, 1000u);
  EXPECT_LE(segments, 1100u);
  EXPECT_LE(pair.cluster.kernel.events_fired(), 2 * segments);
}

TEST(Stream, what_is_sent_after_charged_work_leaves_after_it) {
  CostTable costs = CostTable::free();
  costs.work_ps[static_cast<size_t>(Work::kRequest)] = 1'000'000'000;  // a millisecond
  Pair pair(constant_latency(milliseconds(5)), 1, costs);
  pair.connect_without_reader("");
  pair.cluster.run_for(milliseconds(100));
  pair.cluster[1].scope->spawn(read_all(&pair.cluster.kernel, &pair.server));
  pair.cluster[0].scope->spawn([](Pair* p) -> Task<void> {
    p->cluster[0].processor.charge(Work::kRequest, 7);
    co_await write_text(&p->cluster.kernel, &p->client, "x");
  }(&pair));
  pair.cluster.run_for(milliseconds(100));
  EXPECT_EQ(pair.server.last_progress, Instant{} + milliseconds(112));
}

TEST(Stream, shutdown_ends_one_direction_only) {
  Pair pair;
  pair.connect("request");
  pair.cluster.run_for(seconds(1));
  pair.client.stream->shutdown_write();
  pair.cluster[0].scope->spawn(read_all(&pair.cluster.kernel, &pair.client));
  pair.cluster.run_for(seconds(1));
  EXPECT_TRUE(pair.server.has_ended);
  pair.cluster[1].scope->spawn(write_text(&pair.cluster.kernel, &pair.server, "answer"));
  pair.cluster[0].scope->spawn(write_text(&pair.cluster.kernel, &pair.client, "too late"));
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.received, "answer");
  EXPECT_EQ(pair.client.write_error, ErrorCode::kClosed);
}

TEST(Stream, closing_still_delivers_what_was_written) {
  FabricOptions options;
  options.receive_buffer_bytes = 1000;
  const std::string text = numbers(50'000);
  Pair pair(options);
  pair.connect_without_reader(text);
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.writes_done, 1u);
  pair.client.stream.reset();
  pair.cluster[1].scope->spawn(read_all(&pair.cluster.kernel, &pair.server));
  pair.cluster.run_for(seconds(10));
  EXPECT_EQ(pair.server.received, text);
  EXPECT_TRUE(pair.server.has_ended);
}

TEST(Stream, closing_with_unread_data_resets_the_peer) {
  Pair pair;
  pair.connect_without_reader("nobody reads this");
  pair.cluster.run_for(seconds(1));
  pair.cluster[0].scope->spawn(read_all(&pair.cluster.kernel, &pair.client));
  pair.cluster.run_for(seconds(1));
  pair.server.stream.reset();
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.read_error, ErrorCode::kConnectionReset);
}

TEST(Stream, writing_to_a_closed_peer_is_answered_with_a_reset) {
  Pair pair;
  pair.connect_without_reader("");
  pair.cluster.run_for(seconds(1));
  pair.server.stream.reset();
  pair.cluster.run_for(seconds(1));
  pair.cluster[0].scope->spawn(write_text(&pair.cluster.kernel, &pair.client, "more"));
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.writes_done, 2u) << "the first write after the peer's end succeeds";
  pair.cluster[0].scope->spawn(write_text(&pair.cluster.kernel, &pair.client, "and more"));
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.write_error, ErrorCode::kConnectionReset);
}

TEST(Stream, a_cancelled_read_leaves_the_bytes_to_the_next_one) {
  Pair pair;
  pair.connect_without_reader("");
  pair.cluster.run_for(seconds(1));
  auto reader = std::make_unique<Scope>(pair.cluster[1].processor);
  reader->spawn(read_all(&pair.cluster.kernel, &pair.server));
  pair.cluster.run_for(seconds(1));
  reader->cancel();
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.server.read_error, ErrorCode::kCancelled);
  pair.cluster[0].scope->spawn(write_text(&pair.cluster.kernel, &pair.client, "for the next"));
  pair.cluster[1].scope->spawn(read_all(&pair.cluster.kernel, &pair.server));
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.server.received, "for the next");
}

TEST(Stream, works_between_two_programs_of_one_machine) {
  Cluster cluster({}, 1);
  Transcript server;
  Transcript client;
  cluster[0].scope->spawn(serve_one(&cluster.kernel, &cluster[0], kPort, &server));
  cluster[0].scope->spawn(
      connect_and_write(&cluster.kernel, &cluster[0], {"localhost", kPort}, "loop", &client));
  cluster.run_for(seconds(1));
  EXPECT_EQ(server.received, "loop");
  cluster.end_processes();
}

}  // namespace
}  // namespace faultline::sim
