// SPDX-License-Identifier: Apache-2.0
// What surrounds a message on a connection: an i32 length, then the request or response header,
// then the body. A client id is never compact, not even in flexible versions; ApiVersions always
// answers with header 0, so that a client can read it before it knows what the broker speaks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "broker/base/byte_chain.h"
#include "broker/base/bytes.h"
#include "broker/base/notation.h"
#include "broker/base/result.h"
#include "broker/wire/api.h"

namespace faultline::wire {

inline constexpr size_t kFrameLengthSize = 4;

// Gathers the bytes of a stream into frames (without their length). A frame that arrived in one
// piece shares its bytes. Holds no more memory than has arrived, whatever length is claimed.
class FrameAssembler {
 public:
  explicit FrameAssembler(size_t frame_bytes_max) : frame_bytes_max_(frame_bytes_max) {}

  void feed(Slice bytes);
  // The next whole frame, nullopt while it is incomplete; kTooLarge or kCorrupt (negative) for a
  // length that ends the connection.
  Result<std::optional<Slice>> next();
  size_t buffered() const { return buffered_; }
  // The length of the frame that is arriving; 0 while that is not known.
  size_t expected() const { return frame_length_.value_or(0); }

 private:
  int32_t take_length();
  Slice take(size_t length);

  size_t frame_bytes_max_;
  size_t buffered_ = 0;
  std::optional<size_t> frame_length_;  // of the frame whose length has been taken
  std::deque<Slice> pieces_;
};

struct RequestHeader {
  int16_t api_key = 0;
  int16_t api_version = 0;
  int32_t correlation_id = 0;
  std::optional<std::string> client_id;

  bool operator==(const RequestHeader&) const = default;
};

struct ReceivedRequest {
  RequestHeader header;
  const ApiInfo* api =
      nullptr;  // nullptr: a key that is not described; the body cannot be found then
  bool version_is_known = false;  // when not, only ApiVersions is answered
  Slice body;
};

// Splits a frame into header and body. kCorrupt when the header does not parse.
Result<ReceivedRequest> parse_request(const Slice& frame);

// 1 or 2, and 0 or 1.
int request_header_version(const ApiInfo& api, int version);
int response_header_version(const ApiInfo& api, int version);

// Starts a frame with its header; finish_frame fills in the length.
void append_request_header(const RequestHeader& header, const ApiInfo& api, ByteChain& out);
void append_response_header(const ApiInfo& api, int version, int32_t correlation_id,
                            ByteChain& out);
Slices finish_frame(ByteChain&& frame);

// A whole frame, ready to be sent.
template <ApiRequest Request>
Slices encode_request(RequestHeader header, const Request& request) {
  ByteChain frame;
  header.api_key = static_cast<int16_t>(Request::kKey);
  append_request_header(header, api_of<Request>, frame);
  Codec<Request>::append(request, header.api_version, frame);
  return finish_frame(std::move(frame));
}
template <ApiRequest Request>
Slices encode_response(int version, int32_t correlation_id,
                       const typename Request::Response& response) {
  ByteChain frame;
  append_response_header(api_of<Request>, version, correlation_id, frame);
  Codec<typename Request::Response>::append(response, version, frame);
  return finish_frame(std::move(frame));
}

struct ReceivedResponse {
  int32_t correlation_id = 0;
  Slice body;
};

// Splits the frame of an answer to a request of this API and version.
Result<ReceivedResponse> parse_response(const Slice& frame, const ApiInfo& api, int version);

}  // namespace faultline::wire
