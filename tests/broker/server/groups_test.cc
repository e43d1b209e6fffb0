// SPDX-License-Identifier: Apache-2.0
// Goal: consumer groups over the wire: a coordinator is found, members share partitions, offsets
// and the group itself outlive the process. Method: byte-speaking clients against a broker in
// memory.
#include <gtest/gtest.h>

#include "broker/base/byte_io.h"
#include "broker/wire/consumer_protocol.h"
#include "broker/wire/messages_delete_groups.h"
#include "broker/wire/messages_group_session.h"
#include "broker/wire/messages_groups.h"
#include "broker/wire/messages_join_group.h"
#include "broker/wire/messages_offset_commit.h"
#include "broker/wire/messages_offset_fetch.h"
#include "tests/broker/server/requests.h"

namespace faultline::server {
namespace {

constexpr int kJoinVersion = 9;

class GroupsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    machine.config.configs["offsets.topic.num.partitions"] = "3";
    ASSERT_TRUE(machine.boot());
    TestClient client(machine);
    client.call(7, create_request("orders", 2));
    find(client);
  }

  wire::FindCoordinatorResponse find(TestClient& client) {
    wire::FindCoordinatorRequest request;
    request.coordinator_keys = {"readers"};
    return client.call(4, request);
  }
  static wire::JoinGroupRequest join_request(const std::string& member) {
    wire::JoinGroupRequest request;
    request.group_id = "readers";
    request.session_timeout_ms = 10'000;
    request.rebalance_timeout_ms = 30'000;
    request.member_id = member;
    request.protocol_type = "consumer";
    request.protocols.push_back({"range", Slice::copy_of("subscribed")});
    return request;
  }
  static wire::SyncGroupRequest sync_request(const std::string& member, int32_t generation) {
    wire::SyncGroupRequest request;
    request.group_id = "readers";
    request.member_id = member;
    request.generation_id = generation;
    request.protocol_type = "consumer";
    request.protocol_name = "range";
    return request;
  }
  static wire::OffsetCommitRequest commit_request(const std::string& member, int32_t generation,
                                                  int64_t offset) {
    wire::OffsetCommitRequest request;
    request.group_id = "readers";
    request.member_id = member;
    request.generation_id_or_member_epoch = generation;
    auto& topic = request.topics.emplace_back();
    topic.name = "orders";
    topic.partitions.push_back({1, offset, 0, "note"});
    return request;
  }
  KafkaError commit(TestClient& client, const std::string& member, int32_t generation,
                    int64_t offset) {
    const auto response = client.call(8, commit_request(member, generation, offset));
    return response.topics.at(0).partitions.at(0).error_code;
  }
  static int64_t committed(TestClient& client) {
    wire::OffsetFetchRequest request;
    auto& group = request.groups.emplace_back();
    group.group_id = "readers";
    const auto response = client.call(8, request);
    const auto& topics = response.groups.at(0).topics;
    return topics.empty() ? -1 : topics.at(0).partitions.at(0).committed_offset;
  }
  static KafkaError heartbeat(TestClient& client, const std::string& member, int32_t generation) {
    wire::HeartbeatRequest request;
    request.group_id = "readers";
    request.member_id = member;
    request.generation_id = generation;
    return client.call(4, request).error_code;
  }
  // One member, which leads generation 1 and has partition 1.
  std::string make_member(TestClient& client) {
    std::string id = client.call(kJoinVersion, join_request("")).member_id;
    client.post(kJoinVersion, join_request(id));
    machine.advance(seconds(3));
    EXPECT_EQ(client.take<wire::JoinGroupRequest>(kJoinVersion).generation_id, 1);
    wire::SyncGroupRequest sync = sync_request(id, 1);
    sync.assignments.push_back({id, Slice::copy_of("orders-1")});
    EXPECT_EQ(client.call(5, sync).assignment.text(), "orders-1");
    return id;
  }

  TestMachine machine;
};

TEST_F(GroupsTest, the_coordinator_is_this_broker_and_makes_its_topic) {
  TestClient client(machine);
  const auto found = find(client).coordinators.at(0);
  EXPECT_EQ(found.error_code, KafkaError::kNone);
  EXPECT_EQ(found.node_id, machine.config.node_id);
  wire::MetadataRequest request;
  request.topics.emplace().push_back({Uuid(), "__consumer_offsets"});
  const auto topic = client.call(9, request).topics.at(0);
  EXPECT_TRUE(topic.is_internal);
  EXPECT_EQ(topic.partitions.size(), 3U);
}

