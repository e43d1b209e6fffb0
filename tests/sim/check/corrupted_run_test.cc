// SPDX-License-Identifier: Apache-2.0
// Goal: as corrupted_test.cc, for what concerns a run as a whole: liveness, and events without
// sense.
#include "tests/sim/check/expectations.h"

namespace faultline::sim {
namespace {

TEST(Liveness, trips_on_a_send_that_is_not_acked_in_time_after_the_faults) {
  Story late;
  write_records(late, 1);
  late.tail();
  late.send(2);
  late.append(1);
  late.time_ns += 2'000'000'000;
  late.broker_ack(1);
  late.client_ack(2, 1);
  late.read(2, 0, {1, 2});
  late.read_through(2);
  expect_violated(late, "L1");
  Story failed;
  write_records(failed, 1);
  failed.tail();
  failed.send(2);
  failed.give_up(2);
  failed.read(1, 0, {1});
  failed.read_through(1);
  expect_violated(failed, "L1");
}

TEST(Liveness, trips_when_nobody_reads_what_was_acked_after_the_faults) {
  Story story;
  write_records(story, 2);
  story.read(2, 0, {1, 2});
  story.read_through(2);
  story.tail();
  expect_violated(story, "L1");
}

TEST(Liveness, trips_when_the_audit_could_not_read_everything_back) {
  Story stuck;
  write_records(stuck, 2);
  stuck.tail();
  stuck.tell(Story::kConsumer, history::Unreadable{"orders", 0, 0, 2, "CORRUPT_MESSAGE"});
  stuck.read_through(2);
  expect_violated(stuck, "H2 L1");
  Story silent;
  write_records(silent, 2);
  silent.tail();
  const CheckReport report = silent.end(std::string(history::RunEnded::kUnread).c_str());
  EXPECT_EQ(violated(report), "L1");
}

TEST(Suite, survives_events_that_make_no_sense) {
  Story story;
  story.append(INT64_MAX - 1);
  story.append(-5);
  story.flush(INT64_MIN);
  story.recover(INT64_MAX);
  story.recover(-1);
  story.broker_ack(-3, 2);
  story.broker_ack(INT64_MAX - 2, 1);
  story.client_ack(9, 9);
  story.send(1);
  story.client_ack(1, INT64_MAX - 1);
  story.client_ack(1, 0);
  story.read(-1, INT64_MAX - 1, {1, 1});
  story.reset(-7);
  story.read_through(INT64_MAX);
  story.tell(Story::kBroker, history::LogTruncated{"orders", 0, -4, ""});
  story.tell(Story::kBroker, history::DiskLost{Story::kPath, INT64_MAX, INT64_MAX, ""});
  story.tell(Story::kBroker, history::LogStartMoved{"orders", 0, INT64_MAX, ""});
  story.tell(Story::kBroker, history::FaultHealed{77, "", 1, 1});
  EXPECT_EQ(story.end().verdict, Verdict::kViolated);
}

}  // namespace
}  // namespace faultline::sim
