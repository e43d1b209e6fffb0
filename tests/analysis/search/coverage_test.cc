// SPDX-License-Identifier: Apache-2.0
// Goal: marks and states are those that the events show. Method: a made-up life of one log.
#include "analysis/search/coverage.h"

#include <gtest/gtest.h>

namespace faultline::search {
namespace {

class Life {
 public:
  Life() { recorder_.add_observer(coverage); }
  template <class Payload>
  void tell(const Payload& payload, uint64_t entity = 1) {
    const Slice bytes = Codec<Payload>::encode(payload, 0);
    recorder_.record(++time_, 1, Payload::kType, entity, 0, bytes.view());
  }
  void append(Offset base, Offset last, ProducerId producer = 5) {
    history::LogAppended event{.topic = "t"};
    event.batch = {base, last, 1};
    event.producer_id = producer;
    tell(event);
  }
  void recover(Offset end, bool was_clean) {
    tell(history::LogRecovered{"t", 0, 0, end, was_clean, {}});
  }
  CoverageObserver coverage;

 private:
  int64_t time_ = 0;
  sim::Recorder recorder_{sim::Recorder::Options{}};
};

TEST(Coverage, follows_the_states_of_a_log) {
  Life life;
  life.recover(0, true);
  life.tell(history::LogFile{"t", 0, "p", 0});
  life.append(0, 0);
  life.tell(history::LogFlushed{"t", 0, 1});
  life.append(1, 4);
  life.tell(history::LogFile{"t", 0, "q", 5});
  life.recover(3, false);
  life.tell(history::LogFenced{"t", 0, "io"});
  const std::set<std::string> states = life.coverage.log_states();
  for (const char* state :
       {"empty, all flushed, new", "one segment, unflushed tail, new",
        "one segment, all flushed, new", "several segments, unflushed tail, new",
        "one segment, unflushed tail, cut by recovery",
        "one segment, unflushed tail, cut by recovery, fenced"})
    EXPECT_TRUE(states.contains(state)) << state;
  EXPECT_EQ(states.size(), 6u);
  EXPECT_LE(states.size(), log_states_possible());
}

TEST(Coverage, marks_are_among_those_that_it_knows) {
  Life life;
  life.recover(0, true);
  life.append(0, 0, -1);
  life.append(1, 3);
  life.tell(history::BrokerAcked{.topic = "t", .last_offset = 3, .is_duplicate = true});
  life.tell(history::BrokerAcked{.topic = "t", .last_offset = 3, .promises_flush = true});
  life.tell(history::LogTruncated{"t", 0, 2, "append: full"});
  life.recover(2, false);
  life.recover(2, true);
  life.tell(history::LogStartMoved{"t", 0, 1, "retention"});
  const std::set<std::string> marks = life.coverage.marks();
  const auto known = known_marks();
  for (const std::string& mark : marks) EXPECT_NE(std::ranges::find(known, mark), known.end());
  for (const char* mark : {"append: without a producer id", "append: a batch of several records",
                           "ack: a retry was answered from the window", "ack: after fsync",
                           "truncation: an append failed", "recovery: found everything",
                           "recovery: after a clean stop", "retention: moved the start of a log"})
    EXPECT_TRUE(marks.contains(mark)) << mark;
  EXPECT_FALSE(marks.contains("recovery: cut the log"));
}

TEST(Coverage, tells_fences_and_cuts_apart_and_takes_what_logs_say_of_themselves) {
  Life life;
  life.recover(0, true);
  life.append(0, 3);
  life.tell(history::LogFenced{"t", 0, "flush: io"});
  life.tell(history::LogTruncated{"t", 0, 2, "truncation"});
  life.tell(history::LogReached{"t", 0, std::string(history::kLogMarks[0])});
  life.tell(history::LogReached{"t", 0, "of another version"});
  const std::set<std::string> marks = life.coverage.marks();
  EXPECT_TRUE(marks.contains("fence: an fsync failed"));
  EXPECT_TRUE(marks.contains("truncation: was asked for"));
  EXPECT_TRUE(marks.contains("recovery: cut a torn tail"));
  EXPECT_EQ(marks.size(), 4u) << "and the batch of several records";
  const auto known = known_marks();
  for (const std::string_view mark : history::kLogMarks)
    EXPECT_NE(std::ranges::find(known, mark), known.end()) << mark;
}

}  // namespace
}  // namespace faultline::search
