// SPDX-License-Identifier: Apache-2.0
// Goal: records come when the scenario says: at random moments at the rate asked for, or evenly.
// Method: the times of a run's sends, and the batches that they fill.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "broker/env/emit.h"
#include "broker/env/history_events.h"
#include "scenarios/run/simulation.h"
#include "scenarios/schema/parse.h"

namespace faultline::scenarios {
namespace {

// When records were sent, in nanoseconds, and how many records each batch had.
struct Seen final : sim::EventObserver {
  std::vector<int64_t> sends;
  std::vector<int64_t> batches;

  void on_event(const sim::EventView& event) override {
    if (event.header.kind == history::SendInvoked::kType.id) sends.push_back(event.header.time_ns);
    if (event.header.kind != history::LogAppended::kType.id) return;
    const auto appended = decode_event<history::LogAppended>(event.payload);
    ASSERT_TRUE(appended.has_value());
    batches.push_back(appended->batch.last_offset - appended->batch.base_offset + 1);
  }
  std::vector<int64_t> gaps() const {
    std::vector<int64_t> result;
    for (size_t i = 1; i < sends.size(); ++i) result.push_back(sends[i] - sends[i - 1]);
    return result;
  }
};

Seen played(const std::string& producer, uint64_t seed) {
  ParseOutcome outcome = parse_scenario(
      R"({ "version": 1, "name": "arrivals", "cluster": { "brokers": ["b1"] },
           "topics": { "orders": {} },
           "clients": [ { "id": "p1", "type": "producer", "topic": "orders", "rate": "100/s", )" +
          producer + R"( } ], "until": { "time": "60s", "settle": "5s" } })",
      "test.json");
  EXPECT_TRUE(outcome.ok()) << outcome.to_string();
  Seen seen;
  run_scenario(outcome.scenario, {.seed = seed, .observer = &seen});
  return seen;
}

TEST(Arrivals, even_ones_keep_their_distance) {
  const Seen seen = played(R"("arrivals": "even", "stop": "60s")", 1);
  EXPECT_NEAR(static_cast<double>(seen.sends.size()), 6000, 30);  // it begins after the set-up
  // The first wait until the producer knows the broker, and come together.
  constexpr size_t kFirst = 20;
  const std::vector<int64_t> gaps = seen.gaps();
  for (size_t i = kFirst; i < gaps.size(); ++i)
    EXPECT_NEAR(static_cast<double>(gaps[i]), 10e6, 1e6) << i;
  EXPECT_EQ(*std::max_element(seen.batches.begin() + kFirst, seen.batches.end()), 1)
      << "linger.ms=5 is over before the next comes";
}

TEST(Arrivals, random_ones_come_at_the_rate_and_crowd) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const Seen seen = played(R"("stop": "60s")", seed);
    // A Poisson process: of 6000 the deviation is 77; shorter than the mean is 1 - 1/e of the gaps.
    EXPECT_NEAR(static_cast<double>(seen.sends.size()), 6000, 6 * 77) << "seed " << seed;
    const std::vector<int64_t> gaps = seen.gaps();
    const auto short_ones = std::ranges::count_if(gaps, [](int64_t gap) { return gap < 10e6; });
    EXPECT_NEAR(static_cast<double>(short_ones) / static_cast<double>(gaps.size()), 0.632, 0.03);
    // Within linger.ms=5 of the first of a batch come, on average, half a record more.
    const double records_per_batch =
        static_cast<double>(seen.sends.size()) / static_cast<double>(seen.batches.size());
    EXPECT_NEAR(records_per_batch, 1.5, 0.1) << "seed " << seed;
  }
}

TEST(Arrivals, hang_on_the_seed_and_the_client_alone) {
  const Seen once = played(R"("acks": "all")", 3);
  EXPECT_EQ(once.sends, played(R"("acks": "all")", 3).sends);
  EXPECT_NE(once.sends, played(R"("acks": "all")", 4).sends);
  const Seen larger = played(R"("acks": "1", "value_size": "1KiB")", 3);
  ASSERT_GT(larger.sends.size(), 100u);
  const std::vector<int64_t> gaps = once.gaps();
  const std::vector<int64_t> larger_gaps = larger.gaps();
  for (size_t i = 0; i < 100; ++i)
    EXPECT_NEAR(static_cast<double>(gaps[i]), static_cast<double>(larger_gaps[i]), 1e6) << i;
}

}  // namespace
}  // namespace faultline::scenarios
