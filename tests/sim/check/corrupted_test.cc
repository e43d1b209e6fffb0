// SPDX-License-Identifier: Apache-2.0
// Goal: every checker trips on the history that it is there for, and no other does. Method: small
// made-up runs (story.h) with one thing wrong each.
#include <gtest/gtest.h>

#include "tests/sim/check/expectations.h"

namespace faultline::sim {
namespace {

TEST(Offsets, trips_on_a_gap_in_the_log) {
  Story story;
  write_records(story, 2);
  story.append(3);
  expect_violated(story, "I7");
}

TEST(Offsets, trips_on_an_offset_given_out_twice) {
  Story story;
  write_records(story, 1);
  story.send(2);
  story.append(1, 2);
  story.append(2);
  expect_violated(story, "I7");
}

TEST(Offsets, trips_on_an_ack_for_what_was_never_appended) {
  Story story;
  write_records(story, 1);
  story.broker_ack(1);
  expect_violated(story, "I7");
}

TEST(Offsets, trips_on_a_reader_that_skips_a_record) {
  Story story;
  write_records(story, 3);
  story.read(3, 0, {1});
  const EventId fetch = story.fetch(1);
  story.polled(fetch, 3, 2, {3});
  expect_violated(story, "I7");
}

TEST(Offsets, trips_on_a_fetch_position_that_jumps) {
  Story story;
  write_records(story, 3);
  story.read(3, 0, {1});
  story.fetch(2);
  expect_violated(story, "I7");
}

TEST(Offsets, trips_on_a_record_beyond_the_log) {
  Story story;
  write_records(story, 1);
  story.send(2);
  story.read(1, 0, {1, 2});
  expect_violated(story, "I7");
}

TEST(ReadYourAcks, trips_on_a_fetch_that_does_not_see_what_was_acked_before) {
  Story story;
  write_records(story, 3);
  story.read(2, 0, {1, 2});
  expect_violated(story, "R1");
}

TEST(Durability, trips_on_an_ack_before_the_promised_flush) {
  Story story;
  write_records(story, 1, true);
  story.send(2);
  story.append(1);
  story.broker_ack(1, 1, true);
  expect_violated(story, "S1");
}

TEST(Durability, trips_on_a_log_that_calls_dropped_bytes_durable) {
  Story story;
  write_records(story, 1, true);
  story.send(2);
  story.append(1);
  story.tell(Story::kBroker, history::DiskLost{Story::kPath, 100, 50, "sync_error"});
  story.flush(2);
  expect_violated(story, "S1");
}

TEST(Durability, trips_when_a_running_log_cuts_off_what_a_promise_covers) {
  Story story;
  write_records(story, 1, true);
  story.send(2);
  story.append(1);
  story.flush(2);
  story.broker_ack(1, 1, true);
  story.tell(Story::kBroker, history::LogTruncated{"orders", 0, 1, "a whim"});
  expect_violated(story, "S1");
}

TEST(Durability, trips_with_recovery_and_lost_writes_when_a_flushed_ack_is_lost) {
  Story story;
  write_records(story, 3, true);
  story.crash("power_loss");
  story.recover(2, {story.batch(0), story.batch(1)});
  expect_violated(story, "S1 S2 H2");
}

TEST(Recovery, trips_on_the_loss_of_what_the_log_had_flushed) {
  Story story;
  write_records(story, 1, true);
  story.send(2);
  story.append(1);
  story.flush(2);  // no ack: nobody was promised anything, but the log said durable
  story.crash("power_loss");
  story.recover(1, {story.batch(0)});
  expect_violated(story, "S2");
}

TEST(Recovery, trips_on_a_batch_that_was_never_written) {
  Story story;
  write_records(story, 1, true);
  story.send(2);
  story.append(1);
  story.crash("kill");
  history::Batch altered = story.batch(1);
  altered.crc ^= 1;
  story.recover(2, {story.batch(0), altered});
  expect_violated(story, "S2");
}

TEST(Recovery, trips_on_a_hole_between_batches) {
  Story story;
  write_records(story, 1, true);
  story.append(1);
  story.append(2);
  story.crash("power_loss");
  story.recover(3, {story.batch(0), story.batch(2)});
  expect_violated(story, "S2");
}

TEST(Recovery, trips_on_an_end_inside_a_batch) {
  Story story;
  write_records(story, 1, true);
  story.append(1, 4);
  story.crash("power_loss");
  story.recover(3);
  expect_violated(story, "S2");
}

TEST(Recovery, trips_on_a_log_that_comes_back_longer) {
  Story story;
  write_records(story, 2);
  story.crash("kill");
  story.recover(3);
  expect_violated(story, "S2");
}

TEST(Recovery, trips_on_a_start_that_moves_by_itself) {
  Story story;
  write_records(story, 3, true);
  story.crash("kill");
  story.tell(Story::kBroker, history::LogRecovered{"orders", 0, 2, 3, false, {}});
  expect_violated(story, "S2");
}

TEST(Recovery, trips_on_indexes_that_do_not_fit_and_on_an_audit_that_reads_something_else) {
  const auto audit = [](Story& story, uint64_t salt, bool indexes_match) {
    uint64_t chain = salt;
    for (Offset offset = 0; offset < 3; ++offset)
      chain = history::extend_chain(chain, story.batch(offset));
    story.tell(Story::kBroker,
               history::LogAudited{"orders", 0, 0, 3, chain, indexes_match, "entry 0 of 0.index"});
  };
  Story clean;
  write_records(clean, 3);
  audit(clean, 0, true);
  EXPECT_EQ(violated(clean.end()), "");
  Story bad_index;
  write_records(bad_index, 3);
  audit(bad_index, 0, false);
  expect_violated(bad_index, "S2");
  Story other_content;
  write_records(other_content, 3);
  audit(other_content, 1, true);
  expect_violated(other_content, "S2");
}

TEST(Consistency, trips_on_two_records_at_one_offset) {
  Story story;
  write_records(story, 2);
  story.send(3);
  story.read(2, 0, {1, 3});
  expect_violated(story, "H1");
}

TEST(Consistency, trips_on_two_acks_for_one_offset) {
  Story story;
  write_records(story, 2);
  story.send(3);
  story.client_ack(3, 1);
  expect_violated(story, "H1");
}

TEST(Consistency, trips_on_a_record_that_nobody_sent) {
  Story story;
  write_records(story, 1);
  story.append(1);
  story.read(2, 0, {1, 99});
  expect_violated(story, "H1");
}

TEST(Consistency, trips_on_a_record_of_another_partition) {
  Story story;
  write_records(story, 1);
  story.tell(Story::kProducer,
             history::SendInvoked{2, "orders", 1, Story::digest(2), -1, true, true});
  story.append(1);
  story.read(2, 0, {1, 2});
  expect_violated(story, "H1");
}

TEST(LostWrites, trips_on_an_acked_record_that_a_kill_took) {
  Story story;
  write_records(story, 3);
  story.crash("kill");
  story.recover(2, {story.batch(0), story.batch(1)});
  expect_violated(story, "H2");
}

TEST(LostWrites, is_not_excused_by_damage_that_did_no_harm) {
  Story story;
  write_records(story, 3);
  story.tell(Story::kBroker, history::DiskDamaged{Story::kPath, 0, 1, "bit_rot"});
  story.crash("power_loss");
  const std::vector<history::Batch> all = {story.batch(0), story.batch(1), story.batch(2)};
  story.recover(3, all);
  story.crash("kill");
  story.recover(2, {all[0], all[1]});
  expect_violated(story, "H2");
}

TEST(LostWrites, trips_on_an_acked_record_that_a_reader_of_everything_does_not_meet) {
  Story story;
  write_records(story, 3);
  story.read(3, 0, {1, 2});
  story.read_through(2);
  expect_violated(story, "H2");
}

TEST(LostWrites, trips_on_a_record_that_the_reader_had_to_step_over) {
  Story story;
  write_records(story, 3);
  story.read(3, 0, {1});
  story.reset(2);
  story.read(3, 2, {3});
  story.read_through(3);
  expect_violated(story, "H2");
}

TEST(Duplicates, trips_on_an_idempotent_record_at_two_offsets) {
  Story story;
  write_records(story, 2);
  story.append(2);
  story.read(3, 0, {1, 2, 2});
  expect_violated(story, "H3");
}

TEST(Duplicates, notes_only_what_no_idempotence_promised) {
  Story story;
  story.open();
  story.send(1, false);
  story.append(0);
  story.append(1);
  story.broker_ack(1);
  story.client_ack(1, 1);
  story.read(2, 0, {1, 1});
  const CheckReport report = story.end();
  EXPECT_EQ(report.verdict, Verdict::kHeld) << report_text(report);
  ASSERT_EQ(report.property("H3")->findings.size(), 1U);
  EXPECT_EQ(report.property("H3")->findings[0].kind, Finding::Kind::kNote);
}

TEST(Order, trips_on_acks_against_the_order_of_sending) {
  Story story;
  story.open();
  story.send(1);
  story.send(2);
  story.append(0, 2);
  story.broker_ack(0, 2);
  story.client_ack(1, 1);
  story.client_ack(2, 0);
  expect_violated(story, "H4");
}

TEST(Order, trips_on_records_read_against_the_order_of_sending) {
  Story story;
  story.open();
  for (int i = 1; i <= 3; ++i) story.send(i);
  story.append(0, 3);
  story.read(3, 0, {1, 3, 2});
  expect_violated(story, "H4");
}

TEST(Order, trips_on_an_only_copy_out_of_order_with_one_request_in_flight) {
  Story story;
  story.open();
  story.send_one_in_flight(1);
  story.append(0);
  story.append(1);
  story.client_ack(1, 1);
  story.send_one_in_flight(2);
  story.client_ack(2, 0);
  expect_violated(story, "H4");
}

TEST(Order, trips_on_copies_out_of_order_where_idempotence_is_promised) {
  Story story;
  story.open();
  story.write(1, 0);
  story.write(2, 1);
  story.append(2);
  story.read(3, 0, {1, 2, 1});
  EXPECT_TRUE(violated(story.end()).contains("H4"));
}

TEST(FailedWrites, trips_on_a_failed_record_that_is_read_before_or_after_it_failed) {
  Story after;
  write_records(after, 1);
  after.send(2);
  after.append(1);
  after.fail(2);
  after.read(2, 0, {1, 2});
  expect_violated(after, "H6");
  Story before;
  write_records(before, 1);
  before.send(2);
  before.append(1);
  before.read(2, 0, {1, 2});
  before.fail(2);
  expect_violated(before, "H6");
}

}  // namespace
}  // namespace faultline::sim
