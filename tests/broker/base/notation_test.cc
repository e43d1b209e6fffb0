// SPDX-License-Identifier: Apache-2.0
// Goal: the notation's rules hold by themselves: versions, nulls, tags, limits, printing, schema.
// Method: one small message with every kind of field, hand-checked bytes, hostile input. Kafka's
// messages are tested in broker/wire.
#include "broker/base/notation.h"

#include <array>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "broker/base/notation_codec.h"
#include "broker/base/notation_fuzz.h"
#include "broker/base/notation_print.h"
#include "broker/base/notation_schema.h"

namespace faultline {
namespace {

enum class Color : int8_t { kRed = 1, kBlue = 2 };
std::string_view to_string(Color color) { return color == Color::kRed ? "RED" : "OTHER"; }

struct Sample {
  static constexpr MessageSpec kSpec{"Sample", 0, 3, 2};

  struct Part {
    int32_t id = 7;
    std::optional<Slice> data;
    void wire(auto& a) {
      a.f("id", id);
      a.n("data", data, 1);
    }
    bool operator==(const Part&) const = default;
  };
  std::string name;
  std::optional<std::string> note;
  bool flag = false;
  Color color = Color::kRed;
  uint64_t count = 0;
  double share = 0;
  std::vector<Part> parts;
  std::optional<Part> extra;
  int64_t limit = -1;
  std::optional<Part> tagged_part;
  void wire(auto& a) {
    a.f("name", name);
    a.n("note", note, 1);
    a.f("flag", flag, 1, 2);
    a.f("color", color, 1);
    a.f("count", count, 3);
    a.f("share", share, 3);
    a.f("parts", parts);
    a.n("extra", extra, 2, 2);
    a.t(0, "limit", limit, 2, -1);
    a.t(5, "tagged_part", tagged_part, 3);
  }
  bool operator==(const Sample&) const = default;
};

std::string encoded(const Sample& sample, int version) {
  return std::string(Codec<Sample>::encode(sample, version).text());
}
Result<Sample> decoded(std::string_view bytes, int version) {
  return Codec<Sample>::decode(Slice::copy_of(bytes), version);
}
std::string bytes(std::string_view text) { return std::string(text); }

TEST(Notation, fields_outside_their_versions_are_neither_written_nor_read) {
  Sample sample{.name = "ab", .note = "n", .flag = true, .color = Color::kBlue};
  EXPECT_EQ(encoded(sample, 0), bytes({"\0\2ab\0\1n\0\0\0\0", 11}));
  EXPECT_EQ(encoded(sample, 1), bytes({"\0\2ab\0\1n\1\2\0\0\0\0", 13}));
  const Sample back = *decoded(encoded(sample, 0), 0);
  EXPECT_FALSE(back.flag);
  EXPECT_EQ(back.color, Color::kRed);
}

TEST(Notation, null_is_empty_where_a_version_has_no_null) {
  const Sample sample{.name = "x", .note = std::nullopt};
  EXPECT_EQ(encoded(sample, 0), bytes({"\0\1x\0\0\0\0\0\0", 9}));
  EXPECT_EQ(encoded(sample, 1), bytes({"\0\1x\xff\xff\0\1\0\0\0\0", 11}));
  EXPECT_EQ(decoded(encoded(sample, 0), 0)->note, "");
  EXPECT_FALSE(decoded({"\0\1x\xff\xff\0\0\0\0", 9}, 0));  // a null that version 0 does not have
}

TEST(Notation, flexible_versions_are_compact_and_end_in_tags) {
  Sample sample{.name = "x"};
  EXPECT_EQ(encoded(sample, 2), bytes({"\2x\0\0\1\1\xff\0", 8}));
  sample.limit = 5;
  EXPECT_EQ(encoded(sample, 2), bytes({"\2x\0\0\1\1\xff\1\0\x08\0\0\0\0\0\0\0\5", 18}));
  EXPECT_EQ(*decoded(encoded(sample, 2), 2), sample);
}

TEST(Notation, a_nullable_struct_is_marked_by_an_int8_and_in_tags_by_a_varint) {
  Sample sample{.name = "x"};
  sample.extra = Sample::Part{.id = 1, .data = std::nullopt};
  sample.tagged_part = Sample::Part{.id = 2, .data = std::nullopt};
  const std::string text = encoded(sample, 3);
  EXPECT_EQ(text.substr(text.size() - 17), bytes({"\1\0\0\0\1\0\0\1\5\7\1\0\0\0\2\0\0", 17}));
  EXPECT_EQ(*decoded(text, 3), sample);
}

TEST(Notation, unknown_tags_are_skipped_and_tags_must_rise_and_keep_to_their_size) {
  const std::string head({"\2x\0\0\1\1\xff", 7});
  const std::string limit({"\0\x08\0\0\0\0\0\0\0\5", 10});
  EXPECT_EQ(decoded(head + bytes({"\2", 1}) + limit + "\x63\3abc", 2)->limit, 5);
  EXPECT_FALSE(decoded(head + bytes({"\2", 1}) + "\x63\3abc" + limit, 2));
  EXPECT_FALSE(decoded(head + bytes({"\2", 1}) + limit + limit, 2));
  EXPECT_FALSE(decoded(head + bytes({"\1\0\7\0\0\0\0\0\0\0\5", 11}), 2));
  EXPECT_FALSE(decoded(head + bytes({"\1\x63\x7f", 3}), 2));
}

TEST(Notation, claimed_lengths_are_checked_before_memory_is_used) {
  EXPECT_FALSE(decoded({"\0\0\0\0\x7f\xff\xff\xff", 8}, 0));  // 2^31 - 1 parts in no bytes
  EXPECT_FALSE(decoded({"\1\1\0\0\xff\xff\xff\xff\x0f", 9}, 2));
  EXPECT_FALSE(decoded({"\x7f\xff", 2}, 0));
  EXPECT_FALSE(decoded({"\xff\xff\xff\xff\xff\x01", 6}, 2));  // a varint of six bytes
}

// Empty in version 0, yet 256 bytes in memory: only the budget stands between a claim and the
// machine.
struct Thin {
  static constexpr MessageSpec kSpec{"Thin", 0, 1, kNeverFlexible};
  struct Element {
    std::array<int64_t, 1> unused{};
    std::string a, b, c, d, e, f, g, h;
    bool seen = false;
    void wire(auto& archive) { archive.f("seen", seen); }
    bool operator==(const Element&) const = default;
  };
  std::vector<Element> elements;
  void wire(auto& a) { a.f("elements", elements); }
  bool operator==(const Thin&) const = default;
};

TEST(Notation, memory_for_elements_is_a_small_multiple_of_the_input) {
  static_assert(sizeof(Thin::Element) > notation::kMemoryPerByteMax);
  ByteWriter out;
  out.write<int32_t>(100000);
  for (int i = 0; i < 100000; ++i) out.write<uint8_t>(1);
  auto refused = Codec<Thin>::decode(std::move(out).finish(), 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCorrupt);
}

TEST(Notation, errors_name_the_field) {
  auto result = decoded({"\0\2ab\0\1n\0\0\0\1\0", 12}, 0);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().detail, "Sample version 0: id");
  EXPECT_EQ(decoded("", 9).error().code, ErrorCode::kUnsupported);
}

TEST(Notation, byte_fields_share_the_input_and_long_ones_are_spliced_into_the_output) {
  Sample sample;
  sample.parts.push_back({.id = 1, .data = Slice::copy_of(std::string(1000, 'z'))});
  const Slice whole = Codec<Sample>::encode(sample, 1);
  auto back = Codec<Sample>::decode(whole, 1);
  ASSERT_TRUE(back);
  const Slice& data = *back->parts[0].data;
  EXPECT_TRUE(data.data() > whole.data() && data.data() < whole.data() + whole.size());
  ByteChain chain;
  Codec<Sample>::append(sample, 1, chain);
  EXPECT_EQ(chain.size(), whole.size());
  const Slices slices = std::move(chain).finish();
  ASSERT_EQ(slices.size(), 2u);
  EXPECT_EQ(slices[1].data(), sample.parts[0].data->data());
  EXPECT_EQ(join(slices), whole);
}

TEST(Notation, a_message_arrives_whole_whatever_room_its_chain_had) {
  Sample sample{.name = "four", .note = "more"};
  for (const size_t size : {0, 5, 511, 512, 2000})
    sample.parts.push_back({.id = 1, .data = Slice::copy_of(std::string(size, 'z'))});
  for (const int version : {0, 1, 2, 3}) {
    const Slice whole = Codec<Sample>::encode(sample, version);
    for (size_t room = 0; room < 600; ++room) {
      ByteChain chain;
      chain.reserve(room);
      chain.write<uint32_t>(7);
      Codec<Sample>::append(sample, version, chain);
      chain.write<uint8_t>(9);
      const std::string text(join(std::move(chain).finish()).text());
      ASSERT_EQ(text.substr(4, text.size() - 5), whole.text()) << version << " in " << room;
      ASSERT_EQ(text.back(), 9);
    }
  }
}

TEST(Notation, prints_json_for_tools_and_a_line_for_people) {
  Sample sample{.name = "a\"\n\xff",
                .note = std::nullopt,
                .color = Color::kRed,
                .count = UINT64_MAX,
                .share = 0.5};
  sample.parts.push_back({.id = 1, .data = Slice::copy_of("\x01\xab")});
  EXPECT_EQ(to_json(sample, 3),
            R"({"name":"a\"\u000a\ufffd","note":null,"color":1,"count":18446744073709551615,)"
            R"("share":0.5,"parts":[{"id":1,"data":"01ab"}],"extra":null,"limit":-1,)"
            R"("tagged_part":null})");
  sample.name = "é";
  sample.parts[0].data = Slice::copy_of(std::string(20, '\1'));
  EXPECT_EQ(to_line(sample, 1),
            "{name: \"é\", note: null, flag: false, color: RED, parts: [{id: 1, "
            "data: 0x01010101010101010101010101010101...(20 bytes)}]}");
}

