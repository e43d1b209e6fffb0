// SPDX-License-Identifier: Apache-2.0
// DescribeTopicPartitions (75): topics in the order of their names, page by page (KIP-966). A page
// holds a limited number of partitions and ends with a cursor that says where the next one begins;
// the cursor's topic need not exist any more. No topics in the request mean all.
#include <algorithm>
#include <set>

#include "broker/metadata/topic_name.h"
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::DescribeTopicPartitionsRequest;
using Response = wire::DescribeTopicPartitionsResponse;

struct Page {
  Response response;
  int32_t partitions_left = 0;
};

Response::Topic describe_name(const std::string& name) {
  Response::Topic topic;
  topic.name = name;
  topic.is_internal = metadata::is_internal_topic(name);
  topic.topic_authorized_operations = kTopicOperations;
  return topic;
}

Response::Topic::Partition describe(int32_t index, const metadata::PartitionImage& partition) {
  Response::Topic::Partition entry;
  entry.partition_index = index;
  entry.leader_id = partition.leader;
  entry.leader_epoch = partition.leader_epoch;
  entry.replica_nodes = partition.replicas;
  entry.isr_nodes = partition.isr;
  entry.eligible_leader_replicas.emplace();
  entry.last_known_elr.emplace();
  return entry;
}

// Adds the partitions from `start` on that the page has room for.
void add_topic(const metadata::TopicImage& topic, int32_t start, Page& page) {
  Response::Topic& answer = page.response.topics.emplace_back(describe_name(topic.name));
  answer.topic_id = topic.id;
  for (auto at = topic.partitions.lower_bound(start); at != topic.partitions.end(); ++at) {
    if (page.partitions_left == 0) {
      page.response.next_cursor = {topic.name, at->first};
      return;
    }
    answer.partitions.push_back(describe(at->first, at->second));
    --page.partitions_left;
  }
}

void add_unknown(const std::string& name, Page& page) {
  const bool is_legal = metadata::topic_name_problem(name).empty();
  Response::Topic& answer = page.response.topics.emplace_back(describe_name(name));
  answer.error_code =
      is_legal ? KafkaError::kUnknownTopicOrPartition : KafkaError::kInvalidTopicException;
}

Response refuse_all(const Request& request) {
  Response response;
  for (const Request::Topic& topic : request.topics) {
    Response::Topic& answer = response.topics.emplace_back();
    answer.name = topic.name;
    answer.error_code = KafkaError::kInvalidRequest;
  }
  return response;
}

// From the cursor's topic on.
std::set<std::string> wanted_topics(const metadata::MetadataImage& image, const Request& request) {
  std::set<std::string> names;
  const std::string first = request.cursor ? request.cursor->topic_name : std::string();
  for (const Request::Topic& topic : request.topics)
    if (topic.name >= first) names.insert(topic.name);
  if (!request.topics.empty()) return names;
  for (const auto& [name, topic] : image.topics)
    if (name >= first) names.insert(name);
  return names;
}

bool is_illegal(const Request& request, const std::set<std::string>& names) {
  if (!request.cursor) return false;
  const bool is_listed = request.topics.empty() || names.contains(request.cursor->topic_name);
  return !is_listed || request.cursor->partition_index < 0;
}

}  // namespace

Task<Response> handle_describe_topic_partitions(BrokerContext& broker, RequestInfo,
                                                Request request) {
  const metadata::MetadataImage& image = broker.metadata.image();
  const std::set<std::string> names = wanted_topics(image, request);
  if (is_illegal(request, names)) co_return refuse_all(request);
  Page page;
  page.partitions_left = std::max(
      std::min(request.response_partition_limit, broker.settings.partitions_described_max), 1);
  for (const std::string& name : names) {
    if (page.response.next_cursor) break;
    if (page.partitions_left == 0) {
      page.response.next_cursor = {name, 0};
      break;
    }
    const metadata::TopicImage* topic = image.find_topic(name);
    const bool is_begun = request.cursor && request.cursor->topic_name == name;
    if (topic == nullptr)
      add_unknown(name, page);
    else
      add_topic(*topic, is_begun ? request.cursor->partition_index : 0, page);
  }
  co_return std::move(page.response);
}

}  // namespace faultline::server
