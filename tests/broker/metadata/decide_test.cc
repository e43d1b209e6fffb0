// SPDX-License-Identifier: Apache-2.0
// Goal: a controller's decisions carry Kafka's error codes, and what it writes folds into what it
// promised. Method: one example for each rule; a property that accepted topics appear in the image.
#include "broker/metadata/decide.h"

namespace faultline::metadata {
namespace {

using wire::KafkaError;

MetadataImage cluster(int32_t brokers) {
  MetadataImage image;
  for (int32_t id = 1; id <= brokers; ++id) {
    BrokerImage& broker = image.brokers[id];
    broker.id = id;
    broker.epoch = 10 + id;
    broker.is_fenced = false;
    broker.log_dirs = {Uuid::from_words(7, static_cast<uint64_t>(id))};
  }
  return image;
}

ControllerView view() {
  ControllerView view;
  view.partition_count_default = 3;
  for (uint64_t i = 1; i <= 50; ++i) view.topic_ids.push_back(Uuid::from_words(i, i));
  return view;
}

NewTopic topic(std::string name, int32_t partitions = 1, int16_t factor = 1) {
  NewTopic topic;
  topic.name = std::move(name);
  topic.partition_count = partitions;
  topic.replication_factor = factor;
  return topic;
}

NewTopic assigned(std::vector<Assignment> assignments) {
  NewTopic topic;
  topic.name = "t";
  topic.assignments = std::move(assignments);
  return topic;
}

MetadataImage with(MetadataImage image, const std::vector<MetadataRecord>& records) {
  for (const MetadataRecord& record : records) {
    Result<MetadataImage> next = apply(std::move(image), record);
    EXPECT_TRUE(next.has_value()) << next.error().to_string();
    image = std::move(*next);
  }
  return image;
}

KafkaError error_of(const NewTopic& topic, const MetadataImage& image = cluster(1)) {
  const CreateTopicsDecision decision = decide_create_topics({topic}, image, view());
  EXPECT_EQ(decision.topics.size(), 1u);
  const CreatedTopic& answer = decision.topics.front();
  EXPECT_EQ(answer.error == KafkaError::kNone, !decision.records.empty());
  EXPECT_EQ(answer.error == KafkaError::kNone, !answer.message.has_value());
  return answer.error;
}

TEST(DecideCreateTopics, refuses_bad_names) {
  EXPECT_EQ(error_of(topic("")), KafkaError::kInvalidTopicException);
  EXPECT_EQ(error_of(topic("a/b")), KafkaError::kInvalidTopicException);
  EXPECT_EQ(error_of(topic("__cluster_metadata")), KafkaError::kTopicAuthorizationFailed);
}

TEST(DecideCreateTopics, refuses_existing_and_colliding_topics) {
  const MetadataImage before = cluster(1);
  const MetadataImage image =
      with(before, decide_create_topics({topic("a.b")}, before, view()).records);
  EXPECT_EQ(error_of(topic("a.b"), image), KafkaError::kTopicAlreadyExists);
  EXPECT_EQ(error_of(topic("a_b"), image), KafkaError::kInvalidTopicException);
}

TEST(DecideCreateTopics, refuses_impossible_counts) {
  EXPECT_EQ(error_of(topic("t", 0)), KafkaError::kInvalidPartitions);
  EXPECT_EQ(error_of(topic("t", -2)), KafkaError::kInvalidPartitions);
  EXPECT_EQ(error_of(topic("t", 1, 0)), KafkaError::kInvalidReplicationFactor);
  EXPECT_EQ(error_of(topic("t", 1, -2)), KafkaError::kInvalidReplicationFactor);
  EXPECT_EQ(error_of(topic("t", 1, 2)), KafkaError::kInvalidReplicationFactor);
  EXPECT_EQ(error_of(topic("t", 1, 2), cluster(2)), KafkaError::kNone);
  EXPECT_EQ(error_of(topic("t"), MetadataImage{}), KafkaError::kInvalidReplicationFactor);
  EXPECT_EQ(error_of(topic("t", 10'001)), KafkaError::kPolicyViolation);
}

TEST(DecideCreateTopics, refuses_bad_assignments) {
  NewTopic counted = assigned({{0, {1}}});
  counted.partition_count = 1;
  EXPECT_EQ(error_of(counted), KafkaError::kInvalidRequest);
  counted = assigned({{0, {1}}});
  counted.replication_factor = 1;
  EXPECT_EQ(error_of(counted), KafkaError::kInvalidRequest);
  constexpr KafkaError kBad = KafkaError::kInvalidReplicaAssignment;
  EXPECT_EQ(error_of(assigned({{0, {}}})), kBad);
  EXPECT_EQ(error_of(assigned({{0, {9}}})), kBad);
  EXPECT_EQ(error_of(assigned({{0, {1, 1}}})), kBad);
  EXPECT_EQ(error_of(assigned({{0, {1}}, {0, {1}}})), kBad);
  EXPECT_EQ(error_of(assigned({{1, {1}}})), kBad);
  EXPECT_EQ(error_of(assigned({{0, {1}}, {1, {1, 2}}}), cluster(2)), kBad);
  MetadataImage fenced = cluster(1);
  fenced.brokers[1].is_fenced = true;
  EXPECT_EQ(error_of(assigned({{0, {1}}}), fenced), kBad);
  EXPECT_EQ(error_of(assigned({{1, {2, 1}}, {0, {1, 2}}}), cluster(2)), KafkaError::kNone);
}

TEST(DecideCreateTopics, refuses_bad_configs) {
  NewTopic bad = topic("t");
  bad.configs = {{"bad", "1"}};
  EXPECT_EQ(error_of(bad), KafkaError::kInvalidConfig);
  bad.configs = {{"retention.ms", "soon"}};
  EXPECT_EQ(error_of(bad), KafkaError::kInvalidConfig);
  bad.configs = {{"retention.ms", std::nullopt}};
  EXPECT_EQ(error_of(bad), KafkaError::kInvalidConfig);
  bad.configs = {{"retention.ms", "1"}};
  EXPECT_EQ(error_of(bad), KafkaError::kNone);
}

TEST(DecideCreateTopics, a_name_given_twice_is_refused_once) {
  const CreateTopicsDecision decision =
      decide_create_topics({topic("a"), topic("b"), topic("a")}, cluster(1), view());
  ASSERT_EQ(decision.topics.size(), 2u);
  EXPECT_EQ(decision.topics[0].name, "a");
  EXPECT_EQ(decision.topics[0].error, KafkaError::kInvalidRequest);
  EXPECT_EQ(decision.topics[1].error, KafkaError::kNone);
}

TEST(DecideCreateTopics, defaults_stand_in_for_minus_one) {
  const CreateTopicsDecision decision =
      decide_create_topics({topic("t", -1, -1)}, cluster(1), view());
  EXPECT_EQ(decision.topics[0].partition_count, 3);
  EXPECT_EQ(decision.topics[0].replication_factor, 1);
}

TEST(DecideCreateTopics, records_fold_into_what_was_promised) {
  NewTopic wanted = topic("t", 7, 2);
  wanted.configs = {{"retention.ms", "5"}};
  const MetadataImage before = cluster(3);
  const CreateTopicsDecision decision = decide_create_topics({wanted}, before, view());
  const MetadataImage image = with(before, decision.records);
  const TopicImage* found = image.find_topic("t");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->id, decision.topics[0].id);
  ASSERT_EQ(found->partitions.size(), 7u);
  std::map<int32_t, int> leads;
  for (const auto& [index, partition] : found->partitions) {
    EXPECT_EQ(partition.replicas.size(), 2u);
    EXPECT_NE(partition.replicas[0], partition.replicas[1]);
    EXPECT_EQ(partition.leader, partition.replicas[0]);
    EXPECT_EQ(partition.directories.size(), 2u);
    ++leads[partition.leader];
  }
  for (const auto& [id, count] : leads) EXPECT_LE(count, 3) << "broker " << id;
  EXPECT_EQ(*image.find_config({ConfigResourceType::kTopic, "t"}, "retention.ms"), "5");
}

TEST(DecideDeleteTopics, by_name_and_by_id) {
  const MetadataImage before = cluster(1);
  const MetadataImage image =
      with(before, decide_create_topics({topic("a"), topic("b")}, before, view()).records);
  const Uuid id = image.find_topic("b")->id;
  const DeleteTopicsDecision decision =
      decide_delete_topics({{"a", {}}, {std::nullopt, id}}, image);
  EXPECT_EQ(with(image, decision.records), before);
  EXPECT_EQ(decision.topics[1].name, "b");
}

TEST(DecideDeleteTopics, refuses_with_kafkas_codes) {
  const MetadataImage before = cluster(1);
  const MetadataImage image =
      with(before, decide_create_topics({topic("a")}, before, view()).records);
  const Uuid id = image.find_topic("a")->id;
  const DeleteTopicsDecision decision =
      decide_delete_topics({{"x", {}},
                            {std::nullopt, Uuid::from_words(9, 9)},
                            {"a", id},
                            {std::nullopt, {}},
                            {"a", {}},
                            {std::nullopt, id}},
                           image);
  const std::vector<KafkaError> expected = {KafkaError::kUnknownTopicOrPartition,
                                            KafkaError::kUnknownTopicId,
                                            KafkaError::kInvalidRequest,
                                            KafkaError::kInvalidRequest,
                                            KafkaError::kNone,
                                            KafkaError::kInvalidRequest};
  ASSERT_EQ(decision.topics.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(decision.topics[i].error, expected[i]) << i;
  EXPECT_EQ(decision.records.size(), 1u);
}

TEST(DecideProducerIds, blocks_never_overlap) {
  MetadataImage image = cluster(2);
  ProducerId end = 0;
  for (int32_t broker : {1, 2, 1}) {
    const Result<ProducerIdBlock> block = decide_producer_ids(broker, image);
    ASSERT_TRUE(block.has_value());
    EXPECT_EQ(block->first, end);
    EXPECT_EQ(block->record.broker_epoch, 10 + broker);
    image = with(std::move(image), {block->record});
    end = block->first + kProducerIdBlockSize;
  }
  EXPECT_FALSE(decide_producer_ids(9, image).has_value());
  image.next_producer_id = INT64_MAX - 10;
  EXPECT_FALSE(decide_producer_ids(1, image).has_value());
}

TEST(DecideBootstrap, is_written_once) {
  const std::vector<MetadataRecord> records = decide_bootstrap(MetadataImage{});
  EXPECT_FALSE(records.empty());
  EXPECT_TRUE(decide_bootstrap(with(MetadataImage{}, records)).empty());
}

TEST(Election, raises_the_epoch_by_one_and_above_what_the_log_knows) {
  MetadataImage image =
      with(cluster(1), decide_create_topics({topic("t")}, cluster(1), view()).records);
  const auto elect = [&](LeaderEpoch log_epoch) {
    const TopicImage& t = *image.find_topic("t");
    image = with(std::move(image), {decide_election(TopicImage(t), 0, 1, log_epoch)});
    return image.find_topic("t")->partitions.at(0);
  };
  const PartitionImage before = image.find_topic("t")->partitions.at(0);
  EXPECT_EQ(elect(-1).leader_epoch, before.leader_epoch + 1);
  EXPECT_EQ(elect(0).leader_epoch, before.leader_epoch + 2);
  // The records of three elections were lost with the end of the metadata.
  const PartitionImage after = elect(before.leader_epoch + 5);
  EXPECT_EQ(after.leader_epoch, before.leader_epoch + 6);
  EXPECT_EQ(after.partition_epoch, before.partition_epoch + 3);
  EXPECT_EQ(after.replicas, before.replicas);
  EXPECT_EQ(after.isr, before.isr);
  EXPECT_EQ(after.directories, before.directories);
  EXPECT_EQ(after.leader, 1);
  // What only rot can have written leads nowhere.
  EXPECT_EQ(elect(std::numeric_limits<LeaderEpoch>::max()).leader_epoch, before.leader_epoch + 7);
}

}  // namespace
}  // namespace faultline::metadata
