// SPDX-License-Identifier: Apache-2.0
// A network under test with the loop that it needs: one listener, one connection, and every
// operation of the port as a plain call that gives its outcome as text. What does not end soon
// "waits": its frame is destroyed, as a cancelled program's would be.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker/env/network.h"
#include "broker/env/task.h"

namespace faultline::conformance {

enum class End : uint8_t { kClient, kServer };

class StreamBench {
 public:
  virtual ~StreamBench() = default;

  std::string listen(const Endpoint& at) {
    Result<std::unique_ptr<Listener>> listener = network(End::kServer).listen(at);
    if (!listener) return std::string(to_string(listener.error().code));
    listener_ = std::move(*listener);
    return "ok";
  }
  void stop_listening() {
    listener_ = nullptr;
    settle();
  }
  uint16_t port() const { return listener_->local().port; }
  Endpoint server_address() const { return {host_, port()}; }

  // The first one is the connection's, others are kept.
  std::string connect(Endpoint to) {
    std::string said = "waits";
    std::unique_ptr<Stream> stream;
    run(End::kClient, connect_task(&network(End::kClient), std::move(to), &stream, &said));
    keep(End::kClient, std::move(stream));
    return said;
  }
  std::string accept() {
    std::string said = "waits";
    std::unique_ptr<Stream> stream;
    run(End::kServer, accept_task(listener_.get(), &stream, &said));
    keep(End::kServer, std::move(stream));
    return said;
  }
  std::string open() {
    const std::string listened = listen({host_, 0});
    if (listened != "ok") return listened;
    const std::string connected = connect(server_address());
    return connected == "ok" ? accept() : connected;
  }

  std::string write(End end, size_t size, char fill) {
    std::string said = "waits";
    Slices bytes;
    bytes.push_back(Slice::copy_of(std::string(size, fill)));
    run(end, write_task(stream(end), std::move(bytes), &said));
    settle();
    return said;
  }
  // Reads until it has `size` bytes: what came, then "end", an error or "waits" where they did not.
  std::string read(End end, size_t size) {
    std::string got;
    std::string said = "waits";
    run(end, read_task(stream(end), size, &got, &said));
    settle();
    return got + " " + said;
  }
  void shutdown(End end) {
    stream(end)->shutdown_write();
    settle();
  }
  void close(End end) {
    streams_[static_cast<size_t>(end)] = nullptr;
    settle();
  }
  bool is_open(End end) { return stream(end) != nullptr; }
  Stream* stream(End end) { return streams_[static_cast<size_t>(end)].get(); }
  bool run_task(End end, Task<void> task) { return run(end, std::move(task)); }

 protected:
  explicit StreamBench(std::string host) : host_(std::move(host)) {}
  virtual Network& network(End end) = 0;
  // True when the task ended soon; else its frames are destroyed.
  virtual bool run(End end, Task<void> task) = 0;
  // Whatever is on its way arrives.
  virtual void settle() = 0;
  void close_all() {
    streams_ = {};
    others_.clear();
    listener_ = nullptr;
  }

 private:
  void keep(End end, std::unique_ptr<Stream> stream) {
    std::unique_ptr<Stream>& first = streams_[static_cast<size_t>(end)];
    if (first == nullptr) {
      first = std::move(stream);
    } else if (stream != nullptr) {
      others_.push_back(std::move(stream));
    }
  }
  static std::string outcome(const Result<void>& result) {
    return result ? "ok" : std::string(to_string(result.error().code));
  }
  static Task<void> connect_task(Network* network, Endpoint to, std::unique_ptr<Stream>* stream,
                                 std::string* said) {
    Result<std::unique_ptr<Stream>> made = co_await network->connect(to);
    *said = made ? "ok" : std::string(to_string(made.error().code));
    if (made) *stream = std::move(*made);
  }
  static Task<void> accept_task(Listener* listener, std::unique_ptr<Stream>* stream,
                                std::string* said) {
    Result<std::unique_ptr<Stream>> made = co_await listener->accept();
    *said = made ? "ok" : std::string(to_string(made.error().code));
    if (made) *stream = std::move(*made);
  }
  static Task<void> write_task(Stream* stream, Slices bytes, std::string* said) {
    const Result<void> written = co_await stream->write(std::move(bytes));
    *said = outcome(written);
  }
  static Task<void> read_task(Stream* stream, size_t size, std::string* got, std::string* said) {
    while (got->size() < size) {
      const Result<Slice> bytes = co_await stream->read(size - got->size());
      if (!bytes) {
        *said = std::string(to_string(bytes.error().code));
        co_return;
      }
      if (bytes->empty()) {
        *said = "end";
        co_return;
      }
      *got += bytes->text();
    }
    *said = "ok";
  }

  const std::string host_;
  std::unique_ptr<Listener> listener_;
  std::array<std::unique_ptr<Stream>, 2> streams_;
  std::vector<std::unique_ptr<Stream>> others_;
};

}  // namespace faultline::conformance
