// SPDX-License-Identifier: Apache-2.0
// Goal: numbers with units are exact, and what is printed reads back as the same value. Method:
// examples at the edges, round trips of random values.
#include "scenarios/schema/units.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace faultline::scenarios {
namespace {

TEST(Units, durations_are_exact) {
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("1.5s"), milliseconds(1500));
  EXPECT_EQ(parse_duration("0.25us"), nanoseconds(250));
  EXPECT_EQ(parse_duration("-3h"), seconds(-10'800));
  EXPECT_EQ(parse_duration("2 d"), seconds(172'800));
  EXPECT_EQ(parse_duration("0"), Duration{});
}

TEST(Units, what_is_no_exact_duration_is_refused) {
  for (const char* text : {"", "5", "ms", "5 sec", "5S", "1e3s", "0.5ns", "1..5s", "1.s", "--5s",
                           "9223372036854775808ns", "200000000000d", "0x5s", "5s "}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Units, sizes_know_both_thousands) {
  EXPECT_EQ(parse_size("1KiB"), 1024);
  EXPECT_EQ(parse_size("1kB"), 1000);
  EXPECT_EQ(parse_size("1.5MiB"), 1'572'864);
  EXPECT_FALSE(parse_size("1K"));
  EXPECT_FALSE(parse_size("-1B"));
  EXPECT_FALSE(parse_size("9000000TiB"));
}

TEST(Units, rates_and_ratios) {
  EXPECT_EQ(parse_rate("100/s"), (Rate{100, seconds(1)}));
  EXPECT_EQ(parse_rate("5/m"), (Rate{5, seconds(60)}));
  for (const char* text : {"100", "/s", "5/", "5/sec", "-5/s"}) EXPECT_FALSE(parse_rate(text));
  EXPECT_EQ(format_ratio(*parse_ratio("2.5%")), "1/40");
  EXPECT_EQ(format_ratio(*parse_ratio("50%")), "50%");
  EXPECT_EQ(format_ratio(*parse_ratio("1/3")), "1/3");
  for (const char* text : {"101%", "3/2", "1/0", "0.5", "", "%", "1/", "-1%"}) {
    EXPECT_FALSE(parse_ratio(text)) << text;
  }
}

RC_GTEST_PROP(Units, printed_durations_read_back, (int64_t ns)) {
  RC_PRE(ns != INT64_MIN);
  RC_ASSERT(parse_duration(format_duration({ns})) == Duration{ns});
}

RC_GTEST_PROP(Units, printed_sizes_read_back, ()) {
  const auto bytes = *rc::gen::inRange<int64_t>(0, INT64_MAX);
  RC_ASSERT(parse_size(format_size(bytes)) == bytes);
}

RC_GTEST_PROP(Units, printed_ratios_read_back, ()) {
  const auto denominator = *rc::gen::inRange<uint64_t>(1, 100'000);
  const auto numerator = *rc::gen::inRange<uint64_t>(0, denominator + 1);
  const auto back = parse_ratio(format_ratio({numerator, denominator}));
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->numerator * denominator == numerator * back->denominator);
}

RC_GTEST_PROP(Units, no_text_crashes, (const std::string& text)) {
  (void)parse_duration(text);
  (void)parse_size(text);
  (void)parse_rate(text);
  (void)parse_ratio(text);
}

}  // namespace
}  // namespace faultline::scenarios
