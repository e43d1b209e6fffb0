// SPDX-License-Identifier: Apache-2.0
// One blocking connection of the load generator, and what its parts share. Whatever goes wrong ends
// the program with a message: a measurement with errors in it is none.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "broker/base/bytes.h"
#include "broker/base/notation.h"
#include "broker/wire/frame.h"

namespace faultline::load {

using SteadyTime = std::chrono::steady_clock::time_point;

[[noreturn]] void die(const std::string& message);

class LoadConnection {
 public:
  // Nothing when nobody listens.
  static std::optional<LoadConnection> open(uint16_t port);
  LoadConnection(LoadConnection&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  LoadConnection(const LoadConnection&) = delete;
  ~LoadConnection();

  int fd() const { return fd_; }
  // Sends all bytes; false when the peer has gone.
  bool send(Bytes bytes);
  // The next frame without its length; nothing when the peer has gone, or is silent for long.
  std::optional<Slice> receive();

  // Sends and takes the answer.
  template <class Request>
  std::optional<typename Request::Response> call(int version, const Request& request) {
    if (!send(frame_of(version, request).view())) return std::nullopt;
    const std::optional<Slice> answer = receive();
    if (!answer) return std::nullopt;
    return decode<Request>(*answer, version);
  }
  template <class Request>
  static Slice frame_of(int version, const Request& request) {
    wire::RequestHeader header;
    header.api_version = static_cast<int16_t>(version);
    header.client_id = "load";
    return join(wire::encode_request(header, request));
  }
  template <class Request>
  static typename Request::Response decode(const Slice& frame, int version) {
    const auto parsed = wire::parse_response(frame, wire::api_of<Request>, version);
    if (!parsed) die("an answer that does not parse: " + parsed.error().to_string());
    auto response = Codec<typename Request::Response>::decode(parsed->body, version);
    if (!response) die("an answer that does not parse: " + response.error().to_string());
    return std::move(*response);
  }

 private:
  explicit LoadConnection(int fd) : fd_(fd) {}
  bool receive_exactly(uint8_t* to, size_t size);

  int fd_;
};

LoadConnection connect_or_die(uint16_t port);

}  // namespace faultline::load
