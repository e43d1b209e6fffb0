// SPDX-License-Identifier: Apache-2.0
// Acceptor: listens, owns the connections, keeps their number within bounds and ends idle ones.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "broker/env/scope.h"
#include "broker/env/sync.h"
#include "broker/server/connection.h"

namespace faultline::server {

class Acceptor {
 public:
  explicit Acceptor(BrokerContext& broker)
      : broker_(broker), scope_(broker.env.executor), accepting_(broker.env.executor) {}

  // Listens and starts to accept. Errors: those of Network::listen.
  Result<void> start();
  // Where it listens; after start().
  Endpoint local() const { return listener_->local(); }
  // Takes no more requests and waits until those in hand are answered.
  Task<Result<void>> stop();
  // Ends everything at once, wherever it is.
  Task<Result<void>> abort();
  size_t connection_count() const { return connections_.size(); }

 private:
  Task<void> run_accept();
  Task<void> run_connection(std::unique_ptr<Stream> stream, uint64_t number);
  Task<void> run_idle_check();
  bool is_over_host_limit(const std::string& host) const;
  void refuse(const Stream& stream, uint64_t number);

  BrokerContext& broker_;
  std::unique_ptr<Listener> listener_;
  uint64_t last_number_ = 0;
  std::map<uint64_t, Connection*> connections_;
  std::map<std::string, int64_t> per_host_;  // accepted and not yet closed
  int64_t open_ = 0;                         // in all
  Notifier left_;
  Scope scope_;      // of the connections; it and the next are last: their frames use the rest
  Scope accepting_;  // of the two loops
};

}  // namespace faultline::server
