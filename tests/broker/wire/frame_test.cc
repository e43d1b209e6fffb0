// SPDX-License-Identifier: Apache-2.0
// Goal: frames survive any segmentation of the stream, bad lengths end the connection before memory
// is used, and headers have the version that the API and its version demand. Method: round trips,
// hand-made bytes.
#include "broker/wire/frame.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "broker/base/prng.h"
#include "broker/wire/messages_api_versions.h"
#include "broker/wire/messages_fetch.h"
#include "broker/wire/messages_produce.h"

namespace faultline::wire {
namespace {

Slice without_length(const Slices& frame) { return join(frame).subslice(kFrameLengthSize); }

TEST(FrameAssembler, yields_the_same_frames_however_the_stream_is_cut) {
  std::string stream;
  std::vector<std::string> sent;
  for (size_t size : {0u, 1u, 3u, 4u, 5u, 200u, 4096u}) {
    const std::string frame(size, static_cast<char>('a' + sent.size()));
    ByteWriter prefix;
    prefix.write<int32_t>(static_cast<int32_t>(size));
    stream += std::string(as_text(prefix.view())) + frame;
    sent.push_back(frame);
  }
  for (uint64_t round = 0; round < 300; ++round) {
    Draws draws(1, stream_id("segments"), round);
    FrameAssembler assembler(4096);
    std::vector<std::string> received;
    for (size_t at = 0; at < stream.size();) {
      const size_t length = std::min<size_t>(1 + draws.below(round + 1), stream.size() - at);
      assembler.feed(Slice::copy_of(std::string_view(stream).substr(at, length)));
      at += length;
      for (auto frame = assembler.next(); *frame; frame = assembler.next()) {
        received.emplace_back((*frame)->text());
      }
    }
    ASSERT_EQ(received, sent);
    EXPECT_EQ(assembler.buffered(), 0u);
  }
}

TEST(FrameAssembler, shares_the_bytes_of_a_frame_that_came_in_one_piece) {
  const Slice piece = Slice::copy_of(std::string_view("\0\0\0\3abc", 7));
  FrameAssembler assembler(100);
  assembler.feed(piece);
  auto frame = assembler.next();
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->data(), piece.data() + 4);
}

TEST(FrameAssembler, refuses_bad_lengths_at_once) {
  FrameAssembler negative(100);
  negative.feed(Slice::copy_of(std::string_view("\xff\xff\xff\xff", 4)));
  EXPECT_EQ(negative.next().error().code, ErrorCode::kCorrupt);
  FrameAssembler large(100);
  large.feed(Slice::copy_of(std::string_view("\0\0\0\x65", 4)));
  EXPECT_EQ(large.next().error().code, ErrorCode::kTooLarge);
}

TEST(RequestHeader, client_id_is_never_compact_and_flexible_versions_have_tags) {
  RequestHeader header{.api_key = 0, .api_version = 3, .correlation_id = 7, .client_id = "me"};
  const ApiVersionsRequest request{.client_software_name = "n", .client_software_version = "v"};
  const Slice frame = without_length(encode_request(header, request));
  EXPECT_EQ(frame.text(), std::string_view("\0\x12\0\3\0\0\0\7\0\2me\0\2n\2v\0", 18));
  auto received = parse_request(frame);
  ASSERT_TRUE(received);
  header.api_key = 18;
  EXPECT_EQ(received->header, header);
  EXPECT_TRUE(received->version_is_known);
  EXPECT_EQ(*Codec<ApiVersionsRequest>::decode(received->body, 3), request);
}

TEST(RequestHeader, tags_of_the_header_are_skipped) {
  auto received = parse_request(
      Slice::copy_of(std::string_view("\0\x12\0\3\0\0\0\7\xff\xff\1\x09\2xx\1\1\0", 18)));
  ASSERT_TRUE(received);
  EXPECT_FALSE(received->header.client_id);
  EXPECT_EQ(received->body.size(), 3u);
}

TEST(RequestHeader, unknown_keys_and_versions_are_reported_not_refused) {
  auto unknown =
      parse_request(Slice::copy_of(std::string_view("\x03\xe7\0\0\0\0\0\1\xff\xff", 10)));
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->api, nullptr);
  auto future =
      parse_request(Slice::copy_of(std::string_view("\0\x12\0\x63\0\0\0\1\xff\xff\0", 11)));
  ASSERT_TRUE(future);
  EXPECT_EQ(future->api->key, ApiKey::kApiVersions);
  EXPECT_FALSE(future->version_is_known);
  EXPECT_FALSE(parse_request(Slice::copy_of("short")));
}

TEST(ResponseHeader, api_versions_always_answers_with_header_zero) {
  EXPECT_EQ(response_header_version(api_info(ApiKey::kApiVersions), 4), 0);
  EXPECT_EQ(response_header_version(api_info(ApiKey::kProduce), 9), 1);
  EXPECT_EQ(response_header_version(api_info(ApiKey::kProduce), 8), 0);
  EXPECT_EQ(response_header_version(api_info(ApiKey::kOffsetDelete), 0), 0);
}

TEST(Frames, long_records_are_shared_in_both_directions) {
  FetchResponse response;
  auto& partition = response.responses.emplace_back().partitions.emplace_back();
  partition.records = Slice::copy_of(std::string(10000, 'r'));
  for (int version : {4, 11, 12, 16}) {
    const Slices frame = encode_response<FetchRequest>(version, 9, response);
    ASSERT_EQ(frame.size(), version < 12 ? 2u : 3u);  // flexible: tags behind the records
    EXPECT_EQ(frame[1].data(), partition.records->data());
    EXPECT_EQ(load_big_endian<int32_t>(frame[0].data()),
              static_cast<int32_t>(total_size(frame) - kFrameLengthSize));
    const Slice received = without_length(frame);
    auto parsed = parse_response(received, api_of<FetchRequest>, version);
    ASSERT_TRUE(parsed);
    auto back = Codec<FetchResponse>::decode(parsed->body, version);
    ASSERT_TRUE(back);
    const Slice& records = *back->responses[0].partitions[0].records;
    EXPECT_EQ(records, *partition.records);
    EXPECT_TRUE(records.data() > received.data() &&
                records.data() < received.data() + received.size());
  }
}

TEST(Apis, are_in_order_and_found) {
  int previous = -1;
  for (const ApiInfo& api : kApis) {
    EXPECT_GT(static_cast<int>(api.key), previous);
    previous = static_cast<int>(api.key);
    EXPECT_EQ(find_api(static_cast<int16_t>(api.key)), &api);
    EXPECT_LE(api.min, api.max_stable);
  }
  EXPECT_EQ(find_api(-1), nullptr);
  EXPECT_EQ(api_name(1), "Fetch");
  EXPECT_EQ(api_name(999), "unknown API 999");
  static_assert(api_of<ProduceRequest>.first_flexible == 9);
}

}  // namespace
}  // namespace faultline::wire
