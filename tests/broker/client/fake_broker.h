// SPDX-License-Identifier: Apache-2.0
// FakeBroker: one broker with one topic "t" of one partition, on ports in memory. It keeps produced
// batches and serves them; a test scripts what goes wrong.
#pragma once

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "broker/env/local_executor.h"
#include "broker/wire/batch_builder.h"
#include "broker/wire/frame.h"
#include "broker/wire/messages_api_versions.h"
#include "broker/wire/messages_fetch.h"
#include "broker/wire/messages_list_offsets.h"
#include "broker/wire/messages_metadata.h"
#include "broker/wire/messages_produce.h"
#include "broker/wire/messages_producer_id.h"
#include "tests/support/hand_ports.h"
#include "tests/support/manual_timers.h"
#include "tests/support/memory_disk.h"
#include "tests/support/memory_network.h"

namespace faultline::client {

class CountingNetwork final : public Network {
 public:
  Result<std::unique_ptr<Listener>> listen(const Endpoint& at) override { return inner.listen(at); }
  void submit(Connect& op) override {
    ++connects;
    inner.submit(op);
  }
  testing::MemoryNetwork inner;
  int connects = 0;
};

struct TestHost {
  void run() { executor.run_until_idle(); }
  void advance(Duration by) {
    const Instant until = clock.now() + by;
    run();
    while (timers.next() <= until) {
      timers.advance_to(timers.next());
      run();
    }
    timers.advance_to(until);
    run();
  }

  LocalExecutor executor;
  testing::HandClock clock;
  testing::ManualTimers timers{clock};
  CountingNetwork network;
  testing::MemoryDisk disk;
  testing::CountedRandom random;
  testing::FreeCpu cpu;
  testing::KeepingProbe probe;
  Env env{executor, clock, timers, network, disk, random, cpu, probe};
};

class FakeBroker {
 public:
  static constexpr uint16_t kPort = 9092;

  explicit FakeBroker(TestHost& host) : host_(host) { start(); }
  ~FakeBroker() { stop(); }

  void start() {
    listener_ = std::move(*host_.network.listen({"localhost", kPort}));
    scope_ = std::make_unique<Scope>(host_.executor);
    scope_->spawn(run_accept());
  }
  // Refuses connections and breaks those that there are.
  void stop() {
    scope_ = nullptr;
    peer_scopes_.clear();
    listener_.reset();
    streams_.clear();
  }

  // --- the script ---
  std::deque<wire::KafkaError> produce_errors;  // for the next produce requests; then success
  int produce_answers_lost = 0;                 // appended, then the connection breaks
  int garbage_answers = 0;                      // the next answers are malformed
  int produces_ignored = 0;                     // the next are neither appended nor answered
  std::map<Offset, Slice> log;                  // batches by base offset, placed
  Offset end = 0;
  Offset start_offset = 0;
  size_t fetch_bytes_max = SIZE_MAX;  // cuts what a fetch returns
  // --- what was seen ---
  std::vector<wire::ProduceRequest> produced;
  std::vector<Offset> fetched;
  std::vector<int64_t> asked_offsets;

  void append(const Slice& batch) {
    const auto size = wire::parse_batch(batch.view())->last_offset_delta() + 1;
    log[end] = join(wire::place_batch(batch, {.base_offset = end, .leader_epoch = 0}));
    end += size;
  }

 private:
  struct Peer {
    std::unique_ptr<Stream> stream;
    wire::FrameAssembler frames{1 << 26};
    bool is_broken = false;
  };

  Task<void> run_accept() {
    while (true) {
      if (listener_ == nullptr) co_return;
      Result<std::unique_ptr<Stream>> stream = co_await listener_->accept();
      if (!stream) co_return;
      streams_.emplace_back().stream = std::move(*stream);
      Peer* peer = &streams_.back();
      peer_scopes_.push_back(std::make_unique<Scope>(host_.executor));
      peer_scopes_.back()->spawn(run_peer(peer));
    }
  }
  Task<void> run_peer(Peer* peer) {
    while (!peer->is_broken) {
      Result<Slice> bytes = co_await peer->stream->read(1 << 20);
      if (!bytes || bytes->empty()) co_return;
      peer->frames.feed(std::move(*bytes));
      while (true) {
        Result<std::optional<Slice>> frame = peer->frames.next();
        if (!frame || !*frame) break;
        Slices answer = handle(*peer, **frame);
        if (peer->is_broken) {
          peer->stream->shutdown_write();
          co_return;
        }
        if (answer.empty()) continue;
        const Duration pause = std::exchange(pause_, Duration{});
        const Result<void> slept = co_await host_.env.sleep(pause);
        if (!slept) co_return;
        const Result<void> written = co_await peer->stream->write(std::move(answer));
        if (!written) co_return;
      }
    }
  }

  template <class Request>
  Slices reply(const wire::ReceivedRequest& request, const typename Request::Response& response) {
    return wire::encode_response<Request>(request.header.api_version, request.header.correlation_id,
                                          response);
  }
  template <class Request>
  Request decode(const wire::ReceivedRequest& request) {
    return *Codec<Request>::decode(request.body, request.header.api_version);
  }

