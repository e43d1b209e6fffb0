// SPDX-License-Identifier: Apache-2.0
// Goal: the idempotence window answers as Kafka's, and each of its rules matters. Method: small
// stories against the pure core, and for each rule the story that goes wrong without it.
#include "broker/producer/producer_state.h"

#include <gtest/gtest.h>

namespace faultline::producer {
namespace {

class ProducerTest : public ::testing::Test {
 protected:
  BatchInput batch(int32_t sequence, int32_t count = 1, ProducerEpoch epoch = 0) const {
    BatchInput input;
    input.producer_id = 7;
    input.epoch = epoch;
    input.base_sequence = sequence;
    input.base_offset = end;
    input.last_offset = end + count - 1;
    input.timestamp_ms = 1000;
    return input;
  }
  Verdict send(const BatchInput& input) {
    last = step(state, rules, input);
    if (last.verdict == Verdict::kAccept) end = input.last_offset + 1;
    return last.verdict;
  }

  ProducerState state;
  ProducerRules rules;
  Offset end = 100;
  Decision last;
};

TEST_F(ProducerTest, accepts_consecutive_sequences_and_refuses_gaps) {
  EXPECT_EQ(send(batch(0, 3)), Verdict::kAccept);
  EXPECT_EQ(send(batch(3)), Verdict::kAccept);
  EXPECT_EQ(send(batch(5)), Verdict::kOutOfOrderSequence);
  EXPECT_EQ(send(batch(4)), Verdict::kAccept);
}

TEST_F(ProducerTest, remembers_exactly_five_batches) {
  for (int32_t i = 0; i < 6; ++i) EXPECT_EQ(send(batch(2 * i, 2)), Verdict::kAccept);
  for (int32_t i = 1; i < 6; ++i) {
    EXPECT_EQ(send(batch(2 * i, 2)), Verdict::kDuplicate) << i;
    EXPECT_EQ(last.original.first_offset(), 100 + 2 * i);
    EXPECT_EQ(last.original.last_offset, 101 + 2 * i);
  }
  EXPECT_EQ(send(batch(0, 2)), Verdict::kOutOfOrderSequence) << "forgotten";
  EXPECT_EQ(send(batch(10, 1)), Verdict::kOutOfOrderSequence) << "only part of a batch";
}

TEST_F(ProducerTest, sequences_wrap_from_the_largest_to_zero) {
  EXPECT_EQ(sequence_after(INT32_MAX, 1), 0);
  EXPECT_EQ(sequence_before(0, 1), INT32_MAX);
  rules.require_zero_first_sequence = false;
  EXPECT_EQ(send(batch(INT32_MAX - 1, 3)), Verdict::kAccept);
  EXPECT_EQ(send(batch(1)), Verdict::kAccept);
  EXPECT_EQ(send(batch(INT32_MAX - 1, 3)), Verdict::kDuplicate);
}

TEST_F(ProducerTest, a_new_epoch_starts_at_zero_and_fences_the_old_one) {
  send(batch(0));
  EXPECT_EQ(send(batch(1, 1, 1)), Verdict::kOutOfOrderSequence);
  EXPECT_EQ(send(batch(0, 1, 1)), Verdict::kAccept) << "new data, though the sequence is known";
  EXPECT_EQ(send(batch(1, 1, 0)), Verdict::kInvalidEpoch);
}

TEST_F(ProducerTest, batches_without_producer_leave_no_trace) {
  BatchInput input = batch(-1);
  input.producer_id = -1;
  EXPECT_EQ(send(input), Verdict::kAccept);
  EXPECT_TRUE(state.entries.empty());
}

TEST_F(ProducerTest, a_transaction_is_open_from_its_first_batch_to_its_marker) {
  BatchInput data = batch(0, 2);
  data.is_transactional = true;
  send(data);
  EXPECT_EQ(state.oldest_open_transaction(), 100);
  EXPECT_EQ(send(batch(2)), Verdict::kInvalidTransaction);
  BatchInput marker = batch(-1);
  marker.marker = Marker{false, 4};
  const auto ended = apply(state, rules, marker);
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(ended->first_offset, 100);
  EXPECT_EQ(ended->last_offset, 102);
  EXPECT_FALSE(ended->is_commit);
  EXPECT_FALSE(state.oldest_open_transaction().has_value());
}

TEST_F(ProducerTest, equal_histories_have_equal_hashes_and_different_ones_do_not) {
  send(batch(0));
  const ProducerState before = state;
  EXPECT_EQ(before.hash(), state.hash());
  send(batch(1));
  EXPECT_NE(before, state);
  EXPECT_NE(before.hash(), state.hash());
}

TEST_F(ProducerTest, idle_producers_expire_but_not_inside_a_transaction) {
  send(batch(0));
  expire(state, 1999, 1000);
  EXPECT_EQ(state.entries.size(), 1u);
  expire(state, 2000, 1000);
  EXPECT_TRUE(state.entries.empty());
  BatchInput data = batch(0);
  data.is_transactional = true;
  send(data);
  expire(state, 9999, 1000);
  EXPECT_EQ(state.entries.size(), 1u);
}

// Each rule, switched off, lets its bug through.
TEST_F(ProducerTest, without_deduplication_a_retry_is_appended_twice) {
  rules.deduplicate = false;
  send(batch(0));
  EXPECT_EQ(send(batch(0)), Verdict::kAccept) << "B70";
}

TEST_F(ProducerTest, without_the_gap_rule_a_batch_overtakes_another) {
  rules.refuse_sequence_gaps = false;
  send(batch(0));
  EXPECT_EQ(send(batch(2)), Verdict::kAccept) << "B71";
}

TEST_F(ProducerTest, without_the_first_sequence_rule_a_hole_opens_before_the_first_batch) {
  EXPECT_EQ(send(batch(17, 5)), Verdict::kOutOfOrderSequence);
  rules.require_zero_first_sequence = false;
  EXPECT_EQ(send(batch(17, 5)), Verdict::kAccept) << "B72";
  EXPECT_EQ(send(batch(0, 17)), Verdict::kOutOfOrderSequence) << "the first batch is lost for good";
}

TEST_F(ProducerTest, without_keeping_state_a_deleted_head_forgets_its_producer) {
  send(batch(0, 5));
  delete_head(state, rules, 105);
  EXPECT_EQ(send(batch(5)), Verdict::kAccept);
  rules.keep_producer_state_past_deletion = false;
  delete_head(state, rules, 105);
  EXPECT_EQ(state.entries.size(), 1u) << "its newest record is still there";
  delete_head(state, rules, 106);
  EXPECT_EQ(send(batch(6)), Verdict::kOutOfOrderSequence) << "B73: it did nothing wrong";
}

TEST_F(ProducerTest, without_clearing_the_window_new_data_passes_for_a_retry) {
  rules.clear_window_on_new_epoch = false;
  send(batch(0));
  BatchInput marker = batch(-1, 1, 1);
  marker.marker = Marker{true, 1};
  apply(state, rules, marker);
  EXPECT_EQ(send(batch(0, 1, 1)), Verdict::kDuplicate) << "B75";
}

TEST_F(ProducerTest, without_fencing_a_zombie_writes) {
  send(batch(0, 1, 3));
  rules.fence_older_epochs = false;
  EXPECT_EQ(send(batch(0, 1, 2)), Verdict::kAccept) << "KIP-98";
}

}  // namespace
}  // namespace faultline::producer
