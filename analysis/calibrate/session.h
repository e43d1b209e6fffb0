// SPDX-License-Identifier: Apache-2.0
// Session: the client that measures. It makes topics of its own, plays loads one after another and
// removes the topics. It sees an Env alone, so the same code measures a real broker and a simulated
// one.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analysis/calibrate/load.h"
#include "broker/client/admin.h"
#include "broker/client/cluster.h"
#include "broker/client/connection.h"

namespace faultline::calibrate {

// Told of each load, and what processors have done so far.
struct Watcher {
  std::function<void(const Load&)> begins;                // may be empty
  std::function<std::optional<Duration>()> broker_cpu{};  // may be empty, or give nothing
  std::function<Duration()> client_cpu;
};

class Session {
 public:
  Session(Env& env, client::ConnectionConfig config, const Watcher& watcher);

  // The outcomes, in the order of the loads. Errors: of the network; what the broker refused.
  Task<Result<std::vector<Outcome>>> play(std::vector<Load> loads);

 private:
  static constexpr int32_t kPartitions = 16;
  // One request after another on one connection.
  struct Lane {
    const Load* load = nullptr;
    Endpoint broker;
    int32_t partition = 0;
    int64_t offset = 0;  // of the batch that is fetched
    Instant begin;
    Duration interval{};  // between requests; 0: none
    std::vector<int64_t> latencies_ns;
    Result<void> result;
  };

  Task<Result<void>> make_topics();
  Task<Result<void>> await_leaders(std::string topic);
  Task<Result<void>> remove_topics();
  Task<Result<std::vector<Outcome>>> play_all(std::vector<Load> loads);
  Task<Result<Outcome>> play_one(const Load* load);
  Task<Result<std::vector<Lane>>> make_lanes(const Load* load);
  Task<Result<void>> put_batch(Lane* lane);
  Task<void> run_lane(Lane* lane);
  Task<Result<void>> ask_repeatedly(Lane* lane, client::Connection* connection);
  Task<Result<void>> connect_repeatedly(Lane* lane);
  Task<Result<void>> ask_once(Lane* lane, client::Connection* connection, const Slice* batch);
  Task<Result<int64_t>> produce(const Lane* lane, client::Connection* connection, Slice batch);
  Task<Result<void>> fetch(const Lane* lane, client::Connection* connection);
  const std::string& topic_of(const Load& load) const { return topics_[load.flushes ? 1 : 0]; }

  Env& env_;
  const client::ConnectionConfig config_;
  const Watcher& watcher_;
  std::array<std::string, 2> topics_;  // plain, and with flush.messages=1
  client::Admin admin_;
  client::Cluster cluster_;
};

// A load of kind kProducers.
Task<Result<Outcome>> play_producers(Env* env, client::ConnectionConfig connection,
                                     std::string topic, const Load* load);

}  // namespace faultline::calibrate
