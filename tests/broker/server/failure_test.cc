// SPDX-License-Identifier: Apache-2.0
// Goal: errors of the disk end the broker as they end Kafka, no promise is given that the disk did
// not keep, and every moment of death is survived. Method: faults of the disk in memory at chosen
// operations, then a restart.
#include "tests/broker/server/requests.h"

namespace faultline::server {
namespace {

class Failures : public BrokerTest {
 protected:
  void SetUp() override { start(); }
};

TEST_F(Failures, a_failed_fsync_ends_the_broker_and_nothing_is_promised) {
  make_topic("t", {{"flush.messages", "1"}});
  put("t", make_batch({"a"}));
  machine_.disk.fail_sync_in(1);
  client_->post(12, produce_request("t", make_batch({"b"})));
  const auto answer = client_->take<wire::ProduceRequest>(12);
  EXPECT_EQ(only(answer).error_code, KafkaError::kKafkaStorageError);
  EXPECT_EQ(machine_.probe.all<history::BrokerAcked>().size(), 1u);
  EXPECT_EQ(machine_.probe.all<LogDirFailed>().size(), 1u);
  ASSERT_TRUE(machine_.ended_result.has_value());
  EXPECT_FALSE(machine_.ended_result->has_value());
  EXPECT_FALSE(machine_.probe.all<BrokerStopped>().back().is_clean);
  EXPECT_TRUE(client_->is_closed());
  kill_and_start();
  EXPECT_FALSE(machine_.probe.all<BrokerStarted>().back().was_clean);
  EXPECT_EQ(values_in(*get("t", 0).records).front(), "a");
}

TEST_F(Failures, a_full_disk_ends_the_broker_and_a_larger_one_serves_again) {
  make_topic("t");
  put("t", make_batch({"a"}));
  machine_.disk.set_capacity(4000);
  client_->post(12, produce_request("t", make_batch({std::string(5000, 'x')})));
  const auto answer = client_->take<wire::ProduceRequest>(12);
  EXPECT_EQ(only(answer).error_code, KafkaError::kKafkaStorageError);
  ASSERT_TRUE(machine_.ended_result.has_value());
  EXPECT_FALSE(machine_.ended_result->has_value());
  machine_.disk.set_capacity(1 << 30);
  kill_and_start();
  EXPECT_EQ(values_in(*get("t", 0).records), std::vector<std::string>{"a"});
  EXPECT_EQ(put("t", make_batch({"b"})).base_offset, 1);
}

TEST_F(Failures, a_locked_directory_is_refused) {
  TestMachine second;
  ASSERT_TRUE(second.boot());
  Broker intruder(second.env, second.config);
  const Result<void> started = run_to_completion(second.executor, intruder.start());
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, ErrorCode::kLocked);
}

TEST_F(Failures, bytes_that_rotted_in_the_metadata_log_are_noticed) {
  make_topic("t");
  client_.reset();
  machine_.stop();
  machine_.disk.flip_bit("kafka/__cluster_metadata-0/00000000000000000000.log", 75, 3);
  EXPECT_FALSE(machine_.boot());
  EXPECT_EQ(machine_.failure->code, ErrorCode::kCorrupt);
}

TEST_F(Failures, data_that_no_topic_claims_is_set_aside_and_kept) {
  make_topic("t");
  put("t", make_batch({"precious"}));
  client_.reset();
  machine_.stop();
  for (const std::string& path : machine_.disk.paths())
    if (path.find("__cluster_metadata") != std::string::npos) machine_.disk.erase(path);
  start();
  EXPECT_EQ(get("t", 0).error_code, KafkaError::kUnknownTopicOrPartition);
  const auto holds_it = [this](const std::string& path) {
    const testing::ByteVector bytes = machine_.disk.contents(path);
    const std::string text(bytes.begin(), bytes.end());
    return path.find("-stray/") != path.npos && text.find("precious") != text.npos;
  };
  const std::vector<std::string> paths = machine_.disk.paths();
  EXPECT_EQ(std::count_if(paths.begin(), paths.end(), holds_it), 1);
  make_topic("t");
  EXPECT_EQ(put("t", make_batch({"new"})).base_offset, 0);
  kill_and_start();
  EXPECT_EQ(values_in(*get("t", 0).records), std::vector<std::string>{"new"});
}

// One life of a broker: topics made, records written, one topic deleted. Says what was promised.
struct Promises {
  std::set<std::string> created;
  std::set<std::string> deleting;
  int records = 0;
};

void live(TestMachine& machine, Promises& promises) {
  TestClient client(machine);
  const auto make = [&](const std::string& name) {
    client.post(7, create_request(name, 2, {{"flush.messages", "1"}}));
    const auto answer = client.receive();
    if (answer) promises.created.insert(name);
  };
  make("a");
  make("b");
  for (int i = 0; i < 5; ++i) {
    client.post(12, produce_request("a", make_batch({"r" + std::to_string(i)})));
    if (client.receive()) promises.records = i + 1;
  }
  wire::DeleteTopicsRequest request;
  request.topic_names = {"b"};
  promises.deleting.insert("b");
  client.post(5, request);
  if (client.receive()) promises.created.erase("b");
}

// Kills, or cuts the power, at every operation of the disk in turn.
void die_everywhere(bool is_power_loss) {
  uint64_t died = 0;
  for (uint64_t step = 1;; ++step) {
    TestMachine machine;
    machine.disk.die_at(step, step);
    Promises promises;
    if (machine.boot() && machine.is_listening()) live(machine, promises);
    const bool is_dead = machine.disk.is_dead();
    if (is_power_loss)
      machine.lose_power(step);
    else
      machine.kill();
    machine.disk.die_at(UINT64_MAX, 0);
    ASSERT_TRUE(machine.boot()) << step << ": " << machine.failure->to_string();
    ASSERT_TRUE(machine.is_listening()) << step;
    TestClient client(machine);
    for (const std::string& name : promises.created) {
      if (promises.deleting.contains(name)) continue;
      const auto topic = client.call(13, metadata_request(name, false)).topics.at(0);
      ASSERT_EQ(topic.error_code, KafkaError::kNone) << name << " at " << step;
      ASSERT_EQ(topic.partitions.size(), 2u);
    }
    if (promises.records > 0) {
      const auto response = client.call(12, fetch_request("a", 0));
      const auto& answer = response.responses.at(0).partitions.at(0);
      ASSERT_EQ(answer.error_code, KafkaError::kNone) << step;
      ASSERT_GE(values_in(*answer.records).size(), size_t(promises.records)) << step;
    }
    if (!is_dead) break;
    ++died;
  }
  EXPECT_GT(died, 50u);
}

TEST(DeathAnywhere, a_kill_at_any_operation_keeps_every_promise) { die_everywhere(false); }
TEST(DeathAnywhere, a_power_loss_at_any_operation_keeps_every_promise) { die_everywhere(true); }

}  // namespace
}  // namespace faultline::server
