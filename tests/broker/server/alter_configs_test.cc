// SPDX-License-Identifier: Apache-2.0
// Goal: a configuration that was changed holds from the answer on, on logs that are in use, and
// after a restart; and DescribeConfigs tells where it comes from. Method: requests to a broker in
// memory; the decisions themselves are tested in tests/broker/metadata.
#include "broker/wire/messages_change_configs.h"
#include "tests/broker/server/requests.h"

namespace faultline::server {
namespace {

constexpr int8_t kTopic = 2;
constexpr int8_t kBroker = 4;
constexpr int8_t kSet = 0;
constexpr int8_t kDelete = 1;

class AlterConfigs : public BrokerTest {
 protected:
  void SetUp() override {
    start();
    make_topic("t");
  }
  using Request = wire::IncrementalAlterConfigsRequest;
  static Request changing(int8_t type, const std::string& name, const std::string& config,
                          std::optional<std::string> value) {
    Request request;
    auto& resource = request.resources.emplace_back();
    resource.resource_type = type;
    resource.resource_name = name;
    resource.configs.push_back({config, value ? kSet : kDelete, value});
    return request;
  }
  KafkaError alter(int8_t type, const std::string& name, const std::string& config,
                   std::optional<std::string> value) {
    const auto response = client_->call(1, changing(type, name, config, std::move(value)));
    EXPECT_EQ(response.responses.at(0).resource_name, name);
    return response.responses.at(0).error_code;
  }
  // "value source", and the sources of all that could have said so.
  std::string told(int8_t type, const std::string& name, const std::string& config) {
    wire::DescribeConfigsRequest request;
    request.resources.push_back({type, name, std::vector<std::string>{config}});
    request.include_synonyms = true;
    const auto response = client_->call(4, request);
    const auto& configs = response.results.at(0).configs;
    if (configs.empty()) return "nothing";
    std::string text = configs[0].value.value_or("null") + " from " +
                       std::to_string(configs[0].config_source) + " of";
    for (const auto& synonym : configs[0].synonyms) text += " " + std::to_string(synonym.source);
    return text;
  }
  KafkaError put_large() { return put("t", make_batch({std::string(5000, 'x')})).error_code; }
};

TEST_F(AlterConfigs, a_topic_obeys_at_once_and_after_a_restart) {
  EXPECT_EQ(put_large(), KafkaError::kNone);
  EXPECT_EQ(alter(kTopic, "t", "max.message.bytes", "1000"), KafkaError::kNone);
  for (int restarts = 0; restarts < 2; ++restarts) {
    EXPECT_EQ(put_large(), KafkaError::kMessageTooLarge);
    EXPECT_EQ(told(kTopic, "t", "max.message.bytes"), "1000 from 1 of 1 5");
    kill_and_start();
  }
  EXPECT_EQ(alter(kTopic, "t", "max.message.bytes", std::nullopt), KafkaError::kNone);
  EXPECT_EQ(put_large(), KafkaError::kNone);
  EXPECT_EQ(told(kTopic, "t", "max.message.bytes"), "1048588 from 5 of 5");
}

TEST_F(AlterConfigs, a_log_in_use_changes_its_retention) {
  const int64_t now_ms = machine_.clock.wall_now().to_ms();
  put("t", make_batch({"a"}, now_ms));
  machine_.advance(seconds(301));
  EXPECT_EQ(list("t", -2).offset, 0);
  EXPECT_EQ(alter(kTopic, "t", "retention.ms", "1000"), KafkaError::kNone);
  machine_.advance(seconds(301));
  EXPECT_EQ(list("t", -2).offset, 1);
}

TEST_F(AlterConfigs, a_log_in_use_begins_to_flush) {
  const auto flushed = [this] { return machine_.probe.all<history::LogFlushed>().size(); };
  put("t", make_batch({"a"}));
  size_t before = flushed();
  put("t", make_batch({"a"}));
  EXPECT_EQ(flushed(), before);
  EXPECT_EQ(alter(kTopic, "t", "flush.messages", "1"), KafkaError::kNone);
  before = flushed();
  put("t", make_batch({"b"}));
  EXPECT_GT(flushed(), before);
}

TEST_F(AlterConfigs, batches_are_stored_with_the_codec_that_is_asked_for) {
  const auto stored = [this](Offset offset) {
    return wire::parse_batch(get("t", offset).records->view())->compression();
  };
  put("t", make_batch({"a"}));
  EXPECT_EQ(alter(kTopic, "t", "compression.type", "gzip"), KafkaError::kNone);
  put("t", make_batch({"b"}));
  EXPECT_EQ(stored(0), wire::Compression::kNone);
  EXPECT_EQ(stored(1), wire::Compression::kGzip);
}

TEST_F(AlterConfigs, all_topics_follow_their_broker_unless_they_know_better) {
  make_topic("own", {{"max.message.bytes", "900"}});
  EXPECT_EQ(alter(kBroker, "", "message.max.bytes", "1000"), KafkaError::kNone);
  EXPECT_EQ(put_large(), KafkaError::kMessageTooLarge);
  EXPECT_EQ(told(kTopic, "t", "max.message.bytes"), "1000 from 3 of 3 5");
  EXPECT_EQ(told(kTopic, "own", "max.message.bytes"), "900 from 1 of 1 3 5");
  EXPECT_EQ(told(kBroker, "", "message.max.bytes"), "1000 from 3 of 3");
  EXPECT_EQ(told(kBroker, "1", "message.max.bytes"), "1000 from 3 of 3 5");
  // What is said to one broker counts more.
  EXPECT_EQ(alter(kBroker, "1", "message.max.bytes", "9000"), KafkaError::kNone);
  for (int restarts = 0; restarts < 2; ++restarts) {
    EXPECT_EQ(put_large(), KafkaError::kNone);
    EXPECT_EQ(told(kBroker, "1", "message.max.bytes"), "9000 from 2 of 2 3 5");
    EXPECT_EQ(told(kBroker, "", "message.max.bytes"), "1000 from 3 of 3");
    kill_and_start();
  }
  EXPECT_EQ(alter(kBroker, "1", "message.max.bytes", std::nullopt), KafkaError::kNone);
  EXPECT_EQ(put_large(), KafkaError::kMessageTooLarge);
  const auto created = client_->call(7, create_request("later")).topics.at(0);
  for (const auto& config : *created.configs)
    if (config.name == "max.message.bytes") EXPECT_EQ(config.value, "1000");
}

TEST_F(AlterConfigs, what_is_set_before_the_start_counts_less) {
  client_.reset();
  machine_.stop();
  machine_.config.configs["message.max.bytes"] = "2000";
  start();
  EXPECT_EQ(told(kTopic, "t", "max.message.bytes"), "2000 from 4 of 4 5");
  EXPECT_EQ(put_large(), KafkaError::kMessageTooLarge);
  EXPECT_EQ(alter(kBroker, "", "message.max.bytes", "9000"), KafkaError::kNone);
  EXPECT_EQ(put_large(), KafkaError::kNone);
  EXPECT_EQ(told(kTopic, "t", "max.message.bytes"), "9000 from 3 of 3 4 5");
}

TEST_F(AlterConfigs, a_broker_takes_fewer_connections_from_now_on) {
  EXPECT_EQ(alter(kBroker, "1", "max.connections.per.ip", "1"), KafkaError::kNone);
  TestClient second(machine_);
  EXPECT_TRUE(second.is_closed());
}

TEST_F(AlterConfigs, changes_can_be_tried_out) {
  Request request = changing(kTopic, "t", "max.message.bytes", "1000");
  request.validate_only = true;
  EXPECT_EQ(client_->call(0, request).responses.at(0).error_code, KafkaError::kNone);
  EXPECT_EQ(put_large(), KafkaError::kNone);
  EXPECT_EQ(told(kTopic, "t", "max.message.bytes"), "1048588 from 5 of 5");
}

TEST_F(AlterConfigs, one_bad_resource_does_not_harm_the_others) {
  Request request = changing(kTopic, "none", "max.message.bytes", "1000");
  request.resources.push_back(changing(kTopic, "t", "max.message.bytes", "1000").resources[0]);
  request.resources.push_back(changing(kBroker, "1", "num.partitions", "2").resources[0]);
  const auto response = client_->call(1, request);
  ASSERT_EQ(response.responses.size(), 3u);
  EXPECT_EQ(response.responses[0].error_code, KafkaError::kUnknownTopicOrPartition);
  EXPECT_EQ(response.responses[1].error_code, KafkaError::kNone);
  EXPECT_EQ(response.responses[2].error_code, KafkaError::kInvalidRequest);
  EXPECT_EQ(put_large(), KafkaError::kMessageTooLarge);
}

TEST_F(AlterConfigs, the_old_way_replaces_all_that_was_set) {
  EXPECT_EQ(alter(kTopic, "t", "max.message.bytes", "1000"), KafkaError::kNone);
  wire::AlterConfigsRequest request;
  auto& resource = request.resources.emplace_back();
  resource.resource_type = kTopic;
  resource.resource_name = "t";
  resource.configs.push_back({"flush.ms", "500"});
  EXPECT_EQ(client_->call(2, request).responses.at(0).error_code, KafkaError::kNone);
  EXPECT_EQ(put_large(), KafkaError::kNone);
  EXPECT_EQ(told(kTopic, "t", "flush.ms"), "500 from 1 of 1");
  resource.configs.push_back({"flush.messages", std::nullopt});
  EXPECT_EQ(client_->call(0, request).responses.at(0).error_code, KafkaError::kInvalidRequest);
}

TEST_F(AlterConfigs, a_topic_that_is_made_again_begins_anew) {
  EXPECT_EQ(alter(kTopic, "t", "max.message.bytes", "1000"), KafkaError::kNone);
  wire::DeleteTopicsRequest request;
  request.topic_names = {"t"};
  client_->call(5, request);
  make_topic("t");
  EXPECT_EQ(put_large(), KafkaError::kNone);
}

}  // namespace
}  // namespace faultline::server
