// SPDX-License-Identifier: Apache-2.0
// Metrics of a broker process in Prometheus' text format, and the small HTTP server that gives them
// on a port of its own. It runs on the broker's loop, one request at a time per connection.
#pragma once

#include <memory>
#include <string>

#include "broker/env/scope.h"
#include "broker/runtime/broker_probe.h"
#include "broker/runtime/real_env.h"

namespace faultline {

struct MetricsSources {
  RealEnv& real;
  const BrokerProbe& probe;
};

std::string metrics_text(const MetricsSources& sources);

class MetricsServer {
 public:
  explicit MetricsServer(const MetricsSources& sources)
      : sources_(sources), scope_(sources.real.loop()) {}

  // Errors: those of listen.
  Result<Endpoint> start(const Endpoint& at);
  // Ends every connection.
  Task<Result<void>> stop();

 private:
  Task<void> accept_all();
  Task<void> serve(std::unique_ptr<Stream> stream);
  // Until the blank line that ends a request's header; false when it never comes.
  Task<Result<bool>> read_request(Stream* stream);

  const MetricsSources sources_;
  std::unique_ptr<Listener> listener_;
  int open_ = 0;
  Scope scope_;
};

}  // namespace faultline