TEST_F(GroupsTest, two_members_share_what_the_leader_gives_out) {
  TestClient first(machine);
  TestClient second(machine);
  const auto told = first.call(kJoinVersion, join_request(""));
  EXPECT_EQ(told.error_code, KafkaError::kMemberIdRequired);
  const std::string a = told.member_id;
  const std::string b = second.call(kJoinVersion, join_request("")).member_id;
  first.post(kJoinVersion, join_request(a));
  second.post(kJoinVersion, join_request(b));
  machine.run();
  machine.advance(seconds(3));
  machine.advance(seconds(3));
  const auto joined = first.take<wire::JoinGroupRequest>(kJoinVersion);
  EXPECT_EQ(joined.leader, a);
  EXPECT_EQ(joined.members.size(), 2U);
  EXPECT_TRUE(second.take<wire::JoinGroupRequest>(kJoinVersion).members.empty());

  second.post(5, sync_request(b, 1));
  machine.run();
  wire::SyncGroupRequest sync = sync_request(a, 1);
  sync.assignments = {{a, Slice::copy_of("orders-0")}, {b, Slice::copy_of("orders-1")}};
  EXPECT_EQ(first.call(5, sync).assignment.text(), "orders-0");
  EXPECT_EQ(second.take<wire::SyncGroupRequest>(5).assignment.text(), "orders-1");

  wire::DescribeGroupsRequest describe;
  describe.groups = {"readers", "nobody"};
  const auto described = first.call(6, describe).groups;
  EXPECT_EQ(described.at(0).group_state, "Stable");
  EXPECT_EQ(described.at(0).members.size(), 2U);
  EXPECT_EQ(described.at(1).error_code, KafkaError::kGroupIdNotFound);
  EXPECT_EQ(first.call(5, wire::ListGroupsRequest{}).groups.size(), 1U);
}

TEST_F(GroupsTest, offsets_and_members_outlive_a_kill) {
  std::string id;
  {
    TestClient client(machine);
    id = make_member(client);
    EXPECT_EQ(commit(client, id, 1, 42), KafkaError::kNone);
    EXPECT_EQ(commit(client, id, 0, 43), KafkaError::kIllegalGeneration);
    EXPECT_EQ(commit(client, "stranger", 1, 43), KafkaError::kUnknownMemberId);
    EXPECT_EQ(committed(client), 42);
  }
  machine.kill();
  ASSERT_TRUE(machine.boot());
  TestClient client(machine);
  EXPECT_EQ(committed(client), 42);
  EXPECT_EQ(heartbeat(client, id, 1), KafkaError::kNone);
  EXPECT_EQ(commit(client, id, 1, 44), KafkaError::kNone);
  machine.advance(seconds(11));
  EXPECT_EQ(heartbeat(client, id, 1), KafkaError::kUnknownMemberId) << "its session ended";
}

TEST_F(GroupsTest, a_group_without_members_only_keeps_offsets) {
  TestClient client(machine);
  EXPECT_EQ(committed(client), -1);
  EXPECT_EQ(commit(client, "", -1, 7), KafkaError::kNone);
  EXPECT_EQ(committed(client), 7);
  auto request = commit_request("", -1, 8);
  request.topics[0].name = "unknown";
  EXPECT_EQ(client.call(8, request).topics[0].partitions[0].error_code,
            KafkaError::kUnknownTopicOrPartition);
  request = commit_request("", -1, 8);
  request.topics[0].partitions[0].committed_metadata = std::string(4097, 'x');
  EXPECT_EQ(client.call(8, request).topics[0].partitions[0].error_code,
            KafkaError::kOffsetMetadataTooLarge);
  wire::DeleteGroupsRequest remove;
  remove.groups_names = {"readers"};
  EXPECT_EQ(client.call(2, remove).results.at(0).error_code, KafkaError::kNone);
  EXPECT_EQ(committed(client), -1);
  EXPECT_EQ(client.call(2, remove).results.at(0).error_code, KafkaError::kGroupIdNotFound);
}

