// SPDX-License-Identifier: Apache-2.0
// A checker is called for the hooks that it overrides and for no others. Goal: no checker can be
// left out because of how the suite finds that out. Method: checkers that override nothing, one
// hook, or inherit their hook; and every hook of the table overridden alone.
#include "sim/check/hooks.h"

#include <bit>

#include <gtest/gtest.h>

namespace faultline::sim {
namespace {

struct Silent : Checker {
  Silent() : Checker({"T1", "", ""}) {}
};
struct Claims : Silent {
  void on_claim(const Step&, const PartitionHistory&, const Claim&) override {}
};
struct InheritsClaims final : Claims {};
struct All final : Silent {
  void on_appended(const Step&, const PartitionHistory&, const history::LogAppended&) override {}
  void on_broker_acked(const Step&, const PartitionHistory&, const history::BrokerAcked&) override {
  }
  void on_send(const Step&, const PartitionHistory&, const Send&) override {}
  void after_resolved(const Step&, const Send&) override {}
  void on_claim(const Step&, const PartitionHistory&, const Claim&) override {}
  void after_client_acked(const Step&, const PartitionHistory&, const Claim&) override {}
  void on_fetch(const Step&, const PartitionHistory&, const ReaderHistory&, Offset) override {}
  void on_polled(const Step&, const PartitionHistory&, const ReaderHistory&, const FetchInFlight*,
                 const history::Polled&) override {}
  void on_record_read(const Step&, const PartitionHistory&, const ReaderHistory&,
                      const Claim&) override {}
  void on_step(const Step&) override {}
};

constexpr uint32_t bit(Hook hook) { return uint32_t{1} << static_cast<unsigned>(hook); }

TEST(Hooks, AreThoseThatACheckerOverrides) {
  EXPECT_EQ(make_checker<Silent>()->hooks, 0u);
  EXPECT_EQ(make_checker<Claims>()->hooks, bit(Hook::kClaim));
  EXPECT_EQ(make_checker<InheritsClaims>()->hooks, bit(Hook::kClaim));
}

TEST(Hooks, EachOfTheTableIsFound) {
  EXPECT_EQ(make_checker<All>()->hooks, bit(Hook::kCount) - 1);
  EXPECT_EQ(std::popcount(make_checker<All>()->hooks), static_cast<int>(Hook::kCount));
}

TEST(Hooks, AreAllThoseOfACheckerThatNobodyLookedAt) {
  EXPECT_EQ(std::make_unique<Silent>()->hooks, UINT32_MAX);
}

TEST(Hooks, TheLivenessCheckerWatchesEveryStep) {
  EXPECT_NE(make_liveness_checker()->hooks & bit(Hook::kStep), 0u);
  EXPECT_NE(make_order_checker()->hooks & bit(Hook::kRecordRead), 0u);
}

}  // namespace
}  // namespace faultline::sim
