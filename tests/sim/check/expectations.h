// SPDX-License-Identifier: Apache-2.0
// What tests of broken histories expect.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "tests/sim/check/story.h"

namespace faultline::sim {

// The verdict must name exactly these properties, and each violation must say what it rests on.
inline void expect_violated(Story& story, const std::string& ids) {
  const CheckReport report = story.end();
  EXPECT_EQ(violated(report), ids) << report_text(report);
  EXPECT_EQ(report.verdict, Verdict::kViolated);
  for (const PropertyResult& result : report.properties) {
    for (const Finding& finding : result.findings) {
      EXPECT_FALSE(finding.subject.empty());
      EXPECT_FALSE(finding.observed.empty());
      EXPECT_FALSE(finding.events.empty());
      for (EventId event : finding.events) EXPECT_NE(event, 0U) << finding.observed;
      EXPECT_LE(finding.since_ns, finding.detected_ns);
    }
  }
}

inline void write_records(Story& story, int count, bool is_flushed = false) {
  story.open();
  for (int i = 0; i < count; ++i) story.write(i + 1, i, is_flushed);
}

}  // namespace faultline::sim
