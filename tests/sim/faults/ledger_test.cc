// SPDX-License-Identifier: Apache-2.0
// Goal: the ledger knows at any time which nodes hold an acknowledged offset, and counts a loss
// once, when the last copy goes. Method: stories of three replicas, told event by event; and random
// stories against a naive book that remembers each offset by itself.
#include "sim/faults/ledger.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "broker/base/prng.h"

namespace faultline::sim {
namespace {

using Nodes = std::set<int32_t>;

class Tale {
 public:
  Tale() { recorder_.add_observer(ledger); }

  void append(int32_t node, Offset base, Offset end) {
    history::LogAppended event{.topic = "t"};
    event.batch = {base, end - 1, 1};
    tell(node, event);
  }
  void ack(Offset base, Offset end) {
    tell(1, history::BrokerAcked{.topic = "t", .base_offset = base, .last_offset = end - 1});
  }
  void flush(int32_t node, Offset end) { tell(node, history::LogFlushed{"t", 0, end}); }
  void cut(int32_t node, Offset end) { tell(node, history::LogTruncated{"t", 0, end, ""}); }
  void recover(int32_t node, Offset end) {
    tell(node, history::LogRecovered{"t", 0, 0, end, false, {}});
  }
  void crash(int32_t node, const char* how) { tell(node, history::NodeCrashed{"b", how}); }
  void start_moved(int32_t node, Offset start) {
    tell(node, history::LogStartMoved{"t", 0, start, "retention"});
  }
  template <class Payload>
  void tell(int32_t node, const Payload& payload) {
    const Slice bytes = Codec<Payload>::encode(payload, 0);
    recorder_.record(++time_, node, Payload::kType, 1, 0, bytes.view());
  }

  FaultLedger ledger;

 private:
  int64_t time_ = 0;
  Recorder recorder_{Recorder::Options{}};
};

TEST(FaultLedger, knows_who_holds_an_offset_and_who_holds_it_durably) {
  Tale tale;
  for (const int32_t node : {1, 2, 3}) tale.append(node, 0, 10);
  tale.append(1, 10, 20);
  tale.flush(2, 10);
  EXPECT_EQ(tale.ledger.holders("t", 0, 5), (Nodes{1, 2, 3}));
  EXPECT_EQ(tale.ledger.holders("t", 0, 15), (Nodes{1}));
  EXPECT_EQ(tale.ledger.durable_holders("t", 0, 5), (Nodes{2}));
  EXPECT_EQ(tale.ledger.holders("other", 0, 5), Nodes{});
}

TEST(FaultLedger, a_record_is_lost_when_its_last_copy_goes) {
  Tale tale;
  for (const int32_t node : {1, 2}) tale.append(node, 0, 10);
  tale.ack(0, 10);
  tale.crash(1, "power_loss");
  tale.recover(1, 4);
  EXPECT_EQ(tale.ledger.report().lost, 0u) << "node 2 still has it";
  tale.crash(2, "power_loss");
  tale.recover(2, 7);
  const LedgerReport& report = tale.ledger.report();
  EXPECT_EQ(report.lost, 3u);
  EXPECT_EQ(report.lost_silent, 3u) << "node 1 had recovered and met nothing since";
  ASSERT_EQ(report.losses.size(), 1u);
  EXPECT_EQ(report.losses[0].from, 7);
  EXPECT_EQ(report.losses[0].end, 10);
}

TEST(FaultLedger, a_loss_without_a_destructive_fault_is_silent) {
  Tale loud, quiet;
  for (Tale* tale : {&loud, &quiet}) {
    tale->append(1, 0, 10);
    tale->ack(0, 6);
  }
  loud.crash(1, "power_loss");
  loud.recover(1, 2);
  EXPECT_EQ(loud.ledger.report().lost, 4u);
  EXPECT_EQ(loud.ledger.report().lost_silent, 0u);
  quiet.crash(1, "kill");
  quiet.recover(1, 2);
  EXPECT_EQ(quiet.ledger.report().lost, 4u);
  EXPECT_EQ(quiet.ledger.report().lost_silent, 4u);
}

TEST(FaultLedger, offsets_that_are_given_out_again_are_new_records) {
  Tale tale;
  tale.append(1, 0, 10);
  tale.ack(0, 10);
  tale.crash(1, "power_loss");
  tale.recover(1, 5);
  tale.append(1, 5, 12);
  tale.ack(5, 12);
  tale.crash(1, "power_loss");
  tale.recover(1, 8);
  EXPECT_EQ(tale.ledger.report().acked, 17u);
  EXPECT_EQ(tale.ledger.report().lost, 9u);
}

TEST(FaultLedger, what_policy_deletes_is_no_loss) {
  Tale tale;
  tale.append(1, 0, 10);
  tale.ack(0, 10);
  tale.start_moved(1, 8);
  tale.crash(1, "power_loss");
  tale.recover(1, 2);
  EXPECT_EQ(tale.ledger.report().lost, 2u);
}

TEST(FaultLedger, what_a_power_loss_left_is_durable) {
  Tale tale;
  tale.append(1, 0, 10);
  tale.ack(0, 10);
  EXPECT_EQ(tale.ledger.report().exposed_max, 10u);
  tale.crash(1, "kill");
  tale.recover(1, 10);
  EXPECT_EQ(tale.ledger.durable_holders("t", 0, 3), Nodes{}) << "the page cache survived, no more";
  tale.crash(1, "power_loss");
  tale.recover(1, 10);
  EXPECT_EQ(tale.ledger.durable_holders("t", 0, 3), Nodes{1});
}

// One set of nodes for each offset, and nothing clever.
struct Book {
  std::map<Offset, std::set<int32_t>> holders;
  std::set<Offset> acked;
  uint64_t lost = 0;

  void shorten(int32_t node, Offset end) {
    for (auto& [offset, nodes] : holders) {
      if (offset < end || nodes.erase(node) == 0 || !nodes.empty()) continue;
      lost += acked.erase(offset);
    }
  }
};

TEST(FaultLedger, agrees_with_a_naive_book_of_random_stories) {
  uint64_t lost = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Draws draws(seed, stream_id("test.ledger"), 0);
    Tale tale;
    Book book;
    std::map<int32_t, Offset> ends;
    for (int step = 0; step < 60; ++step) {
      const auto node = static_cast<int32_t>(draws.between(1, 3));
      Offset& end = ends[node];
      const uint64_t what = draws.below(10);
      if (what < 6) {
        const Offset next = end + draws.between(1, 5);
        tale.append(node, end, next);
        for (Offset offset = end; offset < next; ++offset) book.holders[offset].insert(node);
        end = next;
      } else if (what < 8 && end > 0) {
        // Acks what is new at the end of this node's log.
        const Offset from = book.acked.empty() ? 0 : *book.acked.rbegin() + 1;
        if (from >= end) continue;
        tale.ack(from, end);
        for (Offset offset = from; offset < end; ++offset) book.acked.insert(offset);
      } else {
        const Offset kept = draws.between(0, end);
        if (what == 8) tale.crash(node, "power_loss");
        what == 8 ? tale.recover(node, kept) : tale.cut(node, kept);
        book.shorten(node, kept);
        end = kept;
      }
    }
    ASSERT_EQ(tale.ledger.report().lost, book.lost) << "seed " << seed;
    for (const auto& [offset, nodes] : book.holders)
      ASSERT_EQ(tale.ledger.holders("t", 0, offset), nodes) << "seed " << seed << " @" << offset;
    lost += book.lost;
  }
  EXPECT_GT(lost, 1000u) << "hardly anything was lost in these stories";
}

}  // namespace
}  // namespace faultline::sim
