// SPDX-License-Identifier: Apache-2.0
// Goal: topic names are judged as Kafka does. Method: examples on both sides of each rule.
#include "broker/metadata/topic_name.h"

namespace faultline::metadata {
namespace {

TEST(TopicName, accepts_what_kafka_accepts) {
  EXPECT_EQ(topic_name_problem("a"), "");
  EXPECT_EQ(topic_name_problem("Az09._-"), "");
  EXPECT_EQ(topic_name_problem("..."), "");
  EXPECT_EQ(topic_name_problem(std::string(249, 'x')), "");
}

TEST(TopicName, refuses_what_kafka_refuses) {
  EXPECT_EQ(topic_name_problem(""), "the empty string is not allowed");
  EXPECT_EQ(topic_name_problem("."), "'.' is not allowed");
  EXPECT_EQ(topic_name_problem(".."), "'..' is not allowed");
  EXPECT_NE(topic_name_problem("a b"), "");
  EXPECT_NE(topic_name_problem("a/b"), "");
  EXPECT_NE(topic_name_problem("\xc3\xa4"), "");
  EXPECT_NE(topic_name_problem(std::string(250, 'x')), "");
}

TEST(TopicName, collides_only_by_dots_and_underscores) {
  EXPECT_TRUE(topic_names_collide("a.b", "a_b"));
  EXPECT_FALSE(topic_names_collide("a.b", "a.b"));
  EXPECT_FALSE(topic_names_collide("a.b", "a-b"));
  EXPECT_FALSE(topic_names_collide("a.b", "a.bc"));
}

}  // namespace
}  // namespace faultline::metadata
