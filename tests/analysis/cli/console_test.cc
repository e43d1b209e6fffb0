// SPDX-License-Identifier: Apache-2.0
// Goal: columns stay aligned whatever the text is made of. Method: examples with escapes, umlauts
// and words that are too long.
#include "analysis/cli/console.h"

#include <gtest/gtest.h>

namespace faultline::cli {
namespace {

TEST(Console, width_counts_characters_and_no_escapes) {
  EXPECT_EQ(width_of(""), 0u);
  EXPECT_EQ(width_of("größe"), 5u);
  EXPECT_EQ(width_of("\x1b[1;31mred\x1b[0m"), 3u);
  EXPECT_EQ(width_of("\x1b["), 0u);
}

TEST(Console, padding_fills_or_cuts_to_the_width) {
  EXPECT_EQ(padded("ab", 4), "ab  ");
  EXPECT_EQ(padded("größer als", 6), "grö...");
  EXPECT_EQ(padded("abc", 3), "abc");
  EXPECT_EQ(cut("abcdef", 2), "...");
}

TEST(Console, numbers_have_groups_of_three) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(18446744073709551615u), "18,446,744,073,709,551,615");
}

TEST(Console, long_text_is_broken_at_blanks) {
  EXPECT_EQ(wrapped("aa bb cc", 7, 2), "aa bb\n  cc");
  EXPECT_EQ(wrapped("unbreakable", 4, 2), "unbreakable");
  EXPECT_EQ(wrapped("", 4, 2), "");
}

TEST(Console, styles_are_written_only_where_they_are_seen) {
  Console console;
  EXPECT_EQ(console.styled(Style::kRed, "x"), "x");
  console.color = true;
  EXPECT_EQ(console.styled(Style::kRed, "x"), "\x1b[1;31mx\x1b[0m");
  EXPECT_EQ(console.styled_err(Style::kRed, "x"), "x");
}

}  // namespace
}  // namespace faultline::cli
