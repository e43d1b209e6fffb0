// SPDX-License-Identifier: Apache-2.0
// Goal: what is produced is fetched, in Kafka's terms, across restarts too. Method: a broker on
// ports in memory, spoken to in bytes.
#include "tests/broker/server/requests.h"

namespace faultline::server {
namespace {

class ProduceFetch : public BrokerTest {
 protected:
  void SetUp() override { start(); }
};

TEST_F(ProduceFetch, what_is_produced_is_fetched) {
  make_topic("t");
  const auto first = put("t", make_batch({"a", "b"}));
  EXPECT_EQ(first.error_code, KafkaError::kNone);
  EXPECT_EQ(first.base_offset, 0);
  EXPECT_EQ(put("t", make_batch({"c"})).base_offset, 2);
  const auto all = get("t", 0);
  EXPECT_EQ(all.error_code, KafkaError::kNone);
  EXPECT_EQ(all.high_watermark, 3);
  EXPECT_EQ(values_in(*all.records), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(values_in(*get("t", 2).records), std::vector<std::string>{"c"});
}

TEST_F(ProduceFetch, records_survive_a_kill_and_an_orderly_stop) {
  make_topic("t");
  put("t", make_batch({"a"}));
  kill_and_start();
  EXPECT_EQ(values_in(*get("t", 0).records), std::vector<std::string>{"a"});
  put("t", make_batch({"b"}));
  client_.reset();
  machine_.stop();
  EXPECT_TRUE(machine_.ended_result->has_value());
  start();
  EXPECT_TRUE(machine_.probe.all<BrokerStarted>().back().was_clean);
  EXPECT_EQ(values_in(*get("t", 0).records), (std::vector<std::string>{"a", "b"}));
}

TEST_F(ProduceFetch, every_version_is_served) {
  make_topic("t");
  for (int version = 3; version <= 12; ++version)
    EXPECT_EQ(put("t", make_batch({"v" + std::to_string(version)}), version).base_offset,
              version - 3);
  for (int version = 4; version <= 12; ++version) {
    const auto answer = only(client_->call(version, fetch_request("t", 9)));
    EXPECT_EQ(values_in(*answer.records), std::vector<std::string>{"v12"}) << version;
  }
  const auto metadata = client_->call(13, metadata_request("t"));
  const Uuid id = metadata.topics.at(0).topic_id;
  wire::ProduceRequest produce = produce_request("", make_batch({"by id"}));
  produce.topic_data[0].topic_id = id;
  EXPECT_EQ(only(client_->call(13, produce)).base_offset, 10);
  wire::FetchRequest fetch = fetch_request("", 10);
  fetch.topics[0].topic_id = id;
  for (int version = 13; version <= 18; ++version)
    EXPECT_EQ(values_in(*only(client_->call(version, fetch)).records),
              std::vector<std::string>{"by id"})
        << version;
  fetch.topics[0].topic_id = Uuid::from_words(1, 1);
  EXPECT_EQ(only(client_->call(13, fetch)).error_code, KafkaError::kUnknownTopicId);
  produce.topic_data[0].topic_id = Uuid::from_words(1, 1);
  EXPECT_EQ(only(client_->call(13, produce)).error_code, KafkaError::kUnknownTopicId);
}

// --- Produce ---

TEST_F(ProduceFetch, an_ack_is_announced_with_its_promise) {
  make_topic("lazy");
  make_topic("careful", {{"flush.messages", "1"}});
  put("lazy", make_batch({"a", "b"}));
  put("careful", make_batch({"c"}));
  const auto acks = machine_.probe.all<history::BrokerAcked>();
  ASSERT_EQ(acks.size(), 2u);
  EXPECT_EQ(acks[0].topic, "lazy");
  EXPECT_EQ(acks[0].last_offset, 1);
  EXPECT_EQ(acks[0].acks, -1);
  EXPECT_FALSE(acks[0].promises_flush);
  EXPECT_TRUE(acks[1].promises_flush);
  // The promise was kept before it was given.
  const auto flushes = machine_.probe.all<history::LogFlushed>();
  const auto is_careful = [](const history::LogFlushed& event) { return event.topic == "careful"; };
  EXPECT_TRUE(std::any_of(flushes.begin(), flushes.end(), is_careful));
}

TEST_F(ProduceFetch, refuses_what_kafka_refuses) {
  make_topic("t", {{"max.message.bytes", "200"}});
  EXPECT_EQ(put("none", make_batch({"a"})).error_code, KafkaError::kUnknownTopicOrPartition);
  wire::ProduceRequest bad_acks = produce_request("t", make_batch({"a"}), 3);
  const Produced refused = only(client_->call(12, bad_acks));
  EXPECT_EQ(refused.error_code, KafkaError::kInvalidRequiredAcks);
  EXPECT_EQ(refused.base_offset, -1);
  EXPECT_EQ(put("t", make_batch({std::string(300, 'x')})).error_code, KafkaError::kMessageTooLarge);
  Buffer flipped;
  flipped.append(make_batch({"abc"}).view());
  flipped.data()[flipped.size() - 2] ^= 1;
  EXPECT_EQ(put("t", std::move(flipped).freeze()).error_code, KafkaError::kCorruptMessage);
  // Kafka finds no whole batch in it.
  EXPECT_EQ(put("t", Slice::copy_of("garbage")).error_code, KafkaError::kInvalidRecord);
  wire::BatchOptions transactional;
  transactional.producer_id = 5;
  transactional.producer_epoch = 0;
  transactional.base_sequence = 0;
  transactional.transactional = true;
  EXPECT_EQ(put("t", make_batch({"a"}, 1, transactional)).error_code, KafkaError::kInvalidTxnState);
  EXPECT_EQ(get("t", 0).high_watermark, 0);
  EXPECT_GE(machine_.probe.all<RequestRefused>().size(), 6u);
}

TEST_F(ProduceFetch, retries_of_an_idempotent_producer_are_recognised) {
  make_topic("t");
  wire::BatchOptions options;
  options.producer_id = 7;
  options.producer_epoch = 0;
  options.base_sequence = 0;
  const Slice first = make_batch({"a", "b"}, 1, options);
  EXPECT_EQ(put("t", first).base_offset, 0);
  options.base_sequence = 2;
  EXPECT_EQ(put("t", make_batch({"c"}, 1, options)).base_offset, 2);
  const Produced again = put("t", first);
  EXPECT_EQ(again.error_code, KafkaError::kNone);
  EXPECT_EQ(again.base_offset, 0);
  EXPECT_TRUE(machine_.probe.all<history::BrokerAcked>().back().is_duplicate);
  options.base_sequence = 9;
  EXPECT_EQ(put("t", make_batch({"d"}, 1, options)).error_code,
            KafkaError::kOutOfOrderSequenceNumber);
  options.producer_epoch = 1;
  options.base_sequence = 0;
  EXPECT_EQ(put("t", make_batch({"e"}, 1, options)).base_offset, 3);
  options.producer_epoch = 0;
  EXPECT_EQ(put("t", make_batch({"f"}, 1, options)).error_code, KafkaError::kInvalidProducerEpoch);
  EXPECT_EQ(get("t", 0).high_watermark, 4);
}

TEST_F(ProduceFetch, a_topic_may_demand_a_codec_and_the_brokers_time) {
  make_topic("packed", {{"compression.type", "lz4"}});
  make_topic("plain", {{"compression.type", "uncompressed"}});
  make_topic("timed", {{"message.timestamp.type", "LogAppendTime"}});
  wire::BatchOptions gzip;
  gzip.compression = wire::Compression::kGzip;
  gzip.producer_id = 4;
  gzip.producer_epoch = 0;
  gzip.base_sequence = 0;
  const std::vector<std::string> values = {"a", "b", "c"};
  for (const char* topic : {"packed", "plain", "timed"})
    ASSERT_EQ(put(topic, make_batch(values, 1000, gzip)).error_code, KafkaError::kNone);
  const std::map<std::string, wire::Compression> expected = {{"packed", wire::Compression::kLz4},
                                                             {"plain", wire::Compression::kNone},
                                                             {"timed", wire::Compression::kGzip}};
  for (const auto& [topic, codec] : expected) {
    const Fetched fetched = get(topic, 0);
    const wire::BatchView batch(fetched.records->view());
    EXPECT_EQ(batch.compression(), codec) << topic;
    EXPECT_EQ(batch.producer_id(), 4);
    EXPECT_EQ(batch.base_sequence(), 0);
    EXPECT_EQ(values_in(*fetched.records), values);
    const bool is_timed = topic == "timed";
    EXPECT_EQ(batch.max_timestamp(), is_timed ? machine_.clock.wall_now().to_ms() : 1002) << topic;
  }
  EXPECT_EQ(put("timed", make_batch({"d"})).log_append_time_ms, machine_.clock.wall_now().to_ms());
  EXPECT_EQ(put("plain", make_batch({"d"})).log_append_time_ms, -1);
}

TEST_F(ProduceFetch, acks_0_gets_no_answer_and_its_error_closes) {
  make_topic("t");
  client_->post(12, produce_request("t", make_batch({"a"}), 0));
  EXPECT_FALSE(client_->receive().has_value());
  EXPECT_EQ(get("t", 0).high_watermark, 1);
  EXPECT_TRUE(machine_.probe.all<history::BrokerAcked>().empty());
  client_->post(12, produce_request("none", make_batch({"a"}), 0));
  EXPECT_TRUE(client_->is_closed());
}

// Kafka asks for no more replicas in sync than there are: one node can serve such a topic.
TEST_F(ProduceFetch, min_insync_replicas_asks_for_no_more_than_there_are) {
  make_topic("t", {{"min.insync.replicas", "2"}});
  EXPECT_EQ(put("t", make_batch({"a"})).error_code, KafkaError::kNone);
  EXPECT_EQ(only(client_->call(12, produce_request("t", make_batch({"a"}), 1))).error_code,
            KafkaError::kNone);
}

}  // namespace
}  // namespace faultline::server
