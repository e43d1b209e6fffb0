// SPDX-License-Identifier: Apache-2.0
// Steps of classic groups. A group is empty before and after each operation, so that nothing hangs
// on how long a session lasts; two members of one group speak on connections of their own.
#include "broker/wire/messages_delete_groups.h"
#include "broker/wire/messages_group_session.h"
#include "broker/wire/messages_groups.h"
#include "broker/wire/messages_join_group.h"
#include "broker/wire/messages_offset_commit.h"
#include "broker/wire/messages_offset_fetch.h"
#include "tests/kafka/operations.h"

namespace faultline::differential {
namespace {

using wire::ApiKey;
using wire::KafkaError;

constexpr int kFirstThatNamesMembers = 4;  // of JoinGroup: MEMBER_ID_REQUIRED
constexpr int kFirstOfMany = 3;            // LeaveGroup
constexpr int kManyGroups = 8;             // OffsetFetch

// A subscription to nothing, version 0. With eight bytes of text in its place Kafka 4.1 reads a
// huge count from them, fails while it completes the join, and never answers.
Slice subscription(uint8_t user_data) {
  const uint8_t bytes[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, user_data};
  return Slice::copy_of(Bytes(bytes));
}

wire::JoinGroupRequest join_request(const std::string& group, const std::string& member) {
  wire::JoinGroupRequest request;
  request.group_id = group;
  request.session_timeout_ms = 30'000;
  request.rebalance_timeout_ms = 30'000;
  request.member_id = member;
  request.protocol_type = "consumer";
  request.protocols.push_back({"range", subscription(1)});
  request.protocols.push_back({"sticky", subscription(2)});
  return request;
}

}  // namespace

Question<wire::JoinGroupRequest> Operations::join_question(const std::string& group,
                                                           const std::string& member, int version) {
  Question<wire::JoinGroupRequest> question;
  question.version = version;
  question.connection = member;
  question.make = [group, member](const Ids& ids) {
    const auto found = ids.members.find(member);
    return join_request(group, found == ids.members.end() ? "" : found->second);
  };
  question.learn = [member](Ids& ids, const wire::JoinGroupResponse& answer) {
    if (!answer.member_id.empty()) ids.members[member] = answer.member_id;
  };
  return question;
}

Question<wire::SyncGroupRequest> Operations::sync_question(const std::string& group,
                                                           const std::string& member, int version,
                                                           int32_t generation,
                                                           std::vector<std::string> assigned) {
  Question<wire::SyncGroupRequest> question;
  question.version = version;
  question.connection = member;
  question.make = [=](const Ids& ids) {
    wire::SyncGroupRequest request;
    request.group_id = group;
    request.generation_id = generation;
    request.member_id = ids.member(member);
    request.protocol_type = "consumer";
    request.protocol_name = "range";
    for (const std::string& each : assigned)
      request.assignments.push_back({ids.member(each), Slice::copy_of("for " + each)});
    return request;
  };
  return question;
}

void Operations::beat(const std::string& group, const std::string& member, int32_t generation) {
  Question<wire::HeartbeatRequest> question;
  question.version = version_of<wire::HeartbeatRequest>();
  question.connection = member;
  question.make = [&](const Ids& ids) {
    wire::HeartbeatRequest request;
    request.group_id = group;
    request.generation_id = generation;
    request.member_id = ids.member(member);
    return request;
  };
  differential_.ask(question);
}

void Operations::leave(const std::string& group, const std::string& member) {
  Question<wire::LeaveGroupRequest> question;
  question.version = version_of<wire::LeaveGroupRequest>();
  question.connection = member;
  question.make = [&](const Ids& ids) {
    wire::LeaveGroupRequest request;
    request.group_id = group;
    if (question.version < kFirstOfMany)
      request.member_id = ids.member(member);
    else
      request.members.push_back({ids.member(member), std::nullopt, std::nullopt});
    return request;
  };
  differential_.ask(question);
}

int32_t Operations::join_alone(const std::string& group, const std::string& member, int version) {
  const auto question = join_question(group, member, version);
  auto answer = differential_.ask(question);
  if (answer.error_code == KafkaError::kMemberIdRequired) answer = differential_.ask(question);
  return answer.error_code == KafkaError::kNone ? answer.generation_id : -1;
}

void Operations::join_and_leave() {
  const std::string group = some_group();
  const std::string member = "member-" + std::to_string(members_made_++);
  const int32_t generation = join_alone(group, member, version_of<wire::JoinGroupRequest>());
  if (one_in(3)) describe_groups();
  if (one_in(4)) beat(group, member, generation);
  const int version = version_of<wire::SyncGroupRequest>();
  differential_.ask(sync_question(group, member, version, generation, {member}));
  if (one_in(3)) beat(group, member, generation + pick({0, 0, 1}));
  if (one_in(3)) describe_groups();
  if (one_in(3)) list_groups();
  if (one_in(3)) delete_groups();
  if (one_in(3)) delete_offsets();
  commit(group, member, generation + pick({0, 0, 0, 1, -1}));
  if (one_in(3))
    differential_.ask(
        join_question(group, member, version_of<wire::JoinGroupRequest>(kFirstThatNamesMembers)));
  leave(group, member);
  if (one_in(3)) leave(group, member);
}

void Operations::join_two() {
  const std::string group = some_group();
  const std::string first = "member-" + std::to_string(members_made_++);
  const std::string second = "member-" + std::to_string(members_made_++);
  const int version = version_of<wire::JoinGroupRequest>(kFirstThatNamesMembers);
  const int32_t generation = join_alone(group, first, version);
  const int sync_version = version_of<wire::SyncGroupRequest>();
  differential_.ask(sync_question(group, first, sync_version, generation, {first}));
  const auto first_join = join_question(group, first, version);
  const auto second_join = join_question(group, second, version);
  differential_.ask(second_join);  // is told its id
  differential_.post(second_join);
  differential_.pause(milliseconds(150));
  beat(group, first, generation);
  describe_groups();
  differential_.post(first_join);
  const auto joined = differential_.take(first_join);
  differential_.take(second_join);
  const int32_t now = joined.generation_id;
  const auto second_sync = sync_question(group, second, sync_version, now, {});
  differential_.post(second_sync);
  differential_.pause(milliseconds(150));
  differential_.ask(sync_question(group, first, sync_version, now, {first, second}));
  differential_.take(second_sync);
  beat(group, second, now);
  describe_groups();
  leave(group, second);
  beat(group, first, now);
  leave(group, first);
}

void Operations::join_wrongly() {
  Question<wire::JoinGroupRequest> question;
  question.version = version_of<wire::JoinGroupRequest>(kFirstThatNamesMembers);
  wire::JoinGroupRequest request = join_request(some_group(), "");
  switch (draws_.below(6)) {
    case 0: request.group_id = ""; break;
    case 1: request.session_timeout_ms = pick({0, 1, 100'000'000}); break;
    case 2: request.member_id = "who?"; break;
    case 3:
      request.protocols.clear();
      request.member_id = "who?";
      break;
    case 4:
      request.protocol_type = "";
      request.member_id = "who?";
      break;
    default:
      request.group_instance_id = "static";
      request.member_id = "who?";
      question.version = version_of<wire::JoinGroupRequest>(5);
  }
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
}

void Operations::heartbeat_wrongly() {
  beat(pick<std::string>({"", "no-group", "group-0"}), "who?", pick({-1, 0, 5}));
}

void Operations::sync_wrongly() {
  const std::string group = pick<std::string>({"", "no-group", "group-0"});
  differential_.ask(
      sync_question(group, "who?", version_of<wire::SyncGroupRequest>(), pick({-1, 0}), {}));
}

void Operations::leave_wrongly() { leave(pick<std::string>({"", "no-group", "group-0"}), "who?"); }

void Operations::commit(const std::string& group, const std::string& member, int32_t generation) {
  Question<wire::OffsetCommitRequest> question;
  question.version = version_of<wire::OffsetCommitRequest>();
  const Place place = some_place();
  const std::string topic = one_in(10) ? "nowhere" : place.topic;
  const std::string metadata = one_in(8) ? std::string(5000, 'm') : "noted";
  const int64_t offset = pick<int64_t>({0, 1, 7, -1, INT64_MAX});
  const bool has_metadata = !one_in(5);
  question.make = [&](const Ids& ids) {
    wire::OffsetCommitRequest request;
    request.group_id = group;
    request.generation_id_or_member_epoch = generation;
    if (!member.empty()) request.member_id = ids.member(member);
    auto& entry = request.topics.emplace_back();
    entry.name = topic;
    auto& partition = entry.partitions.emplace_back();
    partition.partition_index = place.partition;
    partition.committed_offset = offset;
    if (has_metadata) partition.committed_metadata = metadata;
    return request;
  };
  differential_.ask(question);
}

void Operations::commit_offsets() {
  const std::string group = one_in(10) ? "" : some_group();
  const std::string member = one_in(5) ? "who?" : "";
  commit(group, member, member.empty() && !one_in(5) ? -1 : pick({0, 3}));
}

void Operations::fetch_offsets() {
  Question<wire::OffsetFetchRequest> question;
  question.version = version_of<wire::OffsetFetchRequest>();
  const std::string group = one_in(10) ? pick<std::string>({"", "no-group"}) : some_group();
  const Place place = some_place();
  const bool asks_all = one_in(3);
  const std::string topic = one_in(8) ? "nowhere" : place.topic;
  question.make = [&](const Ids&) {
    wire::OffsetFetchRequest request;
    if (question.version < kManyGroups) {
      request.group_id = group;
      if (!asks_all || question.version < 2)
        request.topics.emplace().push_back({topic, {0, place.partition}});
      return request;
    }
    auto& entry = request.groups.emplace_back();
    entry.group_id = group;
    if (!asks_all) entry.topics.emplace().push_back({topic, Uuid{}, {0, place.partition}});
    return request;
  };
  differential_.ask(question);
}

void Operations::find_coordinator() {
  wire::FindCoordinatorRequest request;
  request.key = pick<std::string>({"group-0", "", "other"});
  request.coordinator_keys = {"group-0", pick<std::string>({"", "other"})};
  Question<wire::FindCoordinatorRequest> question;
  question.version = version_of<wire::FindCoordinatorRequest>();
  if (one_in(6) && question.version > 0) request.key_type = pick<int8_t>({9, -1});
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
}

void Operations::describe_groups() {
  wire::DescribeGroupsRequest request;
  request.groups = {some_group(), pick<std::string>({"no-group", "", "group-1"})};
  Question<wire::DescribeGroupsRequest> question;
  question.version = version_of<wire::DescribeGroupsRequest>();
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
}

void Operations::list_groups() {
  wire::ListGroupsRequest request;
  Question<wire::ListGroupsRequest> question;
  question.version = version_of<wire::ListGroupsRequest>();
  if (question.version >= 4 && one_in(2))
    request.states_filter = {pick<std::string>({"Empty", "stable", "Nonsense"})};
  if (question.version >= 5 && one_in(3))
    request.types_filter = {pick<std::string>({"classic", "Consumer", "odd"})};
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
}

void Operations::delete_groups() {
  wire::DeleteGroupsRequest request;
  request.groups_names = {some_group()};
  if (one_in(2)) request.groups_names.push_back(pick<std::string>({"no-group", ""}));
  Question<wire::DeleteGroupsRequest> question;
  question.version = version_of<wire::DeleteGroupsRequest>();
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
}

void Operations::delete_offsets() {
  const Place place = some_place();
  wire::OffsetDeleteRequest request;
  request.group_id = one_in(5) ? pick<std::string>({"", "no-group"}) : some_group();
  auto& topic = request.topics.emplace_back();
  topic.name = one_in(8) ? "nowhere" : place.topic;
  topic.partitions.push_back({place.partition});
  Question<wire::OffsetDeleteRequest> question;
  question.version = version_of<wire::OffsetDeleteRequest>();
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
}

}  // namespace faultline::differential