  Slices handle(Peer& peer, const Slice& frame) {
    const auto request = wire::parse_request(frame);
    EXPECT_TRUE(request.has_value());
    if (request->api->key == wire::ApiKey::kApiVersions) return versions(*request);
    if (garbage_answers > 0) {
      --garbage_answers;
      Slices garbage;
      garbage.push_back(Slice::copy_of(std::string_view("\0\0\0\x02zz", 6)));
      return garbage;
    }
    switch (request->api->key) {
      case wire::ApiKey::kMetadata: return metadata(*request);
      case wire::ApiKey::kInitProducerId: {
        wire::InitProducerIdResponse response;
        response.producer_id = 77;
        return reply<wire::InitProducerIdRequest>(*request, response);
      }
      case wire::ApiKey::kProduce: return produce(peer, *request);
      case wire::ApiKey::kFetch: return fetch(*request);
      default: return list_offsets(*request);
    }
  }
  Slices versions(const wire::ReceivedRequest& request) {
    wire::ApiVersionsResponse response;
    for (const wire::ApiInfo& api : wire::kApis)
      response.api_keys.push_back({static_cast<int16_t>(api.key), static_cast<int16_t>(api.min),
                                   static_cast<int16_t>(api.max_stable)});
    return reply<wire::ApiVersionsRequest>(request, response);
  }
  Slices metadata(const wire::ReceivedRequest& request) {
    wire::MetadataResponse response;
    response.brokers.push_back({1, "localhost", kPort, {}});
    auto& topic = response.topics.emplace_back();
    topic.name = "t";
    topic.partitions.emplace_back().leader_id = 1;
    return reply<wire::MetadataRequest>(request, response);
  }
  Slices produce(Peer& peer, const wire::ReceivedRequest& received) {
    const auto request = decode<wire::ProduceRequest>(received);
    produced.push_back(request);
    if (produces_ignored > 0 && produces_ignored-- > 0) return {};
    wire::ProduceResponse response;
    auto& answer = response.responses.emplace_back();
    answer.name = "t";
    auto& partition = answer.partition_responses.emplace_back();
    partition.base_offset = -1;
    if (!produce_errors.empty()) {
      partition.error_code = produce_errors.front();
      produce_errors.pop_front();
    } else {
      const Slice& batch = *request.topic_data[0].partition_data[0].records;
      partition.base_offset = place(batch);
    }
    if (produce_answers_lost > 0) {
      --produce_answers_lost;
      peer.is_broken = true;
    }
    if (request.acks == 0) return {};
    return reply<wire::ProduceRequest>(received, response);
  }
  // Where the batch is: appended now, or before under the same sequence.
  Offset place(const Slice& batch) {
    const wire::BatchView fresh = *wire::parse_batch(batch.view());
    for (const auto& [offset, old] : log) {
      const wire::BatchView known(old.view());
      if (fresh.has_producer() && known.producer_id() == fresh.producer_id() &&
          known.base_sequence() == fresh.base_sequence())
        return offset;
    }
    append(batch);
    return log.rbegin()->first;
  }
  Slices fetch(const wire::ReceivedRequest& received) {
    const auto request = decode<wire::FetchRequest>(received);
    const Offset from = request.topics[0].partitions[0].fetch_offset;
    fetched.push_back(from);
    wire::FetchResponse response;
    auto& topic = response.responses.emplace_back();
    topic.topic = "t";
    auto& partition = topic.partitions.emplace_back();
    partition.high_watermark = end;
    if (from < start_offset || from > end) {
      partition.error_code = wire::KafkaError::kOffsetOutOfRange;
      return reply<wire::FetchRequest>(received, response);
    }
    Slices found;
    for (const auto& [offset, batch] : log)
      if (wire::BatchView(batch.view()).last_offset() >= from) found.push_back(batch);
    if (found.empty()) pause_ = milliseconds(request.max_wait_ms);  // a long poll that lasts
    const Slice all = join(found);
    partition.records = all.subslice(0, std::min(all.size(), fetch_bytes_max));
    return reply<wire::FetchRequest>(received, response);
  }
  Slices list_offsets(const wire::ReceivedRequest& received) {
    const auto request = decode<wire::ListOffsetsRequest>(received);
    EXPECT_EQ(request.replica_id, -1);
    const int64_t asked = request.topics[0].partitions[0].timestamp;
    asked_offsets.push_back(asked);
    wire::ListOffsetsResponse response;
    auto& topic = response.topics.emplace_back();
    topic.name = "t";
    topic.partitions.emplace_back().offset = asked == -2 ? start_offset : end;
    return reply<wire::ListOffsetsRequest>(received, response);
  }

  TestHost& host_;
  Duration pause_{};  // before the answer at hand
  std::unique_ptr<Listener> listener_;
  std::list<Peer> streams_;
  std::vector<std::unique_ptr<Scope>> peer_scopes_;  // of the streams, in their order
  std::unique_ptr<Scope> scope_;
};

}  // namespace faultline::client
