// SPDX-License-Identifier: Apache-2.0
// Goal: a payload can be printed from the schema in its file alone, as the struct itself would be.
// Method: random values of every shape of field, printed both ways; malformed schemas and bytes.
#include "sim/trace/payload.h"

#include <gtest/gtest.h>

#include "broker/base/notation_codec.h"
#include "broker/base/notation_fuzz.h"
#include "broker/base/notation_print.h"
#include "broker/base/notation_schema.h"
#include "broker/base/prng.h"

namespace faultline {
namespace {

struct Sample {
  static constexpr MessageSpec kSpec{"test.sample", 0, 2, kNeverFlexible};
  struct Inner {
    int8_t tiny = 0;
    std::vector<std::string> words;
    void wire(auto& a) {
      a.f("tiny", tiny);
      a.f("words", words);
    }
  };
  bool flag = false;
  uint8_t small = 0;
  int16_t medium = 0;
  uint32_t large = 0;
  uint64_t huge = 0;
  int64_t number = 0;
  double real = 0;
  std::string text;
  Slice blob;
  Uuid uuid;
  Inner inner;
  std::vector<Inner> list;
  std::optional<std::string> maybe_text;
  std::optional<Inner> maybe_inner;
  int32_t old = 0;
  int32_t last = 0;

  void wire(auto& a) {
    a.f("flag", flag);
    a.f("small", small);
    a.f("medium", medium);
    a.f("large", large);
    a.f("huge", huge);
    a.f("number", number);
    a.f("real", real);
    a.f("text", text);
    a.f("blob", blob);
    a.f("uuid", uuid);
    a.f("inner", inner);
    a.f("list", list);
    a.n("maybe_text", maybe_text);
    a.n("maybe_inner", maybe_inner, 1);
    a.f("old", old, 0, 1);
    a.f("last", last, 2);
  }
};

}  // namespace
template struct Codec<Sample>;

namespace sim {
namespace {

Sample sample(uint64_t seed) {
  Draws draws(seed, 0, 0);
  return random_message<Sample>(2, draws);
}

std::string print_by_schema(const PayloadSchema& schema, Bytes payload) {
  Printer printer(schema.version(), PrintStyle::kJson);
  const Result<> result = schema.visit(payload, printer);
  return result ? std::move(printer).take() : result.error().to_string();
}

TEST(PayloadSchema, prints_any_payload_as_its_own_struct_would) {
  const Result<PayloadSchema> schema = PayloadSchema::parse(schema_text<Sample>());
  ASSERT_TRUE(schema.has_value()) << schema.error().to_string() << "\n" << schema_text<Sample>();
  EXPECT_EQ(schema->name(), "test.sample");
  EXPECT_EQ(schema->version(), 2);
  for (uint64_t seed = 0; seed < 500; ++seed) {
    const Sample value = sample(seed);
    const Slice payload = Codec<Sample>::encode(value, 2);
    ASSERT_EQ(print_by_schema(*schema, payload.view()), to_json(value, 2));
  }
}

TEST(PayloadSchema, refuses_bytes_that_do_not_fit) {
  const Result<PayloadSchema> schema = PayloadSchema::parse(schema_text<Sample>());
  const Slice payload = Codec<Sample>::encode(sample(3), 2);
  Printer printer(2, PrintStyle::kJson);
  for (size_t length = 0; length < payload.size(); ++length)
    EXPECT_FALSE(schema->visit(payload.view().first(length), printer).has_value());
  const std::string longer = std::string(payload.text()) + "x";
  EXPECT_FALSE(schema->visit(as_bytes(longer), printer).has_value());
}

TEST(PayloadSchema, never_crashes_on_any_schema_or_payload) {
  const std::string text = schema_text<Sample>();
  const Slice payload = Codec<Sample>::encode(sample(3), 2);
  Draws draws(5, 0, 0);
  for (int round = 0; round < 20'000; ++round) {
    std::string mutant = text;
    std::string bytes(payload.text());
    const size_t place = draws.below(mutant.size());
    if (draws.below(2) == 0) mutant.erase(place, draws.below(6));
    if (draws.below(2) == 0) mutant[draws.below(mutant.size())] = "\n ,[]0-+ux"[draws.below(10)];
    bytes[draws.below(bytes.size())] = static_cast<char>(draws.next());
    const Result<PayloadSchema> schema = PayloadSchema::parse(mutant);
    if (!schema) continue;
    Printer printer(schema->version(), PrintStyle::kLine);
    (void)schema->visit(as_bytes(bytes), printer);
  }
}

TEST(PayloadSchema, names_the_line_it_cannot_read) {
  for (const char* text :
       {"", "x", "x 0+", "x 0\nname int32", "x 0\n  name int24\n", "x 0\n    deep int32\n",
        "x 0\n  a int32\n    b int32\n", "x 0\n  name\n", "x 0\n  a int32, what\n"}) {
    const Result<PayloadSchema> schema = PayloadSchema::parse(text);
    ASSERT_FALSE(schema.has_value()) << text;
    EXPECT_EQ(schema.error().code, ErrorCode::kCorrupt);
  }
  EXPECT_EQ(PayloadSchema::parse("x 0-3, flexible from 2\n").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(PayloadSchema::parse("x 0\n  a int32, tag 1\n").error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace sim
}  // namespace faultline
