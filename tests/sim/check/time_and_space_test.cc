// SPDX-License-Identifier: Apache-2.0
// Goal: the checkers of retention (S4), of searches by time (H5) and of high watermarks (I5) trip
// on what they are there for and on nothing else. Method: small made-up runs (story.h).
#include <gtest/gtest.h>

#include "tests/sim/check/story.h"

namespace faultline::sim {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

std::string notes_of(const CheckReport& report, std::string_view id) {
  std::string observed;
  for (const Finding& finding : report.property(id)->findings)
    if (finding.kind == Finding::Kind::kNote) observed += finding.subject + " ";
  return observed;
}

// Three records of the ages 100 s, 60 s and 20 s; then everything below `start` is deleted.
std::string violated_by_deletion(Offset start, int64_t retention_ms, int64_t retention_bytes,
                                 int64_t bytes_left) {
  Story story;
  story.open();
  for (int i = 0; i < 3; ++i) {
    story.write(i + 1, i);
    story.time_ns += (i < 2 ? 40 : 20) * kSecond;
  }
  story.tell(Story::kBroker, history::LogStartMoved{"orders", 0, start, "retention", retention_ms,
                                                    retention_bytes, bytes_left});
  return violated(story.end());
}

TEST(Retention, trips_when_what_is_deleted_is_neither_old_nor_too_much) {
  EXPECT_EQ(violated_by_deletion(2, 50'000, -1, 100), "");
  EXPECT_EQ(violated_by_deletion(2, 3'600'000, -1, 100), "S4");
  EXPECT_EQ(violated_by_deletion(3, 50'000, -1, 0), "S4") << "the youngest counts";
  EXPECT_EQ(violated_by_deletion(2, -1, 100, 100), "");
  EXPECT_EQ(violated_by_deletion(2, -1, 101, 100), "S4");
  EXPECT_EQ(violated_by_deletion(2, 50'000, 101, 100), "") << "either reason will do";
  EXPECT_EQ(violated_by_deletion(2, -1, -1, -1), "") << "DeleteRecords is no retention";
}

TEST(Retention, does_not_judge_a_log_that_opened_under_a_wrong_clock) {
  Story story;
  story.open();
  story.write(1, 0, true);
  story.tell(Story::kBroker, history::FaultInjected{7, "clock_step", ""});
  story.crash("kill");
  story.recover(1, {{0, 0, 1000}});
  story.tell(Story::kBroker,
             history::LogStartMoved{"orders", 0, 1, "retention.ms", 3'600'000, -1, 0});
  EXPECT_EQ(violated(story.end()), "");
}

TEST(Retention, does_not_judge_when_producers_have_wrong_clocks) {
  Story story;
  story.open();
  story.write(1, 0, true);
  story.tell(Story::kProducer, history::FaultInjected{7, "clock_drift", ""});
  story.tell(Story::kBroker,
             history::LogStartMoved{"orders", 0, 1, "retention.ms", 3'600'000, -1, 0});
  EXPECT_EQ(violated(story.end()), "");
}

// Records at offsets 0.. with these timestamps were read; then the search gave `found`.
std::string violated_by_search(const std::vector<int64_t>& timestamps, int64_t wanted,
                               Offset found) {
  Story story;
  story.open();
  history::Polled polled{"orders", 0, 0, static_cast<Offset>(timestamps.size()), {}};
  for (size_t i = 0; i < timestamps.size(); ++i) {
    story.write(static_cast<int64_t>(i) + 1, static_cast<Offset>(i), true);
    polled.records.push_back(
        {static_cast<Offset>(i), Story::digest(static_cast<int64_t>(i) + 1), timestamps[i]});
  }
  polled.fetch = story.fetch(0);
  story.tell(Story::kConsumer, polled);
  story.tell(Story::kConsumer, history::OffsetFound{"orders", 0, wanted, found});
  return violated(story.end());
}

TEST(TimeSearch, trips_when_another_record_is_found_than_the_first_late_enough) {
  EXPECT_EQ(violated_by_search({10, 20, 30}, 20, 1), "");
  EXPECT_EQ(violated_by_search({10, 20, 30}, 20, 2), "H5");
  EXPECT_EQ(violated_by_search({10, 20, 30}, 11, 1), "");
  EXPECT_EQ(violated_by_search({10, 20, 30}, 31, -1), "");
  EXPECT_EQ(violated_by_search({10, 20, 30}, 30, -1), "H5");
  EXPECT_EQ(violated_by_search({10, 40, 30}, 30, 1), "") << "times may go back";
}

TEST(TimeSearch, does_not_judge_a_reader_that_has_not_read_everything) {
  Story story;
  story.open();
  for (int i = 0; i < 3; ++i) story.write(i + 1, i, true);
  story.read(3, 0, {1, 2});
  story.tell(Story::kConsumer, history::OffsetFound{"orders", 0, 5, 0});
  EXPECT_EQ(violated(story.end()), "");
}

TEST(HighWatermark, trips_when_it_is_beyond_the_end_of_a_recovered_log) {
  Story story;
  story.open();
  story.write(1, 0, true);
  story.crash("kill");
  story.tell(Story::kBroker, history::LogRecovered{"orders", 0, 0, 1, false, {{0, 0, 1000}}, 3});
  EXPECT_EQ(violated(story.end()), "I5");
}

TEST(HighWatermark, trips_when_a_reader_is_told_more_than_there_is) {
  Story story;
  story.open();
  story.write(1, 0, true);
  story.read(1, 0, {1});
  const EventId fetch = story.fetch(1);
  story.polled(fetch, 2, 1, {});
  EXPECT_EQ(violated(story.end()), "I5");
}

TEST(Order, is_noted_where_it_is_not_promised) {
  Story story;
  story.open();
  story.send(1, false);
  story.send(2, false);
  story.append(0);
  story.append(1);
  story.broker_ack(0);
  story.broker_ack(1);
  story.client_ack(2, 0);
  story.client_ack(1, 1);
  const CheckReport report = story.end();
  EXPECT_EQ(violated(report), "");
  EXPECT_EQ(notes_of(report, "H4"), "orders-0@1 ");
}

TEST(Order, is_not_judged_by_late_copies_where_nothing_removes_duplicates) {
  Story story;
  story.open();
  story.send_one_in_flight(1);
  story.append(0);  // the retry
  story.client_ack(1, 0);
  story.send_one_in_flight(2);
  story.append(1);
  story.client_ack(2, 1);
  story.append(2);  // the first request of record 1, late
  story.read(3, 0, {1, 2, 1});
  story.read(3, 1, {2, 1}, 2);  // by one who never met the first copy
  story.send_one_in_flight(3);
  story.append(3);
  story.client_ack(3, 3);
  story.read(4, 3, {3});
  const CheckReport report = story.end();
  EXPECT_EQ(violated(report), "") << report_text(report);
  EXPECT_EQ(report.property("H4")->verdict, Verdict::kHeld);
}

TEST(Order, is_not_judged_by_what_a_client_without_idempotence_gave_up) {
  Story story;
  story.open();
  story.send_one_in_flight(1);
  story.give_up(1);
  story.send_one_in_flight(2);
  story.append(0);
  story.client_ack(2, 0);
  story.append(1);  // record 1, late
  story.read(2, 0, {2, 1});
  const CheckReport report = story.end();
  EXPECT_EQ(violated(report), "") << report_text(report);
}

TEST(Duplicates, count_a_copy_that_retention_deleted_but_not_one_that_a_crash_took) {
  Story deleted;
  deleted.open();
  deleted.send(1);
  deleted.append(0);
  deleted.read(1, 0, {1});
  deleted.tell(Story::kBroker, history::LogStartMoved{"orders", 0, 1, "retention.ms", 0, -1, 0});
  deleted.append(1);
  deleted.broker_ack(1);
  deleted.client_ack(1, 1);
  EXPECT_EQ(violated(deleted.end()), "H3");

  Story lost;
  lost.open();
  lost.write(1, 0, true);
  lost.send(2);
  lost.append(1);
  lost.read(2, 0, {1, 2});
  lost.crash("power_loss");
  lost.recover(1, {{0, 0, 1000}});
  lost.append(1);
  lost.append(2);
  lost.tell(Story::kBroker, history::LogStartMoved{"orders", 0, 2, "retention.ms", 0, -1, 0});
  lost.broker_ack(2);
  lost.client_ack(2, 2);
  EXPECT_EQ(violated(lost.end()), "");
}

}  // namespace
}  // namespace faultline::sim
