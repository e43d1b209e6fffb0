// SPDX-License-Identifier: Apache-2.0
// Goal: Fetch and ListOffsets answer what Kafka answers: limits, long polls, epochs, times. Method:
// a broker on ports in memory; time moves only when the test says so.
#include "tests/broker/server/requests.h"

namespace faultline::server {
namespace {

class Fetching : public BrokerTest {
 protected:
  void SetUp() override {
    start();
    make_topic("t");
  }
  Fetched fetch(const wire::FetchRequest& request) { return only(client_->call(12, request)); }
};

TEST_F(Fetching, offsets_outside_of_the_log_are_out_of_range) {
  put("t", make_batch({"a"}));
  EXPECT_EQ(get("t", 1).error_code, KafkaError::kNone);
  EXPECT_TRUE(get("t", 1).records->empty());
  for (int64_t offset : {int64_t{2}, int64_t{-1}, INT64_MAX, INT64_MIN}) {
    const Fetched answer = get("t", offset);
    EXPECT_EQ(answer.error_code, KafkaError::kOffsetOutOfRange) << offset;
    EXPECT_EQ(answer.high_watermark, -1);
  }
  EXPECT_EQ(get("none", 0).error_code, KafkaError::kUnknownTopicOrPartition);
}

TEST_F(Fetching, the_first_batch_comes_whatever_its_size_and_then_limits_hold) {
  for (int i = 0; i < 4; ++i) put("t", make_batch({std::string(1000, 'x')}));
  wire::FetchRequest request = fetch_request("t", 0);
  request.topics[0].partitions[0].partition_max_bytes = 1;
  EXPECT_EQ(values_in(*fetch(request).records).size(), 1u);
  request.topics[0].partitions[0].partition_max_bytes = 2500;
  EXPECT_EQ(values_in(*fetch(request).records).size(), 2u);
  request.topics[0].partitions[0].partition_max_bytes = 1 << 20;
  request.max_bytes = 3500;
  EXPECT_EQ(values_in(*fetch(request).records).size(), 3u);
  request.max_bytes = 0;
  EXPECT_EQ(values_in(*fetch(request).records).size(), 1u);
}

TEST_F(Fetching, a_second_partition_gets_what_the_first_left) {
  make_topic("two");
  for (int i = 0; i < 2; ++i) {
    put("t", make_batch({std::string(1000, 'x')}));
    put("two", make_batch({std::string(1000, 'y')}));
  }
  wire::FetchRequest request = fetch_request("t", 0);
  request.topics.push_back(fetch_request("two", 0).topics[0]);
  request.max_bytes = 1500;
  const auto response = client_->call(12, request);
  EXPECT_EQ(values_in(*response.responses[0].partitions[0].records).size(), 1u);
  EXPECT_TRUE(response.responses[1].partitions[0].records->empty());
}

TEST_F(Fetching, a_long_poll_ends_with_an_append) {
  client_->post(12, fetch_request("t", 0, 500));
  EXPECT_FALSE(client_->receive().has_value());
  TestClient producer(machine_);
  producer.call(12, produce_request("t", make_batch({"a"})));
  const auto response = client_->take<wire::FetchRequest>(12);
  EXPECT_EQ(values_in(*only(response).records), std::vector<std::string>{"a"});
}

TEST_F(Fetching, a_long_poll_ends_with_its_time) {
  client_->post(12, fetch_request("t", 0, 500));
  machine_.advance(milliseconds(499));
  EXPECT_FALSE(client_->receive().has_value());
  machine_.advance(milliseconds(1));
  const auto response = client_->take<wire::FetchRequest>(12);
  EXPECT_EQ(only(response).error_code, KafkaError::kNone);
  EXPECT_TRUE(only(response).records->empty());
}

TEST_F(Fetching, a_long_poll_waits_for_min_bytes) {
  wire::FetchRequest request = fetch_request("t", 0, 500);
  request.min_bytes = 500;
  client_->post(12, request);
  TestClient producer(machine_);
  producer.call(12, produce_request("t", make_batch({std::string(300, 'x')})));
  EXPECT_FALSE(client_->receive().has_value());
  producer.call(12, produce_request("t", make_batch({std::string(300, 'x')})));
  EXPECT_EQ(values_in(*only(client_->take<wire::FetchRequest>(12)).records).size(), 2u);
}

TEST_F(Fetching, a_long_poll_ends_when_its_topic_is_deleted_or_the_broker_stops) {
  client_->post(12, fetch_request("t", 0, 60'000));
  TestClient admin(machine_);
  wire::DeleteTopicsRequest request;
  request.topic_names = {"t"};
  EXPECT_EQ(admin.call(5, request).responses.at(0).error_code, KafkaError::kNone);
  EXPECT_EQ(only(client_->take<wire::FetchRequest>(12)).error_code,
            KafkaError::kUnknownTopicOrPartition);
  make_topic("t");
  client_->post(12, fetch_request("t", 0, 60'000));
  machine_.stop();
  EXPECT_EQ(only(client_->take<wire::FetchRequest>(12)).error_code, KafkaError::kNone);
  EXPECT_TRUE(client_->is_closed());
}

TEST_F(Fetching, leader_epochs_fence_and_reveal_truncation) {
  put("t", make_batch({"a"}));
  kill_and_start();
  put("t", make_batch({"b"}));
  wire::FetchRequest request = fetch_request("t", 0);
  auto& partition = request.topics[0].partitions[0];
  partition.current_leader_epoch = 0;
  const Fetched fenced = fetch(request);
  EXPECT_EQ(fenced.error_code, KafkaError::kFencedLeaderEpoch);
  EXPECT_EQ(fenced.current_leader.leader_epoch, 1);
  partition.current_leader_epoch = 2;
  EXPECT_EQ(fetch(request).error_code, KafkaError::kUnknownLeaderEpoch);
  partition.current_leader_epoch = 1;
  EXPECT_EQ(fetch(request).error_code, KafkaError::kNone);
  // The client had read further in epoch 0 than that epoch lasted.
  partition.fetch_offset = 2;
  partition.last_fetched_epoch = 0;
  const Fetched diverging = fetch(request);
  EXPECT_EQ(diverging.error_code, KafkaError::kNone);
  EXPECT_EQ(diverging.diverging_epoch.epoch, 0);
  EXPECT_EQ(diverging.diverging_epoch.end_offset, 1);
  EXPECT_TRUE(diverging.records->empty());
}

TEST_F(Fetching, a_session_names_only_what_is_new) {
  make_topic("two");
  put("t", make_batch({"a"}));
  wire::FetchRequest request = fetch_request("t", 0);
  request.topics.push_back(fetch_request("two", 0).topics[0]);
  request.session_epoch = 0;
  const auto full = client_->call(12, request);
  EXPECT_EQ(full.responses.size(), 2u);
  ASSERT_GT(full.session_id, 0);
  wire::FetchRequest next;
  next.session_id = full.session_id;
  next.session_epoch = 1;
  next.min_bytes = 1;
  next.topics.push_back(fetch_request("t", 1).topics[0]);
  const auto nothing = client_->call(12, next);
  EXPECT_EQ(nothing.session_id, full.session_id);
  EXPECT_TRUE(nothing.responses.empty());
  put("two", make_batch({"b"}));
  next.topics.clear();
  next.session_epoch = 2;
  const auto news = client_->call(12, next);
  ASSERT_EQ(news.responses.size(), 1u);
  EXPECT_EQ(news.responses[0].topic, "two");
  EXPECT_EQ(values_in(*only(news).records), std::vector<std::string>{"b"});
}

TEST_F(Fetching, a_session_waits_as_any_fetch) {
  wire::FetchRequest request = fetch_request("t", 0);
  request.session_epoch = 0;
  const int32_t id = client_->call(12, request).session_id;
  wire::FetchRequest next;
  next.session_id = id;
  next.session_epoch = 1;
  next.min_bytes = 1;
  next.max_wait_ms = 500;
  client_->post(12, next);
  EXPECT_FALSE(client_->receive().has_value());
  TestClient producer(machine_);
  producer.call(12, produce_request("t", make_batch({"a"})));
  const auto response = client_->take<wire::FetchRequest>(12);
  EXPECT_EQ(values_in(*only(response).records), std::vector<std::string>{"a"});
}

TEST_F(Fetching, a_session_tells_that_its_topic_is_gone) {
  const Uuid id = client_->call(13, metadata_request("t")).topics.at(0).topic_id;
  wire::FetchRequest request = fetch_request("", 0);
  request.topics[0].topic_id = id;
  request.session_epoch = 0;
  const auto full = client_->call(17, request);
  EXPECT_EQ(only(full).error_code, KafkaError::kNone);
  wire::DeleteTopicsRequest removal;
  removal.topic_names = {"t"};
  client_->call(5, removal);
  wire::FetchRequest next;
  next.session_id = full.session_id;
  for (int32_t epoch = 1; epoch <= 2; ++epoch) {
    next.session_epoch = epoch;
    const auto response = client_->call(17, next);
    EXPECT_EQ(response.error_code, KafkaError::kNone);
    EXPECT_EQ(response.responses.at(0).topic_id, id);
    EXPECT_EQ(only(response).error_code, KafkaError::kUnknownTopicId);
  }
  next.session_epoch = 3;
  EXPECT_EQ(client_->call(12, next).error_code, KafkaError::kFetchSessionTopicIdError);
}

TEST_F(Fetching, a_session_that_does_not_exist_is_told_at_once) {
  wire::FetchRequest request = fetch_request("t", 0, 60'000);
  request.session_id = 5;
  request.session_epoch = 1;
  EXPECT_EQ(client_->call(12, request).error_code, KafkaError::kFetchSessionIdNotFound);
  request.session_id = 0;
  request.session_epoch = 0;
  request.max_wait_ms = 0;
  const int32_t id = client_->call(12, request).session_id;
  request.session_id = id;
  request.session_epoch = 9;
  EXPECT_EQ(client_->call(12, request).error_code, KafkaError::kInvalidFetchSessionEpoch);
  request.session_epoch = 1;
  kill_and_start();
  EXPECT_EQ(client_->call(12, request).error_code, KafkaError::kFetchSessionIdNotFound);
}

TEST_F(Fetching, without_places_there_are_no_sessions) {
  client_.reset();
  machine_.stop();
  machine_.config.configs["max.incremental.fetch.session.cache.slots"] = "0";
  start();
  wire::FetchRequest request = fetch_request("t", 0);
  request.session_epoch = 0;
  const auto response = client_->call(12, request);
  EXPECT_EQ(response.session_id, 0);
  EXPECT_EQ(response.responses.size(), 1u);
}

TEST_F(Fetching, offsets_are_found_by_time) {
  put("t", make_batch({"a", "b"}, 1000));
  put("t", make_batch({"c", "d"}, 2000));
  EXPECT_EQ(list("t", -1).offset, 4);
  EXPECT_EQ(list("t", -1).timestamp, -1);
  EXPECT_EQ(list("t", -1).leader_epoch, 0);
  EXPECT_EQ(list("t", -2).offset, 0);
  EXPECT_EQ(list("t", -4).offset, 0);
  EXPECT_EQ(list("t", -5).offset, -1);
  EXPECT_EQ(list("t", -3).offset, 3);
  EXPECT_EQ(list("t", -3).timestamp, 2001);
  EXPECT_EQ(list("t", 0).offset, 0);
  EXPECT_EQ(list("t", 1001).offset, 1);
  EXPECT_EQ(list("t", 1500).offset, 2);
  EXPECT_EQ(list("t", 1500).timestamp, 2000);
  EXPECT_EQ(list("t", 2002).offset, -1);
  EXPECT_EQ(list("t", 2002).error_code, KafkaError::kNone);
  EXPECT_EQ(list("none", -1).error_code, KafkaError::kUnknownTopicOrPartition);
  EXPECT_EQ(list("t", -3, 6).error_code, KafkaError::kUnsupportedVersion);
  EXPECT_EQ(list("t", -9).error_code, KafkaError::kUnsupportedVersion);
}

TEST_F(Fetching, a_partition_listed_twice_is_an_invalid_request) {
  wire::ListOffsetsRequest request = list_request("t", -1);
  request.topics[0].partitions.push_back(request.topics[0].partitions[0]);
  const auto response = client_->call(9, request);
  ASSERT_EQ(response.topics[0].partitions.size(), 2u);
  for (const auto& entry : response.topics[0].partitions)
    EXPECT_EQ(entry.error_code, KafkaError::kInvalidRequest);
}

}  // namespace
}  // namespace faultline::server
