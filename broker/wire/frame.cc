// SPDX-License-Identifier: Apache-2.0
// Frames and headers. Both headers are written out here: their one rule breaker, the client id, is
// not worth a special case in the notation.
#include "broker/wire/frame.h"

#include <cstring>
#include <utility>

#include "broker/base/assert.h"
#include "broker/base/byte_io.h"

namespace faultline::wire {
namespace {

// The header and the body of most frames: one that grows is copied.
constexpr size_t kFrameGuess = 256;

void skip_tagged_fields(ByteReader& in) {
  const uint32_t count = in.unsigned_varint32();
  for (uint32_t i = 0; i < count && in.ok(); ++i) {
    in.unsigned_varint32();
    in.skip(in.unsigned_varint32());
  }
}

// An i16 length and that many bytes; any negative length is null.
void read_client_id(ByteReader& in, std::optional<std::string>& id) {
  const auto length = in.read<int16_t>();
  if (length >= 0) id.emplace(as_text(in.view(static_cast<size_t>(length))));
}

}  // namespace

void FrameAssembler::feed(Slice bytes) {
  if (bytes.empty()) return;
  buffered_ += bytes.size();
  pieces_.push_back(std::move(bytes));
}

Result<std::optional<Slice>> FrameAssembler::next() {
  if (!frame_length_) {
    if (buffered_ < kFrameLengthSize) return std::nullopt;
    const auto length = take_length();
    if (length < 0) return fail(ErrorCode::kCorrupt, "frame length " + std::to_string(length));
    if (static_cast<size_t>(length) > frame_bytes_max_) {
      return fail(ErrorCode::kTooLarge, "frame of " + std::to_string(length) + " bytes, at most " +
                                            std::to_string(frame_bytes_max_));
    }
    frame_length_ = static_cast<size_t>(length);
  }
  if (buffered_ < *frame_length_) return std::nullopt;
  const size_t length = *frame_length_;
  frame_length_.reset();
  return take(length);
}

int32_t FrameAssembler::take_length() {
  Slice& front = pieces_.front();
  if (front.size() <= kFrameLengthSize)
    return load_big_endian<int32_t>(take(kFrameLengthSize).data());
  const auto length = load_big_endian<int32_t>(front.data());
  front.drop_front(kFrameLengthSize);
  buffered_ -= kFrameLengthSize;
  return length;
}

Slice FrameAssembler::take(size_t length) {
  ASSERT_OP(length, <=, buffered_);
  if (length == 0) return {};
  buffered_ -= length;
  if (pieces_.front().size() == length) {
    Slice whole = std::move(pieces_.front());
    pieces_.pop_front();
    return whole;
  }
  if (pieces_.front().size() > length) {
    Slice part = pieces_.front().subslice(0, length);
    pieces_.front().drop_front(length);
    return part;
  }
  Buffer whole;
  whole.reserve(length);
  while (pieces_.front().size() <= length - whole.size()) {
    whole.append(pieces_.front().view());
    pieces_.pop_front();
    if (whole.size() == length) return std::move(whole).freeze();
  }
  const size_t rest = length - whole.size();
  whole.append(pieces_.front().view().first(rest));
  pieces_.front().drop_front(rest);
  return std::move(whole).freeze();
}

Result<ReceivedRequest> parse_request(const Slice& frame) {
  ByteReader in(frame);
  Result<ReceivedRequest> request;
  RequestHeader& header = request->header;
  header.api_key = in.read<int16_t>();
  header.api_version = in.read<int16_t>();
  header.correlation_id = in.read<int32_t>();
  read_client_id(in, header.client_id);
  const ApiInfo* api = find_api(header.api_key);
  if (api != nullptr) {
    request->api = api;
    request->version_is_known = api->has_version(header.api_version);
    if (request_header_version(*api, header.api_version) >= 2) skip_tagged_fields(in);
  }
  if (!in.ok()) return fail(ErrorCode::kCorrupt, "request header");
  request->body = frame.subslice(in.position());
  return request;
}

int request_header_version(const ApiInfo& api, int version) {
  return version >= api.first_flexible ? 2 : 1;
}

int response_header_version(const ApiInfo& api, int version) {
  return version >= api.first_flexible && api.key != ApiKey::kApiVersions ? 1 : 0;
}

void append_request_header(const RequestHeader& header, const ApiInfo& api, ByteChain& out) {
  ASSERT_OP(header.api_key, ==, static_cast<int16_t>(api.key));
  out.reserve(kFrameGuess);
  out.write<int32_t>(0);  // the length, by finish_frame
  out.write<int16_t>(header.api_key);
  out.write<int16_t>(header.api_version);
  out.write<int32_t>(header.correlation_id);
  if (header.client_id) {
    ASSERT_OP(header.client_id->size(), <=, INT16_MAX);
    out.write<int16_t>(static_cast<int16_t>(header.client_id->size()));
    const std::string& id = *header.client_id;
    if (!id.empty()) std::memcpy(out.extend(id.size()), id.data(), id.size());
  } else {
    out.write<int16_t>(-1);
  }
  if (request_header_version(api, header.api_version) >= 2) out.write<uint8_t>(0);  // no tags
}

void append_response_header(const ApiInfo& api, int version, int32_t correlation_id,
                            ByteChain& out) {
  out.reserve(kFrameGuess);
  out.write<int32_t>(0);
  out.write<int32_t>(correlation_id);
  if (response_header_version(api, version) >= 1) out.write<uint8_t>(0);
}

Slices finish_frame(ByteChain&& frame) {
  ASSERT_OP(frame.size(), >=, kFrameLengthSize);
  const size_t length = frame.size() - kFrameLengthSize;
  ASSERT_OP(length, <=, INT32_MAX);
  frame.patch<int32_t>(0, static_cast<int32_t>(length));
  return std::move(frame).finish();
}

Result<ReceivedResponse> parse_response(const Slice& frame, const ApiInfo& api, int version) {
  ByteReader in(frame);
  ReceivedResponse response;
  response.correlation_id = in.read<int32_t>();
  if (response_header_version(api, version) >= 1) skip_tagged_fields(in);
  if (!in.ok()) return fail(ErrorCode::kCorrupt, "response header");
  response.body = frame.subslice(in.position());
  return response;
}

}  // namespace faultline::wire
