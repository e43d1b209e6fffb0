// SPDX-License-Identifier: Apache-2.0
// Goal: histories that break no promise are not called violations, whatever happens in them, and a
// run that proved nothing is called unknown. Method: small made-up runs (story.h).
#include <gtest/gtest.h>

#include "tests/sim/check/story.h"

namespace faultline::sim {
namespace {

// Three records, a power loss that takes the two unflushed ones, and new ones in their place.
void lose_two_of_three(Story& story) {
  story.open();
  story.write(1, 0, true);
  story.write(2, 1);
  story.write(3, 2);
  story.crash("power_loss");
  story.recover(1, {story.batch(0)});
  story.write(4, 1);
}

TEST(Checkers, hold_on_a_quiet_run) {
  Story story;
  story.open();
  for (int i = 0; i < 20; ++i) story.write(i + 1, i, true);
  story.read(20, 0, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  story.read(20, 10, {11, 12, 13, 14, 15, 16, 17, 18, 19, 20});
  story.tail();
  story.write(21, 20, true);
  story.read(21, 20, {21});
  story.read_through(21);
  const CheckReport report = story.end();
  EXPECT_EQ(report.verdict, Verdict::kHeld) << report_text(report);
  EXPECT_EQ(report.acked, 21U);
  EXPECT_EQ(report.records_read, 21U);
  EXPECT_EQ(report.records_lost_permitted, 0U);
  for (const char* id : {"I7", "R1", "S1", "H1", "H2", "H3", "H4", "L1"})
    EXPECT_EQ(report.property(id)->verdict, Verdict::kHeld) << id;
  // Nothing crashed and nothing failed.
  EXPECT_EQ(report.property("S2")->verdict, Verdict::kUnknown);
  EXPECT_EQ(report.property("H6")->verdict, Verdict::kUnknown);
}

TEST(Checkers, call_the_loss_of_unflushed_records_permitted_and_report_the_reuse) {
  Story story;
  lose_two_of_three(story);
  story.reset(0);
  story.read(2, 0, {1, 4});
  story.read_through(2);
  const CheckReport report = story.end();
  EXPECT_EQ(report.verdict, Verdict::kHeld) << report_text(report);
  EXPECT_EQ(report.records_lost_permitted, 2U);
  EXPECT_EQ(report.offsets_reused, 1U);
  const PropertyResult& losses = *report.property("H2");
  ASSERT_EQ(losses.findings.size(), 1U);
  EXPECT_EQ(losses.findings[0].kind, Finding::Kind::kPermittedLoss);
  EXPECT_EQ(losses.findings[0].subject, "orders-0@1..2");
  const PropertyResult& offsets = *report.property("I7");
  ASSERT_EQ(offsets.findings.size(), 1U);
  EXPECT_EQ(offsets.findings[0].kind, Finding::Kind::kReuse);
}

TEST(Checkers, compare_records_within_one_incarnation_only) {
  Story story;
  story.open();
  story.write(1, 0, true);
  story.write(2, 1);
  story.read(2, 0, {1, 2});
  const EventId late = story.fetch(2);
  story.write(3, 2);
  story.crash("power_loss");
  story.recover(1, {story.batch(0)});
  // An answer that left before the crash still speaks of the old incarnation.
  story.polled(late, 3, 2, {3});
  story.write(4, 1);
  story.write(5, 2);
  story.reset(0);
  story.read(3, 0, {1, 4, 5});
  story.read_through(3);
  const CheckReport report = story.end();
  EXPECT_EQ(report.verdict, Verdict::kHeld) << report_text(report);
}

TEST(Checkers, understand_an_ack_that_arrives_after_its_record_was_lost) {
  Story story;
  story.open();
  story.write(1, 0, true);
  story.send(2);
  story.append(1);
  story.broker_ack(1);
  story.crash("power_loss");
  story.recover(1, {story.batch(0)});
  story.write(3, 1);
  story.client_ack(2, 1);
  story.read(2, 0, {1, 3});
  const CheckReport report = story.end();
  EXPECT_EQ(report.verdict, Verdict::kHeld) << report_text(report);
}

TEST(Checkers, let_a_kill_take_what_was_never_acked) {
  Story story;
  story.open();
  story.write(1, 0);
  story.send(2);
  story.append(1);
  story.crash("kill");
  story.recover(1, {story.batch(0)});
  story.give_up(2);
  story.read(1, 0, {1});
  const CheckReport report = story.end();
  EXPECT_EQ(report.verdict, Verdict::kHeld) << report_text(report);
}

TEST(Checkers, excuse_losses_that_a_damaged_disk_or_a_failed_fsync_explains) {
  Story damaged;
  damaged.open();
  damaged.write(1, 0, true);
  damaged.write(2, 1, true);
  damaged.tell(Story::kBroker, history::DiskDamaged{Story::kPath, 150, 1, "bit_rot"});
  damaged.crash("kill");
  damaged.recover(1, {damaged.batch(0)});
  damaged.read(1, 0, {1});
  const CheckReport rotten = damaged.end();
  EXPECT_EQ(rotten.verdict, Verdict::kHeld) << report_text(rotten);
  EXPECT_EQ(rotten.records_lost_permitted, 1U);

  Story dropped;
  dropped.open();
  dropped.write(1, 0, true);
  dropped.write(2, 1);
  dropped.tell(Story::kBroker, history::DiskLost{Story::kPath, 100, 100, "sync_error"});
  dropped.tell(Story::kBroker, history::LogFenced{"orders", 0, "fsync"});
  dropped.crash("kill");
  dropped.recover(1, {dropped.batch(0)});
  dropped.read(1, 0, {1});
  const CheckReport fenced = dropped.end();
  EXPECT_EQ(fenced.verdict, Verdict::kHeld) << report_text(fenced);
  EXPECT_EQ(fenced.records_lost_permitted, 1U);
}

TEST(Checkers, remember_damage_that_the_page_cache_hid_from_a_recovery) {
  Story story;
  story.open();
  story.write(1, 0, true);
  story.write(2, 1, true);
  story.tell(Story::kBroker, history::DiskDamaged{Story::kPath, 150, 1, "misdirected_write"});
  const std::vector<history::Batch> all = {story.batch(0), story.batch(1)};
  story.crash("kill");
  story.recover(2, all);
  story.crash("power_loss");
  story.recover(1, {all[0]});
  story.read(1, 0, {1});
  const CheckReport report = story.end();
  EXPECT_EQ(report.verdict, Verdict::kHeld) << report_text(report);
  EXPECT_EQ(report.records_lost_permitted, 1U);
}

TEST(Checkers, count_what_a_damaged_disk_keeps_from_being_read_as_a_permitted_loss) {
  for (const bool is_served : {true, false}) {
    Story story;
    story.open();
    for (int i = 0; i < 4; ++i) story.write(i + 1, i, true);
    story.read(4, 0, {1, 2, 3, 4});
    story.tail();
    story.tell(Story::kBroker, history::DiskDamaged{Story::kPath, 150, 1, "bit_rot"});
    if (is_served) {
      story.read(4, 0, {1}, 9);
      story.tell(Story::kConsumer, history::Unreadable{"orders", 0, 1, 3, "CORRUPT"}, 9);
      story.reset(3, 9);
      story.read(4, 3, {4}, 9);
      story.read_through(4, 9);
    }
    const CheckReport report =
        story.end(is_served ? "done" : "the audit could not read everything back");
    EXPECT_EQ(report.verdict, Verdict::kHeld) << report_text(report);
    EXPECT_EQ(report.records_lost_permitted, is_served ? 2U : 3U);
  }
}

TEST(Checkers, do_not_ask_a_broker_to_work_whose_only_disk_cannot_be_read) {
  for (const bool is_disk_bad : {true, false}) {
    Story story;
    story.open();
    story.write(1, 0, true);
    story.read(1, 0, {1});
    if (is_disk_bad)
      story.tell(Story::kBroker, history::DiskDamaged{"elsewhere", 0, 1, "latent_sector_error"});
    story.tail();
    story.tell(Story::kBroker, history::NodeStopped{"b1"});
    story.send(2);
    story.give_up(2);
    const CheckReport report = story.end(std::string(history::RunEnded::kUnread).c_str());
    EXPECT_EQ(violated(report), is_disk_bad ? "" : "L1") << report_text(report);
  }
}

TEST(Checkers, follow_retention) {
  Story story;
  story.open();
  for (int i = 0; i < 6; ++i) story.write(i + 1, i, true);
  story.tell(Story::kBroker, history::LogStartMoved{"orders", 0, 4, "retention"});
  story.reset(4);
  story.read(6, 4, {5, 6});
  story.read_through(6);
  story.crash("kill");
  story.tell(Story::kBroker, history::LogRecovered{"orders", 0, 4, 6, false, {}});
  const CheckReport report = story.end();
  EXPECT_EQ(report.verdict, Verdict::kHeld) << report_text(report);
}

TEST(Checkers, follow_a_topic_that_is_deleted_and_made_again) {
  Story story;
  story.open();
  story.write(1, 0, true);
  story.read(1, 0, {1});
  story.tell(Story::kBroker, history::LogDeleted{"orders", 0});
  story.open();
  story.write(2, 0, true);
  story.reset(0);
  story.read(1, 0, {2});
  story.read_through(1);
  const CheckReport report = story.end();
  EXPECT_EQ(report.verdict, Verdict::kHeld) << report_text(report);
}

TEST(Checkers, accept_that_a_power_loss_undoes_a_cut) {
  Story story;
  story.open();
  story.write(1, 0, true);
  story.write(2, 1);
  const history::Batch old = story.batch(1);
  const history::Batch first = story.batch(0);
  story.crash("power_loss");
  story.recover(1, {first});
  story.crash("power_loss");
  story.recover(2, {first, old});
  story.read(2, 0, {1, 2});
  const CheckReport report = story.end();
  EXPECT_EQ(report.verdict, Verdict::kHeld) << report_text(report);
}

TEST(Checkers, judge_histories_without_any_log_event) {
  Story story;
  for (int i = 1; i <= 3; ++i) {
    story.send(i);
    story.client_ack(i, i - 1);
  }
  story.read(3, 0, {1, 2, 3});
  story.read_through(3);
  const CheckReport report = story.end();
  EXPECT_EQ(report.verdict, Verdict::kHeld) << report_text(report);
}

TEST(Verdict, is_unknown_when_the_run_proved_nothing) {
  Story nothing_acked;
  nothing_acked.open();
  EXPECT_EQ(nothing_acked.end().why_unknown, "no write was acknowledged");

  Story nothing_read;
  nothing_read.open();
  nothing_read.write(1, 0);
  EXPECT_EQ(nothing_read.end().why_unknown, "nothing was read back");

  Story cut_short;
  cut_short.open();
  cut_short.write(1, 0);
  cut_short.read(1, 0, {1});
  const CheckReport report = cut_short.end("livelock");
  EXPECT_EQ(report.verdict, Verdict::kUnknown);
  EXPECT_EQ(report.why_unknown, "the run did not come to its end");
}

TEST(Verdict, is_unknown_when_no_planned_fault_overlapped_a_write) {
  const auto run = [](bool is_under_way, uint64_t effects) {
    Story story({.faults_expected = true});
    story.open();
    if (is_under_way) story.send(1);
    story.tell(Story::kBroker, history::FaultInjected{1, "link_slow", ""});
    story.tell(Story::kBroker, history::FaultHealed{1, "link_slow", effects, 0});
    if (!is_under_way) story.send(1);
    story.append(0);
    story.broker_ack(0);
    story.client_ack(1, 0);
    story.read(1, 0, {1});
    return story.end();
  };
  EXPECT_EQ(run(true, 3).verdict, Verdict::kHeld);
  EXPECT_EQ(run(true, 3).faults_overlapping, 1U);
  EXPECT_EQ(run(false, 3).why_unknown, "no fault overlapped a write");
  EXPECT_EQ(run(true, 0).why_unknown, "no fault overlapped a write");
}

TEST(Report, says_everything_as_text_and_as_one_line_of_json) {
  Story story;
  lose_two_of_three(story);
  story.read(2, 0, {1, 4});
  const CheckReport report = story.end();
  const std::string text = report_text(report);
  EXPECT_EQ(text.substr(0, 5), "held\n");
  EXPECT_NE(text.find("2 acked lost with permission, 1 offsets reused"), text.npos) << text;
  EXPECT_NE(text.find("H2 permitted loss orders-0@1..2"), text.npos) << text;
  const std::string json = report_json(report);
  EXPECT_EQ(json.find('\n'), json.npos);
  EXPECT_NE(json.find(R"("kind":"permitted loss","subject":"orders-0@1..2")"), json.npos) << json;
}

}  // namespace
}  // namespace faultline::sim
