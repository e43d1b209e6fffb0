// SPDX-License-Identifier: Apache-2.0
// Goal: every described message is Kafka's, in every version, field by field and byte by byte.
// Method: Kafka's own definitions are interpreted by an oracle that shares no code with
// broker/wire. Versions, names, types and ranges must be equal; random trees of the oracle must
// survive our decoding and encoding and print the same, random messages of ours must survive the
// oracle's.
#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "broker/wire/registry.h"
#include "tests/broker/wire/oracle/value.h"

namespace faultline::wire {
namespace {

constexpr int kInstances = 1000;  // of each message in each version, each way
constexpr int kPrinted = 50;      // of these, compared as JSON too

std::filesystem::path data_root() { return std::filesystem::path(FAULTLINE_SHARED_DIR) / "data"; }
bool data_is_absent() { return !std::filesystem::exists(data_root() / "kafka-4.1-messages"); }

class Differential : public testing::Test {
 protected:
  void SetUp() override {
    if (data_is_absent()) GTEST_SKIP() << "no message definitions below " << data_root();
  }
  static oracle::Message definition(const MessageInfo& message) {
    auto found = oracle::load(data_root(), std::string(message.spec.name));
    EXPECT_TRUE(found) << message.spec.name;
    return found.value_or(oracle::Message{});
  }
};

std::string line(size_t depth, std::string_view name, std::string_view type, oracle::Range range,
                 oracle::Range nullable, int tag) {
  std::string text = std::string(depth, '>') + std::string(name) + " " + std::string(type) + " " +
                     std::to_string(range.from) + "-" + std::to_string(range.to);
  if (!nullable.empty())
    text += " null " + std::to_string(nullable.from) + "-" + std::to_string(nullable.to);
  if (tag >= 0) text += " tag " + std::to_string(tag);
  return text;
}

oracle::Range both(oracle::Range left, oracle::Range right) {
  return {std::max(left.from, right.from), std::min(left.to, right.to)};
}

std::string type_name(const oracle::Field& field) {
  std::string type = field.is_array ? "[]" : "";
  switch (field.kind) {
    case oracle::Kind::kBool: return type + "bool";
    case oracle::Kind::kInt:
      return type + (field.is_signed ? "int" : "uint") + std::to_string(8 * field.width);
    case oracle::Kind::kFloat: return type + "float64";
    case oracle::Kind::kString: return type + "string";
    case oracle::Kind::kBytes: return type + "bytes";
    case oracle::Kind::kUuid: return type + "uuid";
    case oracle::Kind::kStruct: return type + "struct";
  }
  return type;
}

// Kafka's fields as lines, tagged ones last by tag, each range cut to where the field can occur.
void lines_of(const std::vector<oracle::Field>& fields, oracle::Range outer, size_t depth,
              std::vector<std::string>& lines) {
  std::map<std::pair<int, size_t>, const oracle::Field*> ordered;
  for (size_t i = 0; i < fields.size(); ++i) ordered[{fields[i].tag, i}] = &fields[i];
  for (const auto& [order, field] : ordered) {
    const oracle::Range range = both(field->versions, outer);
    if (range.empty()) continue;
    lines.push_back(line(depth, oracle::snake_case(field->name), type_name(*field), range,
                         both(field->nullable, range), field->tag));
    lines_of(field->fields, range, depth + 1, lines);
  }
}

std::vector<std::string> lines_of(const MessageInfo& message) {
  std::vector<std::string> lines;
  std::vector<oracle::Range> outer = {{message.spec.min, message.spec.max}};
  for (const SchemaField& field : message.schema()) {
    outer.resize(static_cast<size_t>(field.depth) + 1);
    const oracle::Range range = both({field.info.from, field.info.to}, outer.back());
    const oracle::Range nullable = field.info.nullable_from == kAnyLater
                                       ? oracle::Range{}
                                       : both({field.info.nullable_from, oracle::kOpen}, range);
    lines.push_back(line(static_cast<size_t>(field.depth), field.info.name, field.type, range,
                         nullable, field.info.tag));
    outer.push_back(range);
  }
  return lines;
}

TEST_F(Differential, versions_are_exactly_kafkas) {
  for (const MessageInfo& message : all_messages()) {
    const oracle::Message kafka = definition(message);
    EXPECT_EQ(message.spec.min, kafka.versions.from) << message.spec.name;
    EXPECT_EQ(message.spec.max, kafka.versions.to) << message.spec.name;
    EXPECT_EQ(message.spec.type, kafka.api_key) << message.spec.name;
    for (int version = message.spec.min; version <= message.spec.max; ++version) {
      EXPECT_EQ(message.spec.is_flexible(version), kafka.flexible.has(version))
          << message.spec.name;
    }
    if (message.kind == MessageKind::kRequest || message.kind == MessageKind::kResponse) {
      EXPECT_EQ(kafka.kind, message.kind == MessageKind::kRequest ? "request" : "response");
    }
  }
}

TEST_F(Differential, fields_have_kafkas_names_types_and_ranges) {
  for (const MessageInfo& message : all_messages()) {
    const oracle::Message kafka = definition(message);
    std::vector<std::string> expected;
    lines_of(kafka.fields, kafka.versions, 0, expected);
    EXPECT_EQ(lines_of(message), expected) << message.spec.name;
  }
}

TEST_F(Differential, kafkas_random_messages_survive_us) {
  for (const MessageInfo& message : all_messages()) {
    const oracle::Message kafka = definition(message);
    oracle::Chance chance(std::hash<std::string_view>{}(message.spec.name));
    for (int version = message.spec.min; version <= message.spec.max; ++version) {
      for (int i = 0; i < kInstances; ++i) {
        const oracle::Value value = oracle::random_value(kafka, version, chance);
        const std::string bytes = oracle::encode(kafka, version, value);
        const Slice slice = Slice::copy_of(bytes);
        auto ours = message.recode(slice, version);
        ASSERT_TRUE(ours) << message.spec.name << " version " << version << ": "
                          << ours.error().to_string();
        ASSERT_EQ(ours->text(), bytes) << message.spec.name << " version " << version;
        if (i >= kPrinted) continue;
        const std::string expected = oracle::to_json(kafka, version, value);
        const std::string printed = *message.print(slice, version, PrintStyle::kJson);
        ASSERT_EQ(nlohmann::json::parse(printed), nlohmann::json::parse(expected))
            << message.spec.name << " version " << version;
      }
    }
  }
}

TEST_F(Differential, our_random_messages_survive_kafkas_definitions) {
  for (const MessageInfo& message : all_messages()) {
    const oracle::Message kafka = definition(message);
    for (int version = message.spec.min; version <= message.spec.max; ++version) {
      Draws draws(1, stream_id(message.spec.name), static_cast<uint64_t>(version));
      for (int i = 0; i < kInstances; ++i) {
        auto ours = message.sample(version, draws);
        ASSERT_TRUE(ours) << message.spec.name << " version " << version;
        const std::string bytes(ours->text());
        size_t used = 0;
        const oracle::Value value = oracle::decode(kafka, version, bytes, used);
        ASSERT_EQ(used, bytes.size()) << message.spec.name << " version " << version;
        ASSERT_EQ(oracle::encode(kafka, version, value), bytes)
            << message.spec.name << " version " << version;
      }
    }
  }
}

}  // namespace
}  // namespace faultline::wire
