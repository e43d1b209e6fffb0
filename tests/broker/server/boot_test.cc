// SPDX-License-Identifier: Apache-2.0
// Goal: a broker with 3,000 partitions starts cheaply, after an orderly stop and after a kill.
// Method: on a disk in memory, with ten times the processor time that it takes on a slow machine as
// bound.
#include <ctime>

#include "tests/broker/server/requests.h"

namespace faultline::server {
namespace {

class Boot : public BrokerTest {};

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

TEST_F(Boot, three_thousand_partitions_start_cheaply) {
  constexpr int kTopics = 30;
  constexpr int kPartitions = 100;
  start();
  for (int i = 0; i < kTopics; ++i) make_topic("topic-" + std::to_string(i), {}, kPartitions);
  for (const bool is_clean : {true, false}) {
    client_.reset();
    if (is_clean)
      machine_.stop();
    else
      machine_.kill();
    machine_.probe.events.clear();
    const double before = cpu_seconds();
    start();
    const double spent = cpu_seconds() - before;
    const BrokerStarted started = machine_.probe.all<BrokerStarted>().back();
    EXPECT_EQ(started.was_clean, is_clean);
    EXPECT_EQ(started.partitions, kTopics * kPartitions);
    EXPECT_LT(spent, 0.5);
    RecordProperty(is_clean ? "clean_ms" : "unclean_ms", static_cast<int>(spent * 1000));
  }
}

}  // namespace
}  // namespace faultline::server
