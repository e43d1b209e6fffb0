// SPDX-License-Identifier: Apache-2.0
// Goal: what is sent is grouped by leader, leaders in the order of their ids, partitions in theirs.
// Method: every assignment of leaders to a few partitions, beside a map.
#include "broker/client/by_leader.h"

#include <map>

#include <gtest/gtest.h>

namespace faultline::client {
namespace {

struct Part {
  TopicPartition id;
  int32_t leader = -1;
};

std::vector<Part> parts_led_by(const std::vector<int32_t>& leaders) {
  std::vector<Part> parts;
  for (size_t i = 0; i < leaders.size(); ++i)
    parts.push_back({{i < 2 ? "a" : "b", static_cast<int32_t>(i)}, leaders[i]});
  return parts;
}

std::map<int32_t, std::vector<TopicPartition>> grouped_by_a_map(const std::vector<Part>& parts) {
  std::map<int32_t, std::vector<TopicPartition>> groups;
  for (const Part& part : parts) groups[part.leader].push_back(part.id);
  return groups;
}

void expect_grouped(std::vector<Part> parts) {
  const auto expected = grouped_by_a_map(parts);
  order_by_leader(parts, [](const Part& part) -> const TopicPartition& { return part.id; });
  std::span<const Part> rest(parts);
  ASSERT_EQ(count_leaders(rest), static_cast<int64_t>(expected.size()));
  for (const auto& [leader, ids] : expected) {
    const std::span<const Part> of_one = first_leader_of(rest);
    rest = rest.subspan(of_one.size());
    ASSERT_EQ(of_one.size(), ids.size());
    for (size_t i = 0; i < ids.size(); ++i) {
      EXPECT_EQ(of_one[i].leader, leader);
      EXPECT_EQ(of_one[i].id, ids[i]);
    }
  }
  EXPECT_TRUE(rest.empty());
}

TEST(ByLeader, groups_any_partitions_of_three_leaders) {
  for (int code = 0; code < 3 * 3 * 3 * 3; ++code)
    expect_grouped(parts_led_by({code % 3, code / 3 % 3, code / 9 % 3, code / 27}));
}

TEST(ByLeader, of_nothing_there_are_no_leaders) {
  expect_grouped({});
  expect_grouped(parts_led_by({5}));
}

}  // namespace
}  // namespace faultline::client
