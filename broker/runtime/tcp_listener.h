// SPDX-License-Identifier: Apache-2.0
// TcpListener: a listening socket as a Listener. When the process has no descriptors left, whoever
// comes is closed at once instead of hanging in the backlog.
#pragma once

#include "broker/runtime/tcp_stream.h"

namespace faultline {

class TcpListener final : public Listener, private FdWatcher, private OpOwner {
 public:
  // Takes over a bound, non-blocking socket. Errors: those of listen(2).
  static Result<std::unique_ptr<Listener>> create(EventLoop& loop, NetworkCounters& counters,
                                                  FileDescriptor socket, int backlog,
                                                  int descriptors_max);
  ~TcpListener() override;

  Endpoint local() const override { return local_; }
  void submit(Accept& op) override;

 private:
  TcpListener(EventLoop& loop, NetworkCounters& counters, FileDescriptor socket,
              int descriptors_max);

  void on_ready(uint32_t events) override;
  void forget(OpBase& op) noexcept override;
  void continue_accept();
  // Makes room for one moment and closes one connection that waits; false when none does.
  bool refuse_one();

  EventLoop& loop_;
  NetworkCounters& counters_;
  FileDescriptor socket_;
  FileDescriptor spare_;  // given up to be able to refuse
  const Endpoint local_;
  const int descriptors_max_;
  Accept* op_ = nullptr;
  bool may_accept_ = true;
};

}  // namespace faultline
