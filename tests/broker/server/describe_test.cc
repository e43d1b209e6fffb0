// SPDX-License-Identifier: Apache-2.0
// Goal: the APIs that only tell (DescribeCluster, DescribeTopicPartitions, DescribeLogDirs,
// OffsetForLeaderEpoch) tell what is so, in pages and with the error codes of Kafka. Method:
// requests to a broker in memory whose state the test knows.
#include "broker/wire/messages_cluster.h"
#include "broker/wire/messages_leader_epoch.h"
#include "broker/wire/messages_log_dirs.h"
#include "broker/wire/messages_topic_partitions.h"
#include "tests/broker/server/requests.h"

namespace faultline::server {
namespace {

class Describing : public BrokerTest {
 protected:
  void SetUp() override { start(); }

  using EpochAnswer = wire::OffsetForLeaderEpochResponse::Topic::Partition;
  EpochAnswer end_of(LeaderEpoch epoch, LeaderEpoch current = -1, const std::string& topic = "t") {
    wire::OffsetForLeaderEpochRequest request;
    auto& wanted = request.topics.emplace_back();
    wanted.topic = topic;
    wanted.partitions.push_back({0, current, epoch});
    return client_->call(4, request).topics.at(0).partitions.at(0);
  }
  static EpochAnswer ends(LeaderEpoch epoch, Offset offset) {
    return {KafkaError::kNone, 0, epoch, offset};
  }

  // "topic:partition" of all that one page holds, and where the next begins.
  struct Page {
    std::vector<std::string> partitions;
    std::string next;
    bool operator==(const Page&) const = default;
    friend void PrintTo(const Page& page, std::ostream* out) {
      *out << ::testing::PrintToString(page.partitions) << " then " << page.next;
    }
  };
  using PageRequest = wire::DescribeTopicPartitionsRequest;
  Page page(int32_t limit, const std::vector<std::string>& topics = {},
            std::optional<PageRequest::Cursor> cursor = {}) {
    PageRequest request;
    for (const std::string& topic : topics) request.topics.push_back({topic});
    request.response_partition_limit = limit;
    request.cursor = std::move(cursor);
    const auto response = client_->call(0, request);
    Page result;
    for (const auto& topic : response.topics) {
      if (topic.error_code != KafkaError::kNone)
        result.partitions.push_back(*topic.name + "!" +
                                    std::to_string(static_cast<int>(topic.error_code)));
      for (const auto& partition : topic.partitions)
        result.partitions.push_back(*topic.name + ":" + std::to_string(partition.partition_index));
    }
    if (response.next_cursor)
      result.next = response.next_cursor->topic_name + ":" +
                    std::to_string(response.next_cursor->partition_index);
    return result;
  }

