// SPDX-License-Identifier: Apache-2.0
// OffsetFetch (9): the offsets that groups have committed; -1 where there is none, which is no
// error.
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::OffsetFetchRequest;
using Response = wire::OffsetFetchResponse;
using Group = Response::Group;

Group::Topic::Partition answer(const groups::Group* group, const groups::OffsetKey& key) {
  Group::Topic::Partition partition;
  partition.partition_index = key.partition;
  partition.committed_offset = -1;
  partition.metadata = "";
  if (group == nullptr) return partition;
  const auto found = group->offsets.find(key);
  if (found == group->offsets.end()) return partition;
  partition.committed_offset = found->second.offset;
  partition.committed_leader_epoch = found->second.leader_epoch;
  partition.metadata = found->second.metadata;
  return partition;
}

Group::Topic& topic_in(BrokerContext& broker, Group& answers, const std::string& name) {
  const bool is_same = !answers.topics.empty() && answers.topics.back().name == name;
  if (is_same) return answers.topics.back();
  Group::Topic& topic = answers.topics.emplace_back();
  topic.name = name;
  const metadata::TopicImage* image = broker.metadata.image().find_topic(name);
  if (image != nullptr) topic.topic_id = image->id;
  return topic;
}

void answer_named(BrokerContext& broker, const groups::Group* group, const Request::Group& asked,
                  bool has_ids, Group& answers) {
  if (!asked.topics) return;
  for (const Request::Group::Topic& topic : *asked.topics) {
    const std::string* name = has_ids ? topic_name_of(broker, topic.topic_id) : &topic.name;
    Group::Topic& to = answers.topics.emplace_back();
    to.topic_id = topic.topic_id;
    to.name = name == nullptr ? "" : *name;
    for (const int32_t index : topic.partition_indexes) {
      to.partitions.push_back(answer(name == nullptr ? nullptr : group, {to.name, index}));
      if (name == nullptr) to.partitions.back().error_code = KafkaError::kUnknownTopicId;
    }
  }
}

Group answer_group(BrokerContext& broker, const Request::Group& asked, bool has_ids) {
  Group answers;
  answers.group_id = asked.group_id;
  answers.error_code = broker.groups.check_group(asked.group_id);
  if (answers.error_code != KafkaError::kNone) return answers;
  const groups::Group* group = broker.groups.find(asked.group_id);
  if (asked.topics) {
    answer_named(broker, group, asked, has_ids, answers);
  } else if (group != nullptr) {
    for (const auto& [key, offset] : group->offsets)
      topic_in(broker, answers, key.topic).partitions.push_back(answer(group, key));
  }
  return answers;
}

// Versions below 8 ask for one group.
Request::Group only_group(const Request& request) {
  Request::Group group;
  group.group_id = request.group_id;
  if (!request.topics) return group;
  group.topics.emplace();
  for (const Request::Topic& topic : *request.topics)
    group.topics->push_back({topic.name, Uuid(), topic.partition_indexes});
  return group;
}

Response old_response(Group group, const Request& request, int version) {
  Response response;
  response.error_code = group.error_code;
  for (const Group::Topic& topic : group.topics) {
    Response::Topic& to = response.topics.emplace_back();
    to.name = topic.name;
    for (const Group::Topic::Partition& partition : topic.partitions)
      to.partitions.push_back({partition.partition_index, partition.committed_offset,
                               partition.committed_leader_epoch, partition.metadata,
                               partition.error_code});
  }
  const bool repeats_error = version < 2 && group.error_code != KafkaError::kNone;
  if (!repeats_error || !request.topics) return response;
  for (const Request::Topic& topic : *request.topics) {
    Response::Topic& to = response.topics.emplace_back();
    to.name = topic.name;
    for (const int32_t index : topic.partition_indexes)
      to.partitions.push_back({index, -1, -1, "", group.error_code});
  }
  return response;
}

}  // namespace

Task<Response> handle_offset_fetch(BrokerContext& broker, RequestInfo info, Request request) {
  if (info.version < 8) {
    Group group = answer_group(broker, only_group(request), false);
    co_return old_response(std::move(group), request, info.version);
  }
  Response response;
  for (const Request::Group& group : request.groups)
    response.groups.push_back(answer_group(broker, group, info.version >= 10));
  co_return response;
}

}  // namespace faultline::server
