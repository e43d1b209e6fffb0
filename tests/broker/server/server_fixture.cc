// SPDX-License-Identifier: Apache-2.0
// Running a broker without a machine.
#include "tests/broker/server/server_fixture.h"

#include "broker/wire/record.h"

namespace faultline::server {

TestMachine::TestMachine() {
  config.node_id = 1;
  config.cluster_id = "gdLWwLPKQXKRbLvtW1G2tA";
  config.listen = {"localhost", 9092};
  config.log_dir = "kafka";
}

Task<void> TestMachine::life() {
  const Result<void> started = co_await broker_->start();
  if (!started) {
    failure = started.error();
    ended_ = true;
    co_return;
  }
  is_listening_ = true;
  Result<void> result = co_await broker_->run();
  ended_result.emplace(std::move(result));
  ended_ = true;
}

bool TestMachine::boot() {
  failure.reset();
  ended_result.reset();
  ended_ = false;
  is_listening_ = false;
  broker_ = std::make_unique<Broker>(env, config);
  scope_ = std::make_unique<Scope>(executor);
  scope_->spawn(life());
  run();
  return !failure.has_value();
}

void TestMachine::kill() {
  scope_.reset();
  broker_.reset();
  disk.restart();
}

void TestMachine::lose_power(uint64_t seed) {
  scope_.reset();
  broker_.reset();
  disk.lose_power(seed);
}

void TestMachine::stop() {
  broker_->request_stop();
  run();
  EXPECT_TRUE(ended_);
  scope_.reset();
  broker_.reset();
  disk.restart();
}

void TestMachine::advance(Duration by) {
  const Instant until = clock.now() + by;
  while (timers.next() <= until) {
    timers.advance_to(timers.next());
    run();
  }
  timers.advance_to(until);
  run();
}

TestClient::TestClient(TestMachine& machine) : machine_(machine), scope_(machine.executor) {
  auto connect = [](Network* network, Endpoint to) -> Task<Result<std::unique_ptr<Stream>>> {
    Result<std::unique_ptr<Stream>> stream = co_await network->connect(to);
    co_return stream;
  };
  auto stream =
      run_to_completion(machine.executor, connect(&machine.network, machine.config.listen));
  EXPECT_TRUE(stream.has_value());
  stream_ = std::move(*stream);
  scope_.spawn(read_all());
  machine_.run();
}

Task<void> TestClient::read_all() {
  while (true) {
    Result<Slice> bytes = co_await stream_->read(1 << 20);
    if (!bytes || bytes->empty()) break;
    assembler_.feed(std::move(*bytes));
    while (true) {
      Result<std::optional<Slice>> frame = assembler_.next();
      if (!frame || !*frame) break;
      frames_.push_back(std::move(**frame));
    }
  }
  is_closed_ = true;
}

Task<void> TestClient::write(Slice bytes) {
  Slices slices;
  slices.push_back(std::move(bytes));
  const Result<void> written = co_await stream_->write(std::move(slices));
  if (!written) is_closed_ = true;
}

void TestClient::send_bytes(Slice bytes) {
  scope_.spawn(write(std::move(bytes)));
  machine_.run();
}

std::optional<Slice> TestClient::receive() {
  if (frames_.empty()) return std::nullopt;
  Slice frame = std::move(frames_.front());
  frames_.pop_front();
  return frame;
}

Slice make_batch(const std::vector<std::string>& values, int64_t timestamp_ms,
                 wire::BatchOptions options) {
  wire::BatchBuilder builder(options);
  for (const std::string& value : values) {
    wire::NewRecord record;
    record.timestamp_ms = timestamp_ms++;
    record.value = as_bytes(value);
    builder.append(record);
  }
  return *std::move(builder).build();
}

std::vector<std::string> values_in(const Slice& batches) {
  std::vector<std::string> values;
  size_t position = 0;
  while (position < batches.size()) {
    const auto batch = wire::parse_batch(batches.view().subspan(position));
    EXPECT_TRUE(batch.has_value() && batch->crc_is_valid());
    if (!batch) break;
    const auto plain = wire::plain_records(batches.subslice(position, batch->size()), 1 << 26);
    EXPECT_TRUE(plain.has_value());
    wire::RecordIterator records(plain->view(), batch->record_count());
    while (const auto record = records.next()) values.emplace_back(as_text(*record->value));
    position += batch->size();
  }
  return values;
}

}  // namespace faultline::server