  wire::DescribeLogDirsResponse::Result log_dir(
      std::optional<std::vector<wire::DescribeLogDirsRequest::Topic>> topics = {}) {
    wire::DescribeLogDirsRequest request;
    request.topics = std::move(topics);
    const auto response = client_->call(4, request);
    EXPECT_EQ(response.error_code, KafkaError::kNone);
    EXPECT_EQ(response.results.size(), 1u);
    return response.results.at(0);
  }
};

TEST_F(Describing, an_epoch_ends_where_the_next_began) {
  make_topic("t");
  put("t", make_batch({"a", "b"}));
  EXPECT_EQ(end_of(0), ends(0, 2));
  kill_and_start();
  // Nothing is written in epoch 1 yet, and still it has begun.
  EXPECT_EQ(end_of(0), ends(0, 2));
  EXPECT_EQ(end_of(1), ends(1, 2));
  EXPECT_EQ(list("t", -1).leader_epoch, 1);
  kill_and_start();
  put("t", make_batch({"c"}));
  EXPECT_EQ(end_of(0), ends(0, 2));
  EXPECT_EQ(end_of(1), ends(0, 2)) << "nobody wrote in epoch 1";
  EXPECT_EQ(end_of(2), ends(2, 3));
  EXPECT_EQ(end_of(3), ends(-1, -1));
  EXPECT_EQ(end_of(-1), ends(-1, -1));
}

TEST_F(Describing, an_epoch_is_asked_for_with_the_right_leader_in_mind) {
  make_topic("t");
  kill_and_start();
  EXPECT_EQ(end_of(0, 0).error_code, KafkaError::kFencedLeaderEpoch);
  EXPECT_EQ(end_of(0, 2).error_code, KafkaError::kUnknownLeaderEpoch);
  EXPECT_EQ(end_of(0, 1).error_code, KafkaError::kNone);
  const EpochAnswer unknown = end_of(0, -1, "none");
  EXPECT_EQ(unknown.error_code, KafkaError::kUnknownTopicOrPartition);
  EXPECT_EQ(unknown.leader_epoch, -1);
  EXPECT_EQ(unknown.end_offset, -1);
}

TEST_F(Describing, a_cluster_is_its_brokers) {
  for (int version = 0; version <= 2; ++version) {
    wire::DescribeClusterRequest request;
    const auto response = client_->call(version, request);
    EXPECT_EQ(response.error_code, KafkaError::kNone);
    EXPECT_EQ(response.cluster_id, machine_.config.cluster_id);
    EXPECT_EQ(response.controller_id, 1);
    ASSERT_EQ(response.brokers.size(), 1u);
    EXPECT_EQ(response.brokers[0].broker_id, 1);
    EXPECT_EQ(response.brokers[0].host, "localhost");
    EXPECT_EQ(response.brokers[0].port, 9092);
    EXPECT_EQ(response.cluster_authorized_operations, INT32_MIN);
    request.include_cluster_authorized_operations = true;
    EXPECT_NE(client_->call(version, request).cluster_authorized_operations, INT32_MIN);
  }
}

TEST_F(Describing, there_is_no_endpoint_of_controllers) {
  wire::DescribeClusterRequest request;
  request.endpoint_type = 2;
  EXPECT_EQ(client_->call(1, request).error_code, KafkaError::kMismatchedEndpointType);
  request.endpoint_type = 3;
  const auto response = client_->call(2, request);
  EXPECT_EQ(response.error_code, KafkaError::kUnsupportedEndpointType);
  EXPECT_EQ(response.controller_id, -1);
  EXPECT_TRUE(response.brokers.empty());
}

TEST_F(Describing, topics_come_page_by_page) {
  make_topic("a", {}, 3);
  make_topic("b", {}, 2);
  make_topic("c");
  EXPECT_EQ(page(2000), (Page{{"a:0", "a:1", "a:2", "b:0", "b:1", "c:0"}, ""}));
  EXPECT_EQ(page(2), (Page{{"a:0", "a:1"}, "a:2"}));
  EXPECT_EQ(page(2, {}, {{"a", 2}}), (Page{{"a:2", "b:0"}, "b:1"}));
  EXPECT_EQ(page(2, {}, {{"b", 1}}), (Page{{"b:1", "c:0"}, ""}));
  EXPECT_EQ(page(3), (Page{{"a:0", "a:1", "a:2"}, "b:0"}));
  EXPECT_EQ(page(0), (Page{{"a:0"}, "a:1"})) << "a page is never empty";
  EXPECT_EQ(page(9, {"c", "a", "c"}), (Page{{"a:0", "a:1", "a:2", "c:0"}, ""}));
  // The cursor's topic was deleted meanwhile.
  EXPECT_EQ(page(9, {}, {{"aa", 1}}), (Page{{"b:0", "b:1", "c:0"}, ""}));
  EXPECT_EQ(page(9, {}, {{"c", 7}}), (Page{{}, ""}));
}

TEST_F(Describing, a_page_says_which_topics_are_unknown_or_illegal) {
  make_topic("a");
  EXPECT_EQ(page(9, {"a", "none", "!"}), (Page{{"!!17", "a:0", "none!3"}, ""}));
  // A cursor must be in the list, and must be possible.
  EXPECT_EQ(page(9, {"a"}, {{"b", 0}}), (Page{{"a!42"}, ""}));
  EXPECT_EQ(page(9, {"a"}, {{"a", -1}}), (Page{{"a!42"}, ""}));
}

TEST_F(Describing, a_page_is_limited_by_the_broker_too) {
  client_.reset();
  machine_.stop();
  machine_.config.configs["max.request.partition.size.limit"] = "2";
  start();
  make_topic("a", {}, 3);
  EXPECT_EQ(page(2000), (Page{{"a:0", "a:1"}, "a:2"}));
}

TEST_F(Describing, the_log_directory_tells_the_sizes_of_partitions) {
  machine_.config.log_dir_path = "/data/kafka";
  kill_and_start();
  make_topic("a", {}, 2);
  make_topic("b");
  EXPECT_EQ(log_dir().topics.size(), 2u);
  const Slice batch = make_batch({"x", "y"});
  put("a", batch);
  const auto all = log_dir();
  EXPECT_EQ(all.log_dir, "/data/kafka");
  EXPECT_EQ(all.total_bytes, static_cast<int64_t>(machine_.disk.total_bytes()));
  EXPECT_EQ(all.usable_bytes, static_cast<int64_t>(machine_.disk.free_bytes()));
  ASSERT_EQ(all.topics.size(), 2u);
  ASSERT_EQ(all.topics[0].partitions.size(), 2u);
  EXPECT_EQ(all.topics[0].partitions[0].partition_size, static_cast<int64_t>(batch.size()));
  EXPECT_EQ(all.topics[0].partitions[0].offset_lag, 0);
  EXPECT_EQ(all.topics[0].partitions[1].partition_size, 0);
  const auto one = log_dir({{{"a", {1, 7}}, {"none", {0}}}});
  ASSERT_EQ(one.topics.size(), 1u);
  ASSERT_EQ(one.topics[0].partitions.size(), 1u);
  EXPECT_EQ(one.topics[0].partitions[0].partition_index, 1);
}

}  // namespace
}  // namespace faultline::server
