// SPDX-License-Identifier: Apache-2.0
// Accepting connections.
#include "broker/server/acceptor.h"

#include <algorithm>

#include "broker/base/assert.h"
#include "broker/server/server_events.h"

namespace faultline::server {

Result<void> Acceptor::start() {
  TRY_ASSIGN(listener_, broker_.env.network.listen(broker_.config.listen));
  accepting_.spawn(run_accept());
  if (broker_.settings.connection_idle_max > Duration{}) accepting_.spawn(run_idle_check());
  return {};
}

Task<Result<void>> Acceptor::stop() {
  accepting_.cancel();
  CO_TRY(co_await accepting_.join());
  listener_.reset();
  for (const auto& [number, connection] : connections_) connection->stop();
  CO_TRY(co_await scope_.join());
  co_return Result<void>{};
}

Task<Result<void>> Acceptor::abort() {
  accepting_.cancel();
  scope_.cancel();
  CO_TRY(co_await accepting_.join());
  CO_TRY(co_await scope_.join());
  listener_.reset();
  co_return Result<void>{};
}

Task<void> Acceptor::run_accept() {
  while (true) {
    // As Kafka: whoever comes when all places are taken waits in the backlog for one.
    while (open_ >= broker_.settings.connections_max) {
      const Result<void> left = co_await left_.wait();
      if (!left) co_return;
    }
    Result<std::unique_ptr<Stream>> stream = co_await listener_->accept();
    if (!stream) co_return;
    const uint64_t number = ++last_number_;
    const std::string host = (*stream)->peer().host;
    if (is_over_host_limit(host)) {
      refuse(**stream, number);
      continue;
    }
    ++open_;
    ++per_host_[host];
    scope_.spawn(run_connection(std::move(*stream), number));
  }
}

bool Acceptor::is_over_host_limit(const std::string& host) const {
  const auto found = per_host_.find(host);
  return found != per_host_.end() && found->second >= broker_.settings.connections_per_host_max;
}

void Acceptor::refuse(const Stream& stream, uint64_t number) {
  ConnectionClosed event;
  event.peer = stream.peer().to_string();
  event.reason = "too many connections from this host";
  emit(broker_.env.probe, number, event);
}

Task<void> Acceptor::run_connection(std::unique_ptr<Stream> stream, uint64_t number) {
  Connection connection(broker_, std::move(stream), number);
  const std::string host = connection.peer().host;
  connections_[number] = &connection;
  co_await connection.run();
  connections_.erase(number);
  --open_;
  if (--per_host_[host] == 0) per_host_.erase(host);
  left_.notify_one();
}

Task<void> Acceptor::run_idle_check() {
  const Duration limit = broker_.settings.connection_idle_max;
  while (true) {
    const Instant now = broker_.env.clock.now();
    Instant oldest = now;
    for (const auto& [number, connection] : connections_) {
      const std::optional<Instant> since = connection->idle_since();
      if (!since) continue;
      if (now - *since >= limit)
        connection->close_idle();
      else
        oldest = std::min(oldest, *since);
    }
    // Nobody can be idle for too long before that.
    ASSERT(oldest + limit > now);
    const Result<void> slept = co_await broker_.env.timers.sleep_until(oldest + limit);
    if (!slept) co_return;
  }
}

}  // namespace faultline::server
