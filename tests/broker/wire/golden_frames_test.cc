// SPDX-License-Identifier: Apache-2.0
// Goal: what clients and Kafka 4.1 really sent each other is read, and written again to the same
// bytes. Method: every recorded request and response of a described API: header split off, body
// decoded and encoded.
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "broker/wire/frame.h"
#include "broker/wire/registry.h"

namespace faultline::wire {
namespace {

Slice from_base64(const std::string& text) {
  ByteWriter out;
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == '=') break;
    const auto digit =
        std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
            .find(c);
    bits = bits << 6 | static_cast<uint32_t>(digit);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out.write<uint8_t>(static_cast<uint8_t>(bits >> held));
    }
  }
  return std::move(out).finish();
}

struct Recorded {
  int frames = 0;
  std::set<std::pair<int, int>> versions;
};

void check_request(const ReceivedRequest& request, const std::string& context) {
  const MessageInfo* message = find_message(MessageKind::kRequest, request.header.api_key);
  ASSERT_NE(message, nullptr) << context;
  auto again = message->recode(request.body, request.header.api_version);
  ASSERT_TRUE(again) << context << again.error().to_string();
  EXPECT_EQ(again->text(), request.body.text()) << context;
  EXPECT_TRUE(message->print(request.body, request.header.api_version, PrintStyle::kLine));
}

void check_response(const ReceivedRequest& request, const Slice& frame,
                    const std::string& context) {
  const int version = request.version_is_known ? request.header.api_version : 0;
  auto response = parse_response(frame, *request.api, version);
  ASSERT_TRUE(response) << context;
  EXPECT_EQ(response->correlation_id, request.header.correlation_id) << context;
  const MessageInfo* message = find_message(MessageKind::kResponse, request.header.api_key);
  ASSERT_NE(message, nullptr) << context;
  auto again = message->recode(response->body, version);
  ASSERT_TRUE(again) << context << again.error().to_string();
  EXPECT_EQ(again->text(), response->body.text()) << context;
}

TEST(GoldenFrames, decode_and_encode_to_the_same_bytes) {
  const auto path =
      std::filesystem::path(FAULTLINE_SHARED_DIR) / "data/kafka-4.1-golden/frames.ndjson";
  std::ifstream file(path);
  if (!file) GTEST_SKIP() << "no recorded frames at " << path;
  Recorded seen;
  for (std::string row; std::getline(file, row);) {
    const auto json = nlohmann::json::parse(row);
    const auto request = parse_request(from_base64(json["request"]));
    ASSERT_TRUE(request) << row;
    EXPECT_EQ(request->header.api_key, json["api_key"].get<int>());
    EXPECT_EQ(request->header.api_version, json["api_version"].get<int>());
    if (request->api == nullptr) continue;  // an API of a later ring
    const std::string context =
        api_name(request->header.api_key) + " " + std::to_string(request->header.api_version) + " ";
    const auto& client_id = json["client_id"];
    EXPECT_EQ(request->header.client_id.value_or(""),
              client_id.is_null() ? "" : client_id.get<std::string>());
    if (request->version_is_known) {
      check_request(*request, context + "request ");
    } else {
      EXPECT_EQ(request->api->key, ApiKey::kApiVersions) << context;
    }
    if (!json["response"].is_null()) {
      check_response(*request, from_base64(json["response"]), context + "response ");
    }
    ++seen.frames;
    seen.versions.insert({request->header.api_key, request->header.api_version});
  }
  EXPECT_GT(seen.frames, 400);
  EXPECT_GT(seen.versions.size(), 120u);
  RecordProperty("frames", seen.frames);
}

}  // namespace
}  // namespace faultline::wire
