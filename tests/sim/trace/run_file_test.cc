// SPDX-License-Identifier: Apache-2.0
// Goal: a recorded run comes back from its bytes as it was, and bytes that are no recorded run are
// an Error, never a crash. Method: round trips of odd values; every truncation and many bit flips,
// with the checksum left wrong and with it made right again.
#include "sim/trace/run_file.h"

#include <gtest/gtest.h>

#include "broker/base/byte_io.h"
#include "broker/base/prng.h"

namespace faultline::sim {
namespace {

constexpr EventType kPlain{0x10, "test.plain", [](std::string& schema) { schema += "a int32\n"; }};
constexpr EventType kOther{0x1203, "test.other",
                           [](std::string& schema) { schema += "b string\n"; }};

RunFile sample(int events) {
  Recorder recorder({});
  Draws draws(7, 0, 0);
  EventId last = 0;
  for (int i = 0; i < events; ++i) {
    const std::string payload(draws.below(40), static_cast<char>(draws.next()));
    const int32_t node = static_cast<int32_t>(draws.between(-1, 4));
    last = recorder.record(i * 1000, node, draws.below(2) == 0 ? kPlain : kOther,
                           draws.next() >> draws.below(64), draws.below(3) == 0 ? 0 : last,
                           as_bytes(payload));
  }
  RunInfo info{.scenario = "{ // text\n}", .seed = UINT64_MAX, .build = "b", .verdict = "held"};
  info.more = {{"a", "1"}, {"a", ""}};
  return make_run(std::move(info), {0, 1, UINT64_MAX}, std::move(recorder));
}

void expect_equal(const RunFile& a, const RunFile& b) {
  EXPECT_EQ(a.info, b.info);
  EXPECT_EQ(a.types, b.types);
  EXPECT_EQ(a.choices, b.choices);
  EXPECT_EQ(a.checkpoints, b.checkpoints);
  ASSERT_EQ(a.events.size(), b.events.size());
  for (uint64_t i = 0; i < a.events.size(); ++i) {
    const EventView left = a.events.at(a.events.first_index() + i);
    const EventView right = b.events.at(b.events.first_index() + i);
    EXPECT_EQ(left.header, right.header);
    EXPECT_EQ(as_text(left.payload), as_text(right.payload));
  }
}

std::string bytes_of(const RunFile& run) { return std::string(encode_run(run).text()); }

// Puts the right checksum at the end again.
std::string signed_again(std::string bytes) {
  const size_t covered = bytes.size() - sizeof(uint64_t);
  store_big_endian(reinterpret_cast<uint8_t*>(bytes.data()) + covered,
                   hash64(as_bytes(std::string_view(bytes).substr(0, covered))));
  return bytes;
}

TEST(RunFile, comes_back_as_it_was_written) {
  for (int events : {0, 1, 64, 5000}) {
    const RunFile run = sample(events);
    const Result<RunFile> again = decode_run(encode_run(run).view());
    ASSERT_TRUE(again.has_value()) << again.error().to_string();
    expect_equal(run, *again);
    EXPECT_TRUE(again->is_complete());
  }
}

TEST(RunFile, carries_the_notation_of_the_types_that_were_used) {
  const RunFile run = sample(50);
  ASSERT_NE(run.type(0x1203), nullptr);
  EXPECT_EQ(run.type(0x1203)->schema, "b string\n");
  EXPECT_EQ(run.type(0x10)->name, "test.plain");
  EXPECT_EQ(run.type(0x11), nullptr);
  EXPECT_EQ(run.type(0xffff), nullptr);
}

TEST(RunFile, may_hold_only_the_newest_events) {
  Recorder recorder({.keep_last = 10});
  for (int i = 0; i < 30'000; ++i) recorder.record(i, 1, kPlain, 0, 0, {});
  const RunFile run = make_run({}, {}, std::move(recorder));
  EXPECT_FALSE(run.is_complete());
  const Result<RunFile> again = decode_run(encode_run(run).view());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->info.event_count, 30'000U);
  expect_equal(run, *again);
  EXPECT_EQ(again->events.first_index(), run.events.first_index());
  EXPECT_EQ(again->checkpoints.size(), 7U);
}

TEST(RunFile, is_much_smaller_than_its_events_in_memory) {
  Recorder recorder({});
  EventId last = 0;
  for (int i = 0; i < 10'000; ++i)
    last = recorder.record(i * 50'000, 1, kPlain, 3, last, as_bytes("1234"));
  EXPECT_LE(encode_run(make_run({}, {}, std::move(recorder))).size(), 10'000U * 20);
}

TEST(RunFile, refuses_a_file_whose_events_do_not_give_its_fingerprint) {
  RunFile run = sample(100);
  run.info.fingerprint.low ^= 1;
  const Result<RunFile> again = decode_run(encode_run(run).view());
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, ErrorCode::kCorrupt);
}

TEST(RunFile, refuses_other_files_and_other_versions) {
  EXPECT_FALSE(decode_run({}).has_value());
  EXPECT_FALSE(decode_run(as_bytes("{\"brokers\": 3}")).has_value());
  std::string bytes = bytes_of(sample(3));
  bytes[11] = 9;
  const Result<RunFile> run = decode_run(as_bytes(signed_again(bytes)));
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().code, ErrorCode::kUnsupported);
}

TEST(RunFile, never_crashes_on_bytes_cut_short) {
  const std::string bytes = bytes_of(sample(40));
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_run(as_bytes(bytes.substr(0, length))).has_value());
    if (length < 20) continue;
    // Even when the rest has a right checksum something is missing, be it whole sections.
    const Result<RunFile> rest = decode_run(as_bytes(signed_again(bytes.substr(0, length))));
    if (rest.has_value()) EXPECT_LT(rest->events.size(), 40U) << length;
  }
}

TEST(RunFile, never_crashes_on_flipped_bits) {
  const std::string bytes = bytes_of(sample(40));
  Draws draws(1, 0, 0);
  for (int round = 0; round < 4000; ++round) {
    std::string flipped = bytes;
    for (uint64_t flips = 1 + draws.below(3); flips > 0; --flips) {
      const size_t place = draws.below(bytes.size() - 8);
      flipped[place] = static_cast<char>(flipped[place] ^ 1 << draws.below(8));
    }
    EXPECT_FALSE(flipped != bytes && decode_run(as_bytes(flipped)).has_value());
    (void)decode_run(as_bytes(signed_again(flipped)));
  }
}

}  // namespace
}  // namespace faultline::sim
