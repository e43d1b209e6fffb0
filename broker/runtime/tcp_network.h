// SPDX-License-Identifier: Apache-2.0
// TcpNetwork: the Network port on the kernel's sockets. A process that runs short of descriptors
// keeps a reserve for its files: connections beyond it are closed at once, and counted.
#pragma once

#include <memory>
#include <vector>

#include "broker/env/network.h"
#include "broker/runtime/event_loop.h"
#include "broker/runtime/tcp_stream.h"

namespace faultline {

class WorkerPool;

struct TcpOptions {
  int backlog = 4096;          // the kernel may hold less: net.core.somaxconn
  int descriptors_max = 1024;  // connections with a descriptor of this number or above are refused
  int send_buffer_bytes = -1;  // -1: the kernel's choice, which grows
  int receive_buffer_bytes = -1;  // as above
};

class TcpNetwork final : public Network {
 public:
  // `pool` resolves names. All of them outlive this.
  TcpNetwork(EventLoop& loop, WorkerPool& pool, const TcpOptions& options);
  ~TcpNetwork();

  // Takes a port before anybody listens there, so that it is known and nobody else gets it; a later
  // listen() at the endpoint that this gives uses it. Errors: those of listen().
  Result<Endpoint> reserve(const Endpoint& at);

  Result<std::unique_ptr<Listener>> listen(const Endpoint& at) override;
  void submit(Connect& op) override;

  const NetworkCounters& counters() const { return counters_; }

 private:
  class Connecting;

  class Resolving;

  Result<FileDescriptor> bind_socket(const Endpoint& at) const;
  void finish(Connecting& connecting);  // destroys it

  EventLoop& loop_;
  WorkerPool& pool_;
  const TcpOptions options_;
  NetworkCounters counters_;
  std::vector<std::pair<Endpoint, FileDescriptor>> reserved_;
  std::vector<std::unique_ptr<Connecting>> connecting_;
};

}  // namespace faultline
