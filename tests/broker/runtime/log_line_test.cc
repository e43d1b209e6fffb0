// SPDX-License-Identifier: Apache-2.0
// Goal: a line of the broker's log stays a line. Method: the event with the most to tell, a
// recovery that has read every batch of a log, as pairs.
#include "broker/runtime/log_line.h"

#include <gtest/gtest.h>

#include "broker/env/history_recovery.h"

namespace faultline {
namespace {

TEST(LogLine, ARecoveryTellsHowManyBatchesItReadAndNotWhich) {
  history::LogRecovered event;
  event.topic = "orders";
  event.partition = 3;
  event.end_offset = 70000;
  event.scanned.resize(10000);
  EXPECT_EQ(pairs_of(event),
            " topic=orders partition=3 start_offset=0 end_offset=70000 was_clean=false "
            "scanned=10000 high_watermark=0");
  event.scanned.clear();
  event.was_clean = true;
  EXPECT_EQ(pairs_of(event),
            " topic=orders partition=3 start_offset=0 end_offset=70000 was_clean=true "
            "scanned=0 high_watermark=0");
}

}  // namespace
}  // namespace faultline