TEST_F(GroupsTest, single_offsets_are_deleted_unless_somebody_reads_the_topic) {
  TestClient client(machine);
  client.call(7, create_request("payments", 2));
  wire::OffsetDeleteRequest request;
  request.group_id = "readers";
  for (const char* topic : {"orders", "payments", "unknown"})
    request.topics.push_back({topic, {{1}}});
  EXPECT_EQ(client.call(0, request).error_code, KafkaError::kGroupIdNotFound);
  EXPECT_EQ(commit(client, "", -1, 7), KafkaError::kNone);
  wire::JoinGroupRequest join = join_request("");
  wire::ConsumerProtocolSubscription subscription;
  subscription.topics = {"orders"};
  ByteWriter metadata;
  metadata.write<int16_t>(1);
  metadata.append(Codec<wire::ConsumerProtocolSubscription>::encode(subscription, 1).view());
  join.protocols[0].metadata = std::move(metadata).finish();
  join.member_id = client.call(kJoinVersion, join).member_id;
  client.post(kJoinVersion, join);
  machine.advance(seconds(3));
  client.take<wire::JoinGroupRequest>(kJoinVersion);
  const auto errors = [&] {
    const auto response = client.call(0, request);
    EXPECT_EQ(response.error_code, KafkaError::kNone);
    std::vector<KafkaError> errors;
    for (const auto& topic : response.topics) errors.push_back(topic.partitions.at(0).error_code);
    return errors;
  };
  EXPECT_EQ(errors(), (std::vector{KafkaError::kGroupSubscribedToTopic, KafkaError::kNone,
                                   KafkaError::kUnknownTopicOrPartition}));
  EXPECT_EQ(committed(client), 7);
  machine.advance(seconds(60));  // the member is gone
  EXPECT_EQ(errors().at(0), KafkaError::kNone);
  EXPECT_EQ(committed(client), -1);
}

TEST_F(GroupsTest, a_group_of_other_things_than_consumers_keeps_its_offsets_while_it_lives) {
  TestClient client(machine);
  wire::JoinGroupRequest join = join_request("");
  join.protocol_type = "connect";
  join.member_id = client.call(kJoinVersion, join).member_id;
  client.post(kJoinVersion, join);
  machine.advance(seconds(3));
  client.take<wire::JoinGroupRequest>(kJoinVersion);
  wire::OffsetDeleteRequest request;
  request.group_id = "readers";
  request.topics.push_back({"orders", {{1}}});
  EXPECT_EQ(client.call(0, request).error_code, KafkaError::kNonEmptyGroup);
}

TEST_F(GroupsTest, old_offsets_of_an_empty_group_are_forgotten) {
  TestClient client(machine);
  EXPECT_EQ(commit(client, "", -1, 7), KafkaError::kNone);
  machine.clock.wall = machine.clock.wall + seconds(8 * 24 * 60 * 60);
  machine.advance(seconds(601));
  TestClient later(machine);  // the first was idle for too long
  EXPECT_EQ(committed(later), -1);
  EXPECT_TRUE(later.call(5, wire::ListGroupsRequest{}).groups.empty());
}

TEST_F(GroupsTest, a_deleted_topic_takes_its_offsets_along) {
  TestClient client(machine);
  EXPECT_EQ(commit(client, "", -1, 7), KafkaError::kNone);
  wire::DeleteTopicsRequest request;
  request.topic_names = {"orders"};
  client.call(5, request);
  machine.run();
  EXPECT_EQ(committed(client), -1);
}

TEST_F(GroupsTest, stopping_does_not_wait_for_a_rebalance) {
  TestClient client(machine);
  const std::string id = client.call(kJoinVersion, join_request("")).member_id;
  client.post(kJoinVersion, join_request(id));
  machine.run();
  machine.stop();
  EXPECT_FALSE(machine.is_running());
}

TEST_F(GroupsTest, a_client_that_hangs_up_while_it_joins_harms_nobody) {
  {
    TestClient client(machine);
    const std::string id = client.call(kJoinVersion, join_request("")).member_id;
    client.post(kJoinVersion, join_request(id));
    machine.run();
  }
  machine.advance(seconds(3));
  machine.advance(seconds(60));
  TestClient client(machine);
  wire::DescribeGroupsRequest describe;
  describe.groups = {"readers"};
  EXPECT_EQ(client.call(6, describe).groups.at(0).group_state, "Empty");
}

}  // namespace
}  // namespace faultline::server
