// SPDX-License-Identifier: Apache-2.0
// Goal: folding metadata records gives the image that Kafka's controller would have, and refuses
// records that cannot follow. Method: short stories of records against hand-made images.
#include "broker/metadata/image.h"

namespace faultline::metadata {
namespace {

const Uuid kTopicId = Uuid::from_words(1, 2);
const Uuid kDirectory = Uuid::from_words(3, 4);

wire::RegisterBrokerRecord broker(int32_t id, int64_t epoch) {
  wire::RegisterBrokerRecord record;
  record.broker_id = id;
  record.broker_epoch = epoch;
  record.end_points.push_back({"PLAINTEXT", "host", 9092, 0});
  record.log_dirs.push_back(kDirectory);
  return record;
}

wire::PartitionRecord partition(int32_t index) {
  wire::PartitionRecord record;
  record.partition_id = index;
  record.topic_id = kTopicId;
  record.replicas = {1};
  record.isr = {1};
  record.leader = 1;
  record.leader_epoch = 0;
  record.partition_epoch = 0;
  record.directories = {kDirectory};
  return record;
}

wire::ConfigRecord topic_config(std::optional<std::string> value) {
  wire::ConfigRecord record;
  record.resource_type = 2;
  record.resource_name = "orders";
  record.name = "retention.ms";
  record.value = std::move(value);
  return record;
}

MetadataImage fold(std::vector<MetadataRecord> records) {
  MetadataImage image;
  for (const MetadataRecord& record : records) {
    Result<MetadataImage> next = apply(std::move(image), record);
    EXPECT_TRUE(next.has_value()) << next.error().to_string();
    image = std::move(*next);
  }
  return image;
}

TEST(ApplyMetadata, topic_and_partitions_are_found_by_name_and_id) {
  const MetadataImage image =
      fold({wire::TopicRecord{"orders", kTopicId}, partition(0), partition(1)});
  ASSERT_NE(image.find_topic("orders"), nullptr);
  EXPECT_EQ(image.find_topic("orders"), image.find_topic(kTopicId));
  EXPECT_EQ(image.find_topic("orders")->partitions.size(), 2u);
  ASSERT_NE(image.find_partition("orders", 1), nullptr);
  EXPECT_EQ(image.find_partition("orders", 1)->leader, 1);
  EXPECT_EQ(image.find_partition("orders", 2), nullptr);
  EXPECT_EQ(image.find_topic("other"), nullptr);
}

TEST(ApplyMetadata, removing_a_topic_takes_its_configs_too) {
  const MetadataImage image = fold({topic_config("5"), wire::TopicRecord{"orders", kTopicId},
                                    partition(0), wire::RemoveTopicRecord{kTopicId}});
  EXPECT_EQ(image, MetadataImage{});
}

TEST(ApplyMetadata, a_null_config_value_removes_the_config) {
  EXPECT_EQ(*fold({topic_config("5")})
                 .find_config({ConfigResourceType::kTopic, "orders"}, "retention.ms"),
            "5");
  EXPECT_EQ(fold({topic_config("5"), topic_config(std::nullopt)}), MetadataImage{});
}

TEST(ApplyMetadata, an_election_raises_leader_and_partition_epoch) {
  wire::PartitionChangeRecord change;
  change.partition_id = 0;
  change.topic_id = kTopicId;
  change.leader = -1;
  change.isr = std::vector<int32_t>{};
  wire::PartitionChangeRecord shrink = change;
  shrink.leader = -2;
  const MetadataImage image =
      fold({wire::TopicRecord{"orders", kTopicId}, partition(0), change, shrink});
  const PartitionImage& found = *image.find_partition("orders", 0);
  EXPECT_EQ(found.leader, -1);
  EXPECT_EQ(found.leader_epoch, 1);
  EXPECT_EQ(found.partition_epoch, 2);
  EXPECT_TRUE(found.isr.empty());
  EXPECT_EQ(found.replicas, std::vector<int32_t>{1});
}

TEST(ApplyMetadata, a_broker_is_fenced_until_a_change_says_otherwise) {
  wire::BrokerRegistrationChangeRecord change{1, 7, -1, 0, {}};
  EXPECT_TRUE(fold({broker(1, 7)}).brokers.at(1).is_fenced);
  EXPECT_FALSE(fold({broker(1, 7), change}).brokers.at(1).is_fenced);
  EXPECT_TRUE(fold({broker(1, 7), wire::UnregisterBrokerRecord{1, 7}}).brokers.empty());
}

TEST(ApplyMetadata, records_that_cannot_follow_are_corrupt) {
  const std::vector<MetadataRecord> topic = {wire::TopicRecord{"orders", kTopicId}, partition(0)};
  wire::PartitionChangeRecord change;
  change.topic_id = kTopicId;
  change.partition_id = 9;
  const std::vector<std::pair<std::vector<MetadataRecord>, MetadataRecord>> cases = {
      {{}, partition(0)},
      {{}, wire::RemoveTopicRecord{kTopicId}},
      {topic, wire::TopicRecord{"orders", Uuid::from_words(9, 9)}},
      {topic, wire::TopicRecord{"other", kTopicId}},
      {topic, change},
      {{}, wire::UnregisterBrokerRecord{1, 7}},
      {{broker(1, 7)}, wire::BrokerRegistrationChangeRecord{1, 8, -1, 0, {}}},
      {{wire::ProducerIdsRecord{1, 7, 1000}}, wire::ProducerIdsRecord{1, 7, 500}},
  };
  for (const auto& [before, record] : cases) {
    const Result<MetadataImage> next = apply(fold(before), record);
    ASSERT_FALSE(next.has_value());
    EXPECT_EQ(next.error().code, ErrorCode::kCorrupt);
  }
}

}  // namespace
}  // namespace faultline::metadata
