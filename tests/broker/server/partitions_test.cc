// SPDX-License-Identifier: Apache-2.0
// Goal: partitions that are added can be used at once and after a restart, and records that are
// deleted stay away. Method: requests to a broker in memory that is killed and started again.
#include "broker/wire/messages_change_topics.h"
#include "broker/wire/messages_join_group.h"
#include "tests/broker/server/requests.h"

namespace faultline::server {
namespace {

class Partitions : public BrokerTest {
 protected:
  void SetUp() override { start(); }

  KafkaError grow(const std::string& topic, int32_t count, bool validate_only = false) {
    wire::CreatePartitionsRequest request;
    request.topics.push_back({topic, count, std::nullopt});
    request.validate_only = validate_only;
    return client_->call(3, request).results.at(0).error_code;
  }
  size_t partitions_of(const std::string& topic) {
    return client_->call(13, metadata_request(topic, false)).topics.at(0).partitions.size();
  }
  using Cut = wire::DeleteRecordsResponse::Topic::Partition;
  Cut cut(const std::string& topic, int64_t offset, int32_t index = 0) {
    wire::DeleteRecordsRequest request;
    auto& wanted = request.topics.emplace_back();
    wanted.name = topic;
    wanted.partitions.push_back({index, offset});
    return client_->call(2, request).topics.at(0).partitions.at(0);
  }
  static Cut cut_at(Offset offset) { return {0, offset, KafkaError::kNone}; }
  static Cut refused(KafkaError error, int32_t index = 0) { return {index, -1, error}; }
};

TEST_F(Partitions, a_new_partition_takes_records_at_once) {
  make_topic("t", {{"retention.ms", "-1"}});
  put("t", make_batch({"old"}));
  EXPECT_EQ(grow("t", 3), KafkaError::kNone);
  for (int restarts = 0; restarts < 2; ++restarts) {
    ASSERT_EQ(partitions_of("t"), 3u);
    wire::ProduceRequest request = produce_request("t", make_batch({"new"}));
    request.topic_data[0].partition_data[0].index = 2;
    const Produced produced = only(client_->call(12, request));
    EXPECT_EQ(produced.error_code, KafkaError::kNone);
    EXPECT_EQ(produced.base_offset, restarts);
    EXPECT_EQ(values_in(*get("t", 0).records), std::vector<std::string>{"old"});
    kill_and_start();
  }
  EXPECT_EQ(grow("t", 4), KafkaError::kNone);
  EXPECT_EQ(partitions_of("t"), 4u);
}

TEST_F(Partitions, growing_can_be_tried_out) {
  make_topic("t");
  EXPECT_EQ(grow("t", 3, true), KafkaError::kNone);
  EXPECT_EQ(grow("t", 1, true), KafkaError::kInvalidPartitions);
  EXPECT_EQ(partitions_of("t"), 1u);
}

TEST_F(Partitions, growing_is_refused_where_it_makes_no_sense) {
  make_topic("t", {}, 2);
  EXPECT_EQ(grow("t", 2), KafkaError::kInvalidPartitions);
  EXPECT_EQ(grow("t", -1), KafkaError::kInvalidPartitions);
  EXPECT_EQ(grow("t", INT32_MAX), KafkaError::kPolicyViolation);
  EXPECT_EQ(grow("none", 2), KafkaError::kUnknownTopicOrPartition);
  EXPECT_EQ(partitions_of("t"), 2u);
}

TEST_F(Partitions, a_long_poll_goes_on_while_its_topic_grows) {
  make_topic("t");
  client_->post(12, fetch_request("t", 0, 60'000));
  TestClient other(machine_);
  wire::CreatePartitionsRequest request;
  request.topics.push_back({"t", 2, std::nullopt});
  EXPECT_EQ(other.call(0, request).results.at(0).error_code, KafkaError::kNone);
  EXPECT_FALSE(client_->receive().has_value());
  other.call(12, produce_request("t", make_batch({"a"})));
  EXPECT_EQ(values_in(*only(client_->take<wire::FetchRequest>(12)).records).size(), 1u);
}

TEST_F(Partitions, deleted_records_cannot_be_read) {
  make_topic("t");
  for (const char* value : {"a", "b", "c", "d"}) put("t", make_batch({value}));
  EXPECT_EQ(cut("t", 2), cut_at(2));
  EXPECT_EQ(get("t", 1).error_code, KafkaError::kOffsetOutOfRange);
  EXPECT_EQ(values_in(*get("t", 2).records), (std::vector<std::string>{"c", "d"}));
  EXPECT_EQ(get("t", 2).log_start_offset, 2);
  EXPECT_EQ(list("t", -2).offset, 2);
  // It never goes back.
  EXPECT_EQ(cut("t", 1), cut_at(2));
  EXPECT_EQ(cut("t", -1), cut_at(4));
  EXPECT_EQ(put("t", make_batch({"e"})).base_offset, 4);
}

TEST_F(Partitions, deleting_records_is_refused_where_it_makes_no_sense) {
  make_topic("t");
  make_topic("compacted", {{"cleanup.policy", "compact"}});
  put("t", make_batch({"a"}));
  for (int64_t offset : {int64_t{2}, int64_t{-2}, INT64_MAX, INT64_MIN})
    EXPECT_EQ(cut("t", offset), refused(KafkaError::kOffsetOutOfRange)) << offset;
  EXPECT_EQ(cut("none", 0), refused(KafkaError::kUnknownTopicOrPartition));
  EXPECT_EQ(cut("t", 0, 1), refused(KafkaError::kUnknownTopicOrPartition, 1));
  EXPECT_EQ(cut("compacted", 0), refused(KafkaError::kPolicyViolation));
  client_->call(0, wire::FindCoordinatorRequest{});
  EXPECT_EQ(cut("__consumer_offsets", 0), refused(KafkaError::kInvalidTopicException));
  EXPECT_EQ(get("t", 0).error_code, KafkaError::kNone);
}

TEST_F(Partitions, deleted_records_stay_away_once_the_start_is_written_down) {
  make_topic("t");
  for (int i = 0; i < 4; ++i) put("t", make_batch({"x"}));
  EXPECT_EQ(cut("t", 3), cut_at(3));
  machine_.advance(seconds(61));
  kill_and_start();
  EXPECT_EQ(list("t", -2).offset, 3);
  EXPECT_EQ(get("t", 2).error_code, KafkaError::kOffsetOutOfRange);
  EXPECT_EQ(values_in(*get("t", 3).records).size(), 1u);
  // An orderly stop writes it down too.
  EXPECT_EQ(cut("t", 4), cut_at(4));
  client_.reset();
  machine_.stop();
  start();
  EXPECT_EQ(list("t", -2).offset, 4);
  EXPECT_EQ(put("t", make_batch({"y"})).base_offset, 4);
}

TEST_F(Partitions, segments_of_deleted_records_leave_the_disk) {
  make_topic("t", {{"internal.segment.bytes", "200"}, {"retention.ms", "-1"}});
  for (int i = 0; i < 5; ++i) put("t", make_batch({std::string(100, 'x')}));
  const std::string first = "kafka/t-0/00000000000000000000.log";
  EXPECT_TRUE(machine_.disk.exists(first));
  EXPECT_EQ(cut("t", 4), cut_at(4));
  machine_.advance(seconds(301));
  EXPECT_FALSE(machine_.disk.exists(first));
  EXPECT_EQ(list("t", -2).offset, 4);
  EXPECT_EQ(values_in(*get("t", 4).records).size(), 1u);
}

}  // namespace
}  // namespace faultline::server
