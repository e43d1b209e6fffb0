// SPDX-License-Identifier: Apache-2.0
// Goal: topics grow only upwards, by hand or round the brokers, with Kafka's codes and sentences.
// Method: one example for each rule on an image of three brokers; what is written is applied.
#include "broker/metadata/decide_create_partitions.h"

namespace faultline::metadata {
namespace {

using wire::KafkaError;
using Assignments = std::vector<std::vector<int32_t>>;

const Uuid kTopicId = Uuid::from_words(3, 4);

MetadataImage with(MetadataImage image, const std::vector<MetadataRecord>& records) {
  for (const MetadataRecord& record : records) {
    Result<MetadataImage> next = apply(std::move(image), record);
    EXPECT_TRUE(next.has_value()) << next.error().to_string();
    image = std::move(*next);
  }
  return image;
}

// Brokers 1 to 3, the last of them fenced, and a topic "t" of two partitions on two brokers.
MetadataImage cluster() {
  MetadataImage image;
  for (int32_t id = 1; id <= 3; ++id) {
    image.brokers[id].id = id;
    image.brokers[id].is_fenced = id == 3;
    image.brokers[id].log_dirs = {Uuid::from_words(7, static_cast<uint64_t>(id))};
  }
  std::vector<MetadataRecord> records;
  records.emplace_back(wire::TopicRecord{"t", kTopicId});
  for (int32_t index = 0; index < 2; ++index) {
    wire::PartitionRecord partition;
    partition.partition_id = index;
    partition.topic_id = kTopicId;
    partition.replicas = partition.isr = {1, 2};
    partition.leader = 1;
    records.emplace_back(partition);
  }
  return with(std::move(image), records);
}

GrownTopic grow(int32_t count, std::optional<Assignments> by_hand = {},
                const std::string& name = "t") {
  const CreatePartitionsDecision decision =
      decide_create_partitions({{name, count, std::move(by_hand)}}, cluster());
  EXPECT_EQ(decision.topics.size(), 1u);
  const GrownTopic& answer = decision.topics.front();
  EXPECT_EQ(answer.error == KafkaError::kNone, !decision.records.empty());
  return answer;
}

TEST(DecideCreatePartitions, new_partitions_have_as_many_replicas_as_the_old_ones) {
  const CreatePartitionsDecision decision =
      decide_create_partitions({{"t", 5, std::nullopt}}, cluster());
  EXPECT_EQ(decision.topics.at(0).error, KafkaError::kNone);
  EXPECT_FALSE(decision.topics[0].message.has_value());
  const MetadataImage image = with(cluster(), decision.records);
  const TopicImage& topic = *image.find_topic("t");
  ASSERT_EQ(topic.partitions.size(), 5u);
  std::set<int32_t> leaders;
  for (int32_t index = 2; index < 5; ++index) {
    const PartitionImage& partition = topic.partitions.at(index);
    EXPECT_EQ(partition.replicas.size(), 2u);
    EXPECT_EQ(partition.directories.size(), 2u);
    EXPECT_EQ(partition.isr, partition.replicas);
    EXPECT_EQ(partition.leader_epoch, 0);
    leaders.insert(partition.leader);
  }
  EXPECT_EQ(leaders, (std::set<int32_t>{1, 2})) << "broker 3 is fenced";
}

TEST(DecideCreatePartitions, new_partitions_go_where_they_are_put) {
  const CreatePartitionsDecision decision =
      decide_create_partitions({{"t", 4, Assignments{{2, 1}, {3, 2}}}}, cluster());
  const MetadataImage image = with(cluster(), decision.records);
  EXPECT_EQ(image.find_partition("t", 2)->replicas, (std::vector<int32_t>{2, 1}));
  EXPECT_EQ(image.find_partition("t", 2)->leader, 2);
  EXPECT_EQ(image.find_partition("t", 3)->replicas, (std::vector<int32_t>{3, 2}));
  EXPECT_EQ(image.find_partition("t", 3)->isr, std::vector<int32_t>{2});
  EXPECT_EQ(image.find_partition("t", 3)->leader, 2);
}

TEST(DecideCreatePartitions, a_topic_only_grows) {
  EXPECT_EQ(grow(2).error, KafkaError::kInvalidPartitions);
  EXPECT_EQ(grow(2).message, "Topic already has 2 partition(s).");
  EXPECT_EQ(grow(1).message,
            "The topic t currently has 2 partition(s); 1 would not be an increase.");
  for (int32_t count : {1, 0, -1, INT32_MIN})
    EXPECT_EQ(grow(count).error, KafkaError::kInvalidPartitions) << count;
  EXPECT_EQ(grow(9, {}, "none").error, KafkaError::kUnknownTopicOrPartition);
  EXPECT_FALSE(grow(9, {}, "none").message.has_value());
}

TEST(DecideCreatePartitions, too_much_at_once_is_refused_before_it_costs_anything) {
  EXPECT_EQ(grow(INT32_MAX).error, KafkaError::kPolicyViolation);
  EXPECT_EQ(grow(2 + kPartitionsPerRequestMax + 1).error, KafkaError::kPolicyViolation);
  EXPECT_EQ(grow(2 + kPartitionsPerRequestMax).error, KafkaError::kNone);
}

TEST(DecideCreatePartitions, bad_assignments_are_refused) {
  const std::vector<Assignments> bad = {{},    {{1, 2}, {1, 2}}, {{}}, {{1, 9}}, {{1, 1}},
                                        {{1}}, {{1, 2, 3}}};
  for (const Assignments& by_hand : bad)
    EXPECT_EQ(grow(3, by_hand).error, KafkaError::kInvalidReplicaAssignment)
        << ::testing::PrintToString(by_hand);
  EXPECT_EQ(grow(3, Assignments{}).message,
            "Attempted to add 1 additional partition(s), but only 0 assignment(s) were specified.");
}

TEST(DecideCreatePartitions, groups_must_stay_where_they_are) {
  MetadataImage image;
  image.brokers[1].id = 1;
  image.brokers[1].is_fenced = false;
  wire::PartitionRecord partition;
  partition.topic_id = kTopicId;
  partition.replicas = partition.isr = {1};
  partition.leader = 1;
  std::vector<MetadataRecord> records;
  records.emplace_back(wire::TopicRecord{"__consumer_offsets", kTopicId});
  records.emplace_back(partition);
  image = with(std::move(image), records);
  const auto decision = decide_create_partitions({{"__consumer_offsets", 2, {}}}, image);
  EXPECT_EQ(decision.topics.at(0).error, KafkaError::kInvalidPartitions);
  EXPECT_TRUE(decision.records.empty());
}

TEST(DecideCreatePartitions, a_topic_named_twice_is_answered_once) {
  const auto decision =
      decide_create_partitions({{"t", 3, {}}, {"none", 3, {}}, {"t", 4, {}}}, cluster());
  ASSERT_EQ(decision.topics.size(), 2u);
  EXPECT_EQ(decision.topics[0].error, KafkaError::kInvalidRequest);
  EXPECT_EQ(decision.topics[0].message, "Duplicate topic name.");
  EXPECT_EQ(decision.topics[1].error, KafkaError::kUnknownTopicOrPartition);
  EXPECT_TRUE(decision.records.empty());
}

}  // namespace
}  // namespace faultline::metadata