TEST(Notation, tells_its_schema) {
  EXPECT_EQ(schema_text<Sample>(),
            "Sample 0-3, flexible from 2\n"
            "  name string\n"
            "  note string, nullable 1+\n"
            "  flag bool, 1-2\n"
            "  color int8, 1+\n"
            "  count uint64, 3+\n"
            "  share float64, 3+\n"
            "  parts []struct\n"
            "    id int32\n"
            "    data bytes, nullable 1+\n"
            "  extra struct, 2+, nullable 2+\n"
            "    id int32\n"
            "    data bytes, nullable 1+\n"
            "  limit int64, 2+, tag 0\n"
            "  tagged_part struct, 3+, nullable 3+, tag 5\n"
            "    id int32\n"
            "    data bytes, nullable 1+\n");
}

TEST(Notation, random_messages_round_trip_and_repeat_with_the_seed) {
  for (int version = 0; version <= 3; ++version) {
    Draws draws(1, stream_id("sample"), 0);
    Draws again(1, stream_id("sample"), 0);
    for (int i = 0; i < 2000; ++i) {
      const Sample sample = random_message<Sample>(version, draws);
      ASSERT_EQ(encoded(sample, version), encoded(random_message<Sample>(version, again), version));
      const std::string text = encoded(sample, version);
      ASSERT_EQ(Codec<Sample>::size(sample, version), text.size());
      ASSERT_EQ(*decoded(text, version), sample);
      ASSERT_FALSE(decoded(std::string_view(text).substr(0, text.size() - 1), version));
    }
  }
}

TEST(Notation, a_message_goes_into_scratch_where_it_fits_and_else_into_a_slice_of_its_own) {
  Draws draws(2, stream_id("sample"), 0);
  for (int version = 0; version <= 3; ++version) {
    const Sample sample = random_message<Sample>(version, draws);
    const std::string text = encoded(sample, version);
    for (size_t size = 0; size <= text.size() + 1; ++size) {
      std::vector<uint8_t> scratch(size + 1, 0xee);  // the last byte is not offered
      Slice spill;
      const Bytes bytes =
          Codec<Sample>::encode_into(sample, version, std::span(scratch).first(size), spill);
      EXPECT_EQ(as_text(bytes), text);
      EXPECT_EQ(bytes.data() == scratch.data(), size >= text.size());
      EXPECT_EQ(scratch.back(), 0xee);
    }
  }
}

}  // namespace
}  // namespace faultline
