// SPDX-License-Identifier: Apache-2.0
// MeddlingNetwork: the network port of a client, behind which something reads along and may answer
// a request itself or change an answer. So a test makes a broker out of the real one that has a bug
// which no switch gives it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "broker/env/env.h"
#include "broker/env/scope.h"
#include "broker/wire/frame.h"

namespace faultline::testing {

class Meddler {
 public:
  virtual ~Meddler() = default;
  // The answer to give instead of sending the request on.
  virtual std::optional<Slices> answer(const wire::ReceivedRequest&) { return std::nullopt; }
  // The answer to give instead of the one that came.
  virtual std::optional<Slices> replace(const wire::RequestHeader&, const Slice& body) {
    (void)body;
    return std::nullopt;
  }
};

class MeddlingNetwork final : public Network, private OpOwner {
 public:
  // All outlive it.
  MeddlingNetwork(Network& real, Executor& executor, Meddler& meddler)
      : real_(real), executor_(executor), meddler_(meddler), fibers_(executor) {}

  Result<std::unique_ptr<Listener>> listen(const Endpoint& at) override { return real_.listen(at); }
  void submit(Connect& op) override;

 private:
  Task<void> connect(Connect* op, Endpoint to);
  void forget(OpBase& op) noexcept override { std::erase(connecting_, &op); }

  Network& real_;
  Executor& executor_;
  Meddler& meddler_;
  std::vector<OpBase*> connecting_;
  Scope fibers_;
};

class MeddlingStream final : public Stream, private OpOwner {
 public:
  MeddlingStream(std::unique_ptr<Stream> real, Executor& executor, Meddler& meddler)
      : real_(std::move(real)), meddler_(meddler), fibers_(executor) {}

  void shutdown_write() override { real_->shutdown_write(); }
  Endpoint peer() const override { return real_->peer(); }
  void submit(StreamRead& op) override;
  void submit(StreamWrite& op) override;

 private:
  static constexpr size_t kFrameMax = 64 << 20;
  static constexpr size_t kReadBytes = 64 << 10;

  struct Expected {
    wire::RequestHeader header;
    std::optional<Slices> answer;  // ready when its turn comes
  };

  Task<void> write(Slices bytes);
  Task<void> read_on();
  Slices take_requests(Slices bytes);
  void take_answer(const Slice& frame);
  void give_ready_answers();
  void satisfy_reader();
  void forget(OpBase& op) noexcept override;

  std::unique_ptr<Stream> real_;
  Meddler& meddler_;
  wire::FrameAssembler requests_{kFrameMax};
  wire::FrameAssembler answers_{kFrameMax};
  std::deque<Expected> expected_;
  std::deque<Slice> given_;     // bytes for the client
  std::optional<Error> error_;  // behind them
  bool has_ended_ = false;
  bool is_reading_ = false;
  StreamRead* reader_ = nullptr;
  StreamWrite* writer_ = nullptr;
  Scope fibers_;
};

}  // namespace faultline::testing
