// SPDX-License-Identifier: Apache-2.0
// Goal: what a broker does by itself happens when it is due: flushes by time, retention,
// checkpoints. Method: a broker in memory whose clock the test moves; its events and files tell.
#include "tests/broker/server/requests.h"

namespace faultline::server {
namespace {

class Background : public BrokerTest {
 protected:
  std::string file(const std::string& path) {
    const testing::ByteVector bytes = machine_.disk.contents(path);
    return std::string(bytes.begin(), bytes.end());
  }
  bool is_flushed(const std::string& topic) {
    for (const history::LogFlushed& event : machine_.probe.all<history::LogFlushed>())
      if (event.topic == topic && event.end_offset > 0) return true;
    return false;
  }
};

TEST_F(Background, logs_are_flushed_when_flush_ms_has_passed) {
  machine_.config.configs["log.flush.scheduler.interval.ms"] = "100";
  start();
  make_topic("soon", {{"flush.ms", "1000"}});
  make_topic("never");
  put("soon", make_batch({"a"}));
  put("never", make_batch({"a"}));
  machine_.advance(milliseconds(900));
  EXPECT_FALSE(is_flushed("soon"));
  machine_.advance(milliseconds(300));
  EXPECT_TRUE(is_flushed("soon"));
}

TEST_F(Background, checkpoints_are_written_when_they_are_due) {
  start();
  make_topic("t");
  put("t", make_batch({"a", "b"}));
  machine_.advance(seconds(6));
  EXPECT_NE(file("kafka/replication-offset-checkpoint").find("t 0 2"), std::string::npos);
  machine_.advance(seconds(60));
  EXPECT_NE(file("kafka/recovery-point-offset-checkpoint").find("t 0 "), std::string::npos);
}

TEST_F(Background, old_segments_are_deleted_by_retention) {
  start();
  make_topic("t", {{"retention.ms", "60000"}, {"internal.segment.bytes", "200"}});
  const int64_t now_ms = machine_.clock.wall_now().to_ms();
  for (int i = 0; i < 5; ++i) put("t", make_batch({std::string(100, 'x')}, now_ms));
  EXPECT_EQ(list("t", -2).offset, 0);
  machine_.advance(seconds(301));
  EXPECT_GT(list("t", -2).offset, 0);
  EXPECT_EQ(list("t", -1).offset, 5);
  EXPECT_EQ(get("t", 0).error_code, KafkaError::kOffsetOutOfRange);
  // Metadata is no data that ages.
  EXPECT_EQ(client_->call(13, metadata_request("t")).topics.at(0).error_code, KafkaError::kNone);
  kill_and_start();
  EXPECT_EQ(client_->call(13, metadata_request("t")).topics.at(0).error_code, KafkaError::kNone);
}

TEST_F(Background, a_configured_topic_overrides_the_broker_and_the_broker_the_default) {
  const StaticConfigs configs = {{"log.flush.interval.messages", "7"},
                                 {"log.retention.hours", "2"},
                                 {"message.max.bytes", "5000"},
                                 {"compression.type", "zstd"}};
  metadata::MetadataImage image;
  image.configs[{metadata::ConfigResourceType::kTopic, "t"}] = {
      {"flush.messages", "1"}, {"cleanup.policy", "compact"}, {"compression.type", "producer"}};
  const TopicSettings own = topic_settings("t", image, configs);
  EXPECT_EQ(own.log.flush_messages, 1);
  EXPECT_TRUE(own.is_compacted);
  EXPECT_FALSE(own.log.delete_by_retention);
  EXPECT_FALSE(own.compression.has_value());
  const TopicSettings other = topic_settings("other", image, configs);
  EXPECT_EQ(other.log.flush_messages, 7);
  EXPECT_EQ(other.log.retention_ms, 2 * 3600 * 1000);
  EXPECT_EQ(other.message_bytes_max, 5000u);
  EXPECT_EQ(other.compression, wire::Compression::kZstd);
  EXPECT_EQ(topic_settings("t", {}, {}).log.flush_messages, INT64_MAX);
}

}  // namespace
}  // namespace faultline::server
