// SPDX-License-Identifier: Apache-2.0
// Goal: producer and consumer keep their promises when answers are lost, malformed or refused, and
// never run hot. Method: a scripted broker on ports in memory; the test moves the clock.
#include "broker/client/consumer.h"
#include "broker/client/producer.h"
#include "tests/broker/client/fake_broker.h"

namespace faultline::client {
namespace {

class Outcomes final : public SendListener {
 public:
  void on_send_result(uint64_t tag, const SendResult& result) override {
    EXPECT_TRUE(by_tag.emplace(tag, result).second) << "answered twice: " << tag;
  }
  std::map<uint64_t, SendResult> by_tag;
};

class ClientNetwork : public ::testing::Test {
 protected:
  void make_producer(Properties properties = {}) {
    properties["bootstrap.servers"] = "localhost:9092";
    producer =
        std::make_unique<Producer>(host.env, *parse_producer_config(properties), 1, outcomes);
    app = std::make_unique<Scope>(host.executor);
  }
  void make_consumer(Properties properties = {}) {
    properties["bootstrap.servers"] = "localhost:9092";
    properties.try_emplace("auto.offset.reset", "earliest");
    consumer = std::make_unique<Consumer>(host.env, *parse_consumer_config(properties), 1);
    consumer->assign({{"t", 0}});
    app = std::make_unique<Scope>(host.executor);
  }
  void TearDown() override {
    app.reset();
    producer.reset();
    consumer.reset();
  }

  Task<void> sending(uint64_t tag, size_t size) {
    ProducerRecord record;
    record.topic = "t";
    const std::string text = std::to_string(tag) + std::string(size, '.');
    record.value = Slice::copy_of(text);
    Result<void> sent = co_await producer->send(std::move(record), tag);
    send_results.emplace(tag, std::move(sent));
  }
  Task<void> flushing() {
    const Result<void> flushed = co_await producer->flush();
    is_flushed = flushed.has_value();
  }
  void send(uint64_t tag, size_t size = 0) {
    app->spawn(sending(tag, size));
    host.run();
  }
  Task<void> polling(Duration wait = seconds(2)) {
    Result<std::vector<ConsumedRecord>> got = co_await consumer->poll(wait);
    polled.emplace(std::move(got));
  }
  // Offsets that one poll gives; empty with the error in `poll_error`.
  std::vector<Offset> poll() {
    polled.reset();
    poll_error.reset();
    app->spawn(polling());
    host.advance(seconds(3));
    EXPECT_TRUE(polled.has_value());
    std::vector<Offset> offsets;
    if (!polled) return offsets;
    if (!*polled) poll_error = polled->error().code;
    if (*polled)
      for (const ConsumedRecord& record : **polled) offsets.push_back(record.offset);
    return offsets;
  }
  static Slice batch_of(int records, wire::BatchOptions options = {}) {
    wire::BatchBuilder builder(options);
    for (int i = 0; i < records; ++i) {
      wire::NewRecord record;
      record.value = as_bytes("value");
      builder.append(record);
    }
    return *std::move(builder).build();
  }

