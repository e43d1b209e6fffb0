// SPDX-License-Identifier: Apache-2.0
// Goal: what checkers write in words is read back as numbers. Method: texts of real findings.
#include "analysis/why/words.h"

#include <gtest/gtest.h>

namespace faultline::why {
namespace {

TEST(Words, numbers_get_commas) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(-1234567), "-1,234,567");
}

TEST(Words, a_subject_is_a_partition_and_a_range_of_offsets) {
  const auto one = parse_subject("orders-0@41");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->partition, (TopicPartition{"orders", 0}));
  EXPECT_EQ(one->from, 41);
  EXPECT_EQ(one->end, 42);
  const auto many = parse_subject("my-topic-12@41..57");
  ASSERT_TRUE(many);
  EXPECT_EQ(many->partition, (TopicPartition{"my-topic", 12}));
  EXPECT_EQ(many->end, 58);
  const auto whole = parse_subject("orders-3");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->from, -1);
}

TEST(Words, what_is_no_subject_is_none) {
  EXPECT_FALSE(parse_subject(""));
  EXPECT_FALSE(parse_subject("producer 1"));
  EXPECT_FALSE(parse_subject("orders-x@3"));
}

TEST(Words, offsets_are_found_in_sentences) {
  EXPECT_EQ(offsets_named("record 3 of producer 1 is at offset 235 only"),
            std::vector<Offset>{235});
  EXPECT_EQ(offsets_named("above offset 7, not offset 9"), (std::vector<Offset>{7, 9}));
  EXPECT_TRUE(offsets_named("offset offset x").empty());
}

TEST(Words, files_are_named_by_their_last_two_parts) {
  EXPECT_EQ(file_text("kafka-logs/orders-0/000.log"), "orders-0/000.log");
  EXPECT_EQ(file_text("orders-0/000.log"), "orders-0/000.log");
  EXPECT_EQ(file_text("meta.properties"), "meta.properties");
}

}  // namespace
}  // namespace faultline::why
