// SPDX-License-Identifier: Apache-2.0
// Goal: configurations change as Kafka changes them, and what cannot change is refused with Kafka's
// code and sentence. Method: one example for each rule; what is written is applied to the image.
#include "broker/metadata/decide_alter_configs.h"

namespace faultline::metadata {
namespace {

using wire::KafkaError;
using enum ConfigOperation;
using Changes = std::vector<ConfigChange>;

constexpr auto kTopic = ConfigResourceType::kTopic;
constexpr auto kBroker = ConfigResourceType::kBroker;
const ConfigMap kBefore = {{"retention.ms", "1000"}, {"cleanup.policy", "delete"}};

MetadataImage cluster() {
  MetadataImage image;
  image.topics["t"].name = "t";
  image.topics["t"].id = Uuid::from_words(1, 1);
  image.topic_names[Uuid::from_words(1, 1)] = "t";
  image.configs[{kTopic, "t"}] = kBefore;
  return image;
}

// What is said of one resource, and what it is configured with afterwards.
struct Outcome {
  KafkaError error = KafkaError::kNone;
  std::string message;
  ConfigMap configs;
  size_t records = 0;
};

Outcome alter(const ConfigsToAlter& wanted, AlterMode mode = AlterMode::kIncremental,
              MetadataImage image = cluster()) {
  const AlterConfigsDecision decision = decide_alter_configs({wanted}, mode, 1, image);
  const AlteredConfigs& answer = decision.resources.at(0);
  EXPECT_EQ(answer.resource, (ConfigResource{wanted.type, wanted.name}));
  EXPECT_EQ(answer.error == KafkaError::kNone, !answer.message.has_value());
  for (const MetadataRecord& record : decision.records) {
    EXPECT_EQ(answer.error, KafkaError::kNone) << "refused, and yet written";
    image = *apply(std::move(image), record);
  }
  return {answer.error, answer.message.value_or(""), image.configs_of(answer.resource),
          decision.records.size()};
}

Outcome alter_topic(Changes changes) { return alter({kTopic, "t", std::move(changes)}); }
Outcome alter_broker(const std::string& name, Changes changes) {
  return alter({kBroker, name, std::move(changes)});
}

TEST(DecideAlterConfigs, sets_and_deletes_what_is_named_and_nothing_else) {
  const Outcome set = alter_topic({{"flush.ms", "7", kSet}, {"retention.ms", {}, kDelete}});
  EXPECT_EQ(set.error, KafkaError::kNone) << set.message;
  EXPECT_EQ(set.configs, (ConfigMap{{"cleanup.policy", "delete"}, {"flush.ms", "7"}}));
  EXPECT_EQ(alter_topic({{"flush.ms", {}, kDelete}}).configs, kBefore);
}

TEST(DecideAlterConfigs, what_is_so_already_is_not_written_again) {
  EXPECT_EQ(alter_topic({{"retention.ms", "1000", kSet}}).records, 0u);
  EXPECT_EQ(alter_topic({{"retention.ms", "1001", kSet}}).records, 1u);
}

TEST(DecideAlterConfigs, lists_grow_and_shrink_by_words) {
  const auto policy = [](const Outcome& outcome) { return outcome.configs.at("cleanup.policy"); };
  EXPECT_EQ(policy(alter_topic({{"cleanup.policy", "compact", kAppend}})), "delete,compact");
  EXPECT_EQ(policy(alter_topic({{"cleanup.policy", "delete", kAppend}})), "delete");
  EXPECT_EQ(policy(alter_topic({{"cleanup.policy", "delete,compact", kSubtract}})), "");
  // What was not set begins as its default.
  MetadataImage image = cluster();
  image.configs.clear();
  const Outcome grown = alter({kTopic, "t", {{"cleanup.policy", "compact", kAppend}}},
                              AlterMode::kIncremental, image);
  EXPECT_EQ(policy(grown), "delete,compact");
  for (ConfigOperation operation : {kAppend, kSubtract}) {
    EXPECT_EQ(alter_topic({{"retention.ms", "1", operation}}).error, KafkaError::kInvalidConfig);
    EXPECT_EQ(alter_topic({{"no.such", "1", operation}}).error, KafkaError::kInvalidConfig);
  }
}

TEST(DecideAlterConfigs, the_old_way_forgets_what_it_does_not_name) {
  const Outcome replaced = alter({kTopic, "t", {{"flush.ms", "7", kSet}}}, AlterMode::kReplace);
  EXPECT_EQ(replaced.configs, (ConfigMap{{"flush.ms", "7"}}));
  EXPECT_EQ(alter({kTopic, "t", {}}, AlterMode::kReplace).configs, ConfigMap{});
  EXPECT_EQ(alter({kTopic, "t", {}}).configs, kBefore);
}

TEST(DecideAlterConfigs, topics_are_checked) {
  EXPECT_EQ(alter_topic({{"retention.ms", "soon", kSet}}).error, KafkaError::kInvalidConfig);
  EXPECT_EQ(alter_topic({{"no.such", "1", kSet}}).message, "Unknown topic config name: no.such");
  EXPECT_EQ(alter({kTopic, "none", {{"flush.ms", "1", kSet}}}).error,
            KafkaError::kUnknownTopicOrPartition);
  EXPECT_EQ(alter({kTopic, "none", {{"flush.ms", "x", kSet}}}).error, KafkaError::kInvalidConfig);
  EXPECT_EQ(alter({kTopic, "a/b", {}}).error, KafkaError::kInvalidTopicException);
  EXPECT_EQ(alter({kTopic, "", {}}).error, KafkaError::kInvalidRequest);
}

TEST(DecideAlterConfigs, the_form_of_a_request_is_checked) {
  EXPECT_EQ(alter_topic({{"flush.ms", "1", kSet}, {"flush.ms", "2", kSet}}).message,
            "Error due to duplicate config keys");
  const Outcome empty = alter_topic({{"flush.ms", {}, kSet}, {"retention.ms", {}, kAppend}});
  EXPECT_EQ(empty.error, KafkaError::kInvalidRequest);
  EXPECT_EQ(empty.message, "Null value not supported for : flush.ms, retention.ms");
  for (int8_t operation : {int8_t{4}, int8_t{-1}})
    EXPECT_EQ(alter_topic({{"flush.ms", "1", ConfigOperation{operation}}}).error,
              KafkaError::kInvalidRequest);
  for (int8_t type : {int8_t{0}, int8_t{8}, int8_t{-3}})
    EXPECT_EQ(alter({ConfigResourceType{type}, "t", {}}).error, KafkaError::kInvalidRequest);
  const AlterConfigsDecision twice =
      decide_alter_configs({{kTopic, "t", {{"flush.ms", "1", kSet}}},
                            {kBroker, "", {}},
                            {kTopic, "t", {{"flush.ms", "2", kSet}}}},
                           AlterMode::kIncremental, 1, cluster());
  EXPECT_TRUE(twice.records.empty());
  EXPECT_EQ(twice.resources.at(0).error, KafkaError::kInvalidRequest);
  EXPECT_EQ(twice.resources.at(1).error, KafkaError::kNone);
  EXPECT_EQ(twice.resources.at(2).message, "Each resource must appear at most once.");
}

TEST(DecideAlterConfigs, a_broker_changes_itself_or_all_brokers) {
  for (const char* name : {"", "1"}) {
    const Outcome set = alter_broker(name, {{"message.max.bytes", "5000", kSet}});
    EXPECT_EQ(set.error, KafkaError::kNone) << set.message;
    EXPECT_EQ(set.configs, (ConfigMap{{"message.max.bytes", "5000"}}));
  }
  EXPECT_EQ(alter_broker("2", {}).message, "Unexpected broker id, expected 1, but received 2");
  EXPECT_EQ(alter_broker("x", {}).message, "Node id must be an integer, but it is: x");
}

TEST(DecideAlterConfigs, brokers_are_checked) {
  const Outcome fixed = alter_broker("1", {{"num.partitions", "7", kSet}});
  EXPECT_EQ(fixed.error, KafkaError::kInvalidRequest);
  EXPECT_EQ(fixed.message, "Cannot update these configs dynamically: Set(num.partitions)");
  EXPECT_EQ(alter_broker("1", {{"message.max.bytes", "x", kSet}}).error,
            KafkaError::kInvalidRequest);
  EXPECT_EQ(alter_broker("", {{"message.max.bytes", "1", kAppend}}).error,
            KafkaError::kInvalidConfig);
  EXPECT_EQ(alter_broker("", {{"a.plugin.of.mine", "1", kSet}}).error, KafkaError::kNone);
}

}  // namespace
}  // namespace faultline::metadata