  TestHost host;
  FakeBroker broker{host};
  Outcomes outcomes;
  std::unique_ptr<Producer> producer;
  std::unique_ptr<Consumer> consumer;
  std::unique_ptr<Scope> app;
  std::map<uint64_t, Result<void>> send_results;
  std::optional<Result<std::vector<ConsumedRecord>>> polled;
  std::optional<ErrorCode> poll_error;
  bool is_flushed = false;
};

TEST_F(ClientNetwork, lingers_to_fill_one_batch) {
  make_producer({{"linger.ms", "10"}});
  for (uint64_t tag = 1; tag <= 3; ++tag) send(tag);
  host.advance(milliseconds(9));
  EXPECT_TRUE(broker.produced.empty());
  host.advance(milliseconds(2));
  ASSERT_EQ(broker.produced.size(), 1u);
  ASSERT_EQ(outcomes.by_tag.size(), 3u);
  for (uint64_t tag = 1; tag <= 3; ++tag) {
    EXPECT_EQ(outcomes.by_tag[tag].outcome, BatchOutcome::kAcked);
    EXPECT_EQ(outcomes.by_tag[tag].offset, static_cast<Offset>(tag - 1));
  }
  EXPECT_EQ(producer->unanswered(), 0u);
}

TEST_F(ClientNetwork, a_lost_answer_is_retried_without_a_duplicate) {
  broker.produce_answers_lost = 2;
  make_producer();
  send(1);
  host.advance(seconds(5));
  EXPECT_EQ(broker.produced.size(), 3u);
  EXPECT_EQ(broker.end, 1);
  EXPECT_EQ(outcomes.by_tag[1].outcome, BatchOutcome::kAcked);
  EXPECT_EQ(outcomes.by_tag[1].offset, 0);
}

TEST_F(ClientNetwork, refused_answers_are_retried_or_reported) {
  broker.produce_errors = {wire::KafkaError::kNotLeaderOrFollower,
                           wire::KafkaError::kNotEnoughReplicas};
  make_producer();
  send(1);
  host.advance(seconds(5));
  EXPECT_EQ(outcomes.by_tag[1].outcome, BatchOutcome::kAcked);
  broker.produce_errors = {wire::KafkaError::kMessageTooLarge};
  send(2);
  host.advance(seconds(5));
  EXPECT_EQ(outcomes.by_tag[2].outcome, BatchOutcome::kFailed);
  send(3);
  host.advance(seconds(5));
  EXPECT_EQ(outcomes.by_tag[3].outcome, BatchOutcome::kAcked);
}

TEST_F(ClientNetwork, malformed_answers_end_the_connection_not_the_producer) {
  broker.garbage_answers = 2;
  make_producer();
  send(1);
  host.advance(seconds(10));
  EXPECT_EQ(outcomes.by_tag[1].outcome, BatchOutcome::kAcked);
  EXPECT_GE(host.network.connects, 3);
}

TEST_F(ClientNetwork, a_broker_that_is_down_for_a_minute_is_asked_a_bounded_number_of_times) {
  make_producer();
  send(1);
  host.advance(seconds(1));
  broker.stop();
  host.advance(seconds(1));
  const int before = host.network.connects;
  for (uint64_t tag = 2; tag <= 20; ++tag) send(tag);
  host.advance(seconds(60));
  const int attempts = host.network.connects - before;
  EXPECT_GE(attempts, 20);
  EXPECT_LE(attempts, 130);
  EXPECT_LE(host.timers.pending_count(), 10u);
  EXPECT_EQ(send_results.size(), 20u) << "records are queued while nobody is there";
  broker.start();
  host.advance(seconds(5));
  EXPECT_EQ(outcomes.by_tag.size(), 20u);
  EXPECT_EQ(broker.end, 20);
}

TEST_F(ClientNetwork, a_full_buffer_holds_senders_up_and_is_given_back) {
  make_producer({{"buffer.memory", "1000"}, {"max.block.ms", "2000"}, {"linger.ms", "1"}});
  for (uint64_t tag = 1; tag <= 400; ++tag) send(tag, 100);
  host.advance(seconds(1));
  EXPECT_EQ(outcomes.by_tag.size(), 400u) << "no memory was lost on the way";
  broker.stop();
  for (uint64_t tag = 401; tag <= 420; ++tag) send(tag, 100);
  host.advance(seconds(3));
  EXPECT_FALSE(send_results.at(420).has_value());
  EXPECT_TRUE(send_results.at(401).has_value());
  send(500, 5000);
  EXPECT_EQ(send_results.at(500).error().code, ErrorCode::kTooLarge);
}

TEST_F(ClientNetwork, without_acks_bytes_on_their_way_are_enough) {
  make_producer({{"acks", "0"}});
  send(1);
  host.advance(seconds(1));
  EXPECT_EQ(outcomes.by_tag[1].outcome, BatchOutcome::kAcked);
  EXPECT_EQ(outcomes.by_tag[1].offset, -1);
  EXPECT_EQ(broker.end, 1);
}

TEST_F(ClientNetwork, reads_from_the_middle_of_a_batch_and_skips_control_batches) {
  broker.append(batch_of(5));
  broker.append(wire::control_batch({.producer_id = 1, .producer_epoch = 0},
                                    wire::ControlType::kCommit, 0, {}));
  broker.append(batch_of(2, {.compression = wire::Compression::kZstd}));
  make_consumer();
  consumer->seek({"t", 0}, 3);
  EXPECT_EQ(poll(), (std::vector<Offset>{3, 4, 6, 7}));
  EXPECT_EQ(consumer->position({"t", 0}), 8);
  EXPECT_EQ(consumer->high_watermark({"t", 0}), 8);
}

TEST_F(ClientNetwork, gives_at_most_max_poll_records_and_loses_none) {
  broker.append(batch_of(5));
  make_consumer({{"max.poll.records", "2"}});
  EXPECT_EQ(poll(), (std::vector<Offset>{0, 1}));
  EXPECT_EQ(consumer->position({"t", 0}), 2);
  EXPECT_EQ(poll(), (std::vector<Offset>{2, 3}));
  EXPECT_EQ(poll(), (std::vector<Offset>{4}));
}

TEST_F(ClientNetwork, a_cut_last_batch_comes_whole_next_time) {
  broker.append(batch_of(2));
  broker.append(batch_of(2));
  broker.fetch_bytes_max = broker.log[0].size() + 30;
  make_consumer();
  EXPECT_EQ(poll(), (std::vector<Offset>{0, 1}));
  broker.fetch_bytes_max = SIZE_MAX;
  EXPECT_EQ(poll(), (std::vector<Offset>{2, 3}));
}

TEST_F(ClientNetwork, nothing_but_a_cut_batch_is_asked_for_with_pauses) {
  broker.append(batch_of(2));
  broker.fetch_bytes_max = 30;
  make_consumer();
  EXPECT_TRUE(poll().empty());
  EXPECT_LE(broker.fetched.size(), 20u);
}

TEST_F(ClientNetwork, a_damaged_batch_is_an_error_and_stays_one) {
  broker.append(batch_of(2));
  broker.append(batch_of(2));
  Buffer damaged;
  damaged.append(broker.log[2].view());
  damaged.data()[damaged.size() - 2] ^= 1;
  broker.log[2] = std::move(damaged).freeze();
  make_consumer();
  EXPECT_EQ(poll(), (std::vector<Offset>{0, 1}));
  EXPECT_TRUE(poll().empty());
  EXPECT_EQ(poll_error, ErrorCode::kCorrupt);
  EXPECT_EQ(consumer->position({"t", 0}), 2);
}

TEST_F(ClientNetwork, malformed_answers_do_not_reach_the_reader) {
  broker.append(batch_of(2));
  make_consumer();
  broker.garbage_answers = 3;
  EXPECT_EQ(poll(), (std::vector<Offset>{0, 1}));
}

TEST_F(ClientNetwork, an_offset_out_of_range_is_reset_as_told) {
  for (int i = 0; i < 3; ++i) broker.append(batch_of(2));
  broker.start_offset = 2;
  make_consumer({{"auto.offset.reset", "earliest"}});
  consumer->seek({"t", 0}, 0);
  EXPECT_EQ(poll(), (std::vector<Offset>{2, 3, 4, 5}));
  EXPECT_EQ(broker.asked_offsets, (std::vector<int64_t>{-2}));

  app.reset();
  make_consumer({{"auto.offset.reset", "latest"}});
  consumer->seek({"t", 0}, 99);
  EXPECT_TRUE(poll().empty());
  EXPECT_EQ(consumer->position({"t", 0}), 6);

  app.reset();
  make_consumer({{"auto.offset.reset", "none"}});
  consumer->seek({"t", 0}, 99);
  EXPECT_TRUE(poll().empty());
  EXPECT_EQ(poll_error, ErrorCode::kOutOfRange);
}

TEST_F(ClientNetwork, a_poll_without_time_asks_once) {
  broker.append(batch_of(2));
  make_consumer();
  app->spawn(polling(Duration{}));
  host.run();
  ASSERT_TRUE(polled && *polled);
  EXPECT_EQ((*polled)->size(), 2u);
  polled.reset();
  app->spawn(polling(Duration{}));
  host.run();
  ASSERT_TRUE(polled && *polled) << "and does not wait for what is not there";
  EXPECT_TRUE((*polled)->empty());
  EXPECT_EQ(broker.fetched, (std::vector<Offset>{0, 2}));
}

TEST_F(ClientNetwork, a_seek_during_a_fetch_makes_its_answer_void) {
  make_consumer();
  app->spawn(polling());
  host.run();
  ASSERT_EQ(broker.fetched, (std::vector<Offset>{0}));  // hangs: nothing is there
  for (int i = 0; i < 2; ++i) broker.append(batch_of(2));
  consumer->seek({"t", 0}, 2);
  host.advance(seconds(3));
  ASSERT_TRUE(polled && *polled);
  ASSERT_EQ((*polled)->size(), 2u);
  EXPECT_EQ((*polled)->front().offset, 2);
}

TEST_F(ClientNetwork, each_codec_arrives_as_it_was_sent) {
  for (const std::string codec : {"none", "gzip", "snappy", "lz4", "zstd"}) {
    SCOPED_TRACE(codec);
    const Offset first = broker.end;
    make_producer({{"compression.type", codec}});
    for (uint64_t tag = 1; tag <= 3; ++tag) send(tag, 200);
    host.advance(seconds(1));
    EXPECT_EQ(outcomes.by_tag.size(), 3u);
    make_consumer();
    consumer->seek({"t", 0}, first);
    EXPECT_EQ(poll(), (std::vector<Offset>{first, first + 1, first + 2}));
    ASSERT_TRUE(polled && *polled && (*polled)->size() == 3u);
    EXPECT_EQ((*polled)->back().value->text(), "3" + std::string(200, '.'));
    TearDown();
    outcomes.by_tag.clear();
    send_results.clear();
    // Another identity would be taken for the first one again, as the broker gives one id only.
    broker.log.clear();
    broker.start_offset = broker.end;
  }
}

TEST_F(ClientNetwork, no_more_requests_are_in_flight_than_allowed) {
  broker.produces_ignored = 100;
  make_producer({{"enable.idempotence", "false"},
                 {"max.in.flight.requests.per.connection", "3"},
                 {"batch.size", "100"},
                 {"linger.ms", "0"}});
  for (uint64_t tag = 1; tag <= 20; ++tag) send(tag, 200);
  host.advance(seconds(1));
  EXPECT_EQ(broker.produced.size(), 3u);
}

TEST_F(ClientNetwork, a_batch_ends_at_its_size_and_a_flush_ends_lingering) {
  make_producer({{"batch.size", "1000"}, {"linger.ms", "60000"}});
  for (uint64_t tag = 1; tag <= 5; ++tag) send(tag, 300);
  host.advance(seconds(1));
  ASSERT_EQ(outcomes.by_tag.size(), 4u) << "two fill a batch, the last one lingers";
  EXPECT_EQ(wire::BatchView(broker.log[0].view()).record_count(), 2);
  app->spawn(flushing());
  host.run();
  EXPECT_TRUE(is_flushed);
  EXPECT_EQ(outcomes.by_tag.size(), 5u);
}

TEST_F(ClientNetwork, a_silent_broker_is_left_after_the_request_timeout) {
  broker.produces_ignored = 1;
  make_producer({{"request.timeout.ms", "2000"}});
  send(1);
  host.advance(milliseconds(1900));
  EXPECT_EQ(broker.produced.size(), 1u);
  const int before = host.network.connects;
  host.advance(seconds(3));
  EXPECT_EQ(host.network.connects, before + 1);
  EXPECT_EQ(broker.produced.size(), 2u);
  EXPECT_EQ(outcomes.by_tag[1].outcome, BatchOutcome::kAcked);
}

TEST_F(ClientNetwork, a_reader_that_is_destroyed_in_a_call_leaves_nothing_behind) {
  make_consumer();
  app->spawn(polling());
  host.run();
  EXPECT_FALSE(broker.fetched.empty());
  app = std::make_unique<Scope>(host.executor);  // the fetch hangs; its frame dies
  broker.append(batch_of(1));
  EXPECT_EQ(poll(), (std::vector<Offset>{0}));
}

}  // namespace
}  // namespace faultline::client
