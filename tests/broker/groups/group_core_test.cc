// SPDX-License-Identifier: Apache-2.0
// Goal: a group behaves as Kafka's classic groups, and each of its rules matters. Method: stories
// against the pure core, answers compared as text; for each rule the story that goes wrong without
// it.
#include "broker/groups/core/group_core.h"

#include <gtest/gtest.h>

#include "tests/broker/groups/group_story.h"

namespace faultline::groups {
namespace {

TEST(GroupCore, two_members_join_and_the_leader_assigns) {
  GroupStory group;
  EXPECT_EQ(group.join("", "a"), "join#1 error 79 id a\n");
  EXPECT_EQ(group.join("a"), "");
  EXPECT_EQ(group.join("", "b"), "join#3 error 79 id b\n");
  EXPECT_EQ(group.join("b"), "");
  EXPECT_EQ(group.state.phase, GroupPhase::kPreparingRebalance);
  EXPECT_EQ(group.wait_ms(5'999), "") << "b came late: the group waits once more";
  EXPECT_EQ(group.wait_ms(1),
            "join#2 gen 1 range id a leader a a=subscribed b=subscribed\n"
            "join#4 gen 1 range id b leader a\n");
  EXPECT_EQ(group.sync("b", 1), "");
  EXPECT_EQ(group.sync("a", 1, "a=A1 b=B1"), "store 1 gen 1 a=A1 b=B1\n");
  EXPECT_EQ(group.stored(1), "sync#6 assigned A1\nsync#5 assigned B1\n");
  EXPECT_EQ(group.state.phase, GroupPhase::kStable);
  EXPECT_EQ(group.heartbeat("b", 1), "#7 error 0\n");
  EXPECT_EQ(group.sync("b", 1), "sync#8 assigned B1\n") << "asked again, told again";
}

TEST(GroupCore, a_third_member_makes_the_others_join_again) {
  GroupStory group;
  group.make_stable_pair();
  EXPECT_EQ(group.join("", "c"), "join#1 error 79 id c\n");
  EXPECT_EQ(group.heartbeat("a", 1), "#2 error 0\n") << "an id alone disturbs nobody";
  EXPECT_EQ(group.join("c"), "");
  EXPECT_EQ(group.heartbeat("a", 1), "#4 error 27\n");
  EXPECT_EQ(group.commit("a", 1), "#5 error 0\n") << "before giving up partitions, say how far";
  EXPECT_EQ(group.join("b"), "");
  EXPECT_EQ(group.join("a"),
            "join#7 gen 2 range id a leader a a=subscribed b=subscribed c=subscribed\n"
            "join#6 gen 2 range id b leader a\n"
            "join#3 gen 2 range id c leader a\n");
  EXPECT_EQ(group.commit("a", 2), "#8 error 27\n");
  EXPECT_EQ(group.commit("a", 1), "#9 error 22\n");
  EXPECT_EQ(group.heartbeat("b", 2), "#10 error 0\n");
}

TEST(GroupCore, who_does_not_rejoin_is_out_and_the_next_leads) {
  GroupStory group;
  group.make_stable_pair();
  EXPECT_EQ(group.join("", "c"), "join#1 error 79 id c\n");
  EXPECT_EQ(group.join("c"), "");
  EXPECT_EQ(group.join("b"), "");
  EXPECT_EQ(group.wait_ms(9'000), "");
  EXPECT_EQ(group.wait_ms(1'000),
            "join#3 gen 2 range id b leader b b=subscribed c=subscribed\n"
            "join#2 gen 2 range id c leader b\n")
      << "a's session ended";
  EXPECT_EQ(group.heartbeat("a", 1), "#4 error 25\n");
}

TEST(GroupCore, a_silent_member_is_expired_and_a_parked_one_is_not) {
  GroupStory group;
  group.make_stable_pair();
  group.wait_ms(5'000);
  EXPECT_EQ(group.heartbeat("a", 1), "#1 error 0\n");
  EXPECT_EQ(group.wait_ms(5'000), "");
  EXPECT_EQ(group.state.members.size(), 1U);
  EXPECT_EQ(group.heartbeat("a", 1), "#2 error 27\n");
  EXPECT_EQ(group.join("a"), "join#3 gen 2 range id a leader a a=subscribed\n");
}

TEST(GroupCore, a_member_that_never_syncs_is_out) {
  GroupStory group;
  group.join("", "a");
  group.join("a");
  group.join("", "b");
  group.join("b");
  group.wait_ms(6'000);
  EXPECT_EQ(group.sync("b", 1), "");
  for (int i = 0; i < 4; ++i) {
    group.heartbeat("a", 1);
    EXPECT_EQ(group.wait_ms(7'000), "") << i;
  }
  EXPECT_EQ(group.wait_ms(2'000), "sync#5 error 27\n") << "30 s: the leader a is removed";
  EXPECT_EQ(group.join("b"), "join#10 gen 2 range id b leader b b=subscribed\n");
}

TEST(GroupCore, leaving_starts_a_rebalance_and_the_last_one_empties_the_group) {
  GroupStory group;
  group.make_stable_pair();
  EXPECT_EQ(group.leave("b"), "#1 error 0 0\n");
  EXPECT_EQ(group.leave("b"), "#2 error 0 25\n");
  EXPECT_EQ(group.join("a"), "join#3 gen 2 range id a leader a a=subscribed\n");
  EXPECT_EQ(group.remove(), "#4 error 68\n");
  EXPECT_EQ(group.leave("a"), "#5 error 0 0\nstore 2 gen 3\n");
  EXPECT_EQ(group.state.phase, GroupPhase::kEmpty);
  EXPECT_EQ(group.commit("", -1), "#6 error 0\n") << "a simple consumer";
  EXPECT_EQ(group.remove(), "#7 error 0\n");
  EXPECT_EQ(group.join("", "z"), "join#8 error 15 id \n");
}

TEST(GroupCore, protocols_are_chosen_by_vote_among_those_that_all_know) {
  GroupStory group;
  group.can_learn_id = false;  // an old client joins at once
  EXPECT_EQ(group.join("", "a", "range sticky"), "");
  EXPECT_EQ(group.join("", "b", "sticky range"), "");
  EXPECT_EQ(group.join("", "c", "odd sticky range"), "");
  EXPECT_EQ(group.join("", "d", "odd"), "join#4 error 23 id \n");
  group.wait_ms(9'000);
  EXPECT_EQ(group.state.protocol, "sticky");
}

TEST(GroupCore, a_failed_store_starts_over) {
  GroupStory group;
  group.join("", "a");
  group.join("a");
  group.wait_ms(3'000);
  EXPECT_EQ(group.sync("a", 1, "a=A1"), "store 1 gen 1 a=A1\n");
  EXPECT_EQ(group.stored(1, wire::KafkaError::kNotCoordinator), "sync#3 error 16\n");
  EXPECT_EQ(group.state.phase, GroupPhase::kPreparingRebalance);
  EXPECT_EQ(group.join("a"), "join#4 gen 2 range id a leader a a=subscribed\n");
}

TEST(GroupCore, a_store_that_comes_too_late_assigns_nothing) {
  GroupStory group;
  group.join("", "a");
  group.join("a");
  group.wait_ms(3'000);
  group.sync("a", 1, "a=A1");
  EXPECT_EQ(group.leave("a"), "sync#3 error 25\n#4 error 0 0\nstore 2 gen 2\n");
  EXPECT_EQ(group.stored(1), "");
  EXPECT_EQ(group.state.phase, GroupPhase::kEmpty);
}

TEST(GroupCore, a_static_member_comes_back_without_a_rebalance) {
  GroupStory group;
  EXPECT_EQ(group.join_static("s1", "", "a"), "");
  EXPECT_EQ(group.join_static("s2", "", "b"), "");
  group.wait_ms(6'000);
  group.sync("a", 1, "a=A1 b=B1");
  group.sync("b", 1);
  group.stored(1);
  EXPECT_EQ(group.join_static("s2", "", "b2"),
            "store 2 gen 1 a=A1 b2=B1\njoin#5 gen 1 range id b2 leader a\n");
  EXPECT_EQ(group.sync("b2", 1), "sync#6 assigned B1\n");
  EXPECT_EQ(group.heartbeat("b", 1), "#7 error 25\n");
  EXPECT_EQ(group.join_static("s2", "b", ""), "join#8 error 82 id b\n") << "the former process";
}

TEST(GroupCore, a_group_is_restored_from_its_record) {
  GroupStory group;
  group.make_stable_pair();
  const GroupState again = restore("", record_of(group.state), group.now);
  EXPECT_EQ(again.phase, GroupPhase::kStable);
  EXPECT_EQ(again.generation, 1);
  EXPECT_EQ(again.leader, "a");
  EXPECT_EQ(record_of(again), record_of(group.state));
}

TEST(GroupCore, session_timeouts_have_bounds) {
  GroupStory group;
  group.config.min_session_timeout = seconds(11);
  EXPECT_EQ(group.join("", "a"), "join#1 error 26 id \n");
}

// Each rule, and what happens without it.

TEST(GroupRules, without_fencing_a_former_generation_commits) {
  GroupStory group;
  group.make_stable_pair();
  group.leave("b");
  group.join("a");
  group.rules.refuse_commit_until_assigned = false;
  EXPECT_EQ(group.commit("a", 1), "#3 error 22\n");
  group.rules.fence_old_generation = false;
  EXPECT_EQ(group.commit("a", 1), "#4 error 0\n");
}

TEST(GroupRules, without_storing_first_an_assignment_can_be_forgotten) {
  GroupStory group;
  group.rules.store_assignment_before_answer = false;
  group.join("", "a");
  group.join("a");
  group.wait_ms(3'000);
  EXPECT_EQ(group.sync("a", 1, "a=A1"), "store 1 gen 1 a=A1\nsync#3 assigned A1\n");
}

TEST(GroupRules, without_member_ids_a_lost_answer_leaves_a_ghost) {
  GroupStory group;
  group.rules.require_member_id = false;
  group.join("", "a");
  group.join("", "a-again");
  EXPECT_EQ(group.state.members.size(), 2U);
}

TEST(GroupRules, without_fencing_instances_two_processes_are_one) {
  GroupStory group;
  group.join_static("s1", "", "a");
  group.join_static("s2", "", "b");
  EXPECT_EQ(group.join_static("s2", "a", ""), "join#3 error 82 id a\n");
  group.rules.fence_replaced_instance = false;
  EXPECT_EQ(group.join_static("s2", "a", ""), "join#1 error 27 id a\n") << "taken for s1";
}

}  // namespace
}  // namespace faultline::groups
