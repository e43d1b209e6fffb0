// SPDX-License-Identifier: Apache-2.0
// Goal: slices share and free their blocks, readers stop at the end for good, ids print as Kafka's
// do. Method: examples at the boundaries.
#include "broker/base/bytes.h"

#include <gtest/gtest.h>

#include "broker/base/byte_io.h"
#include "broker/base/ids.h"

namespace faultline {
namespace {

TEST(Slice, a_subslice_keeps_the_block_alive_and_shares_it) {
  Slice part;
  {
    const Slice whole = Slice::copy_of("hello world");
    part = whole.subslice(6);
    EXPECT_EQ(part.data(), whole.data() + 6);
  }
  EXPECT_EQ(part.text(), "world");
  EXPECT_EQ(part, Slice::of_static("world"));
}

TEST(Buffer, grows_and_freezes_without_losing_bytes) {
  Buffer buffer;
  for (int i = 0; i < 1000; ++i) buffer.append(as_bytes("ab"));
  const uint8_t* before = buffer.data();
  const Slice slice = std::move(buffer).freeze();
  EXPECT_EQ(slice.data(), before);
  EXPECT_EQ(slice.size(), 2000u);
  EXPECT_EQ(slice[1999], 'b');
}

TEST(ByteReader, reads_back_what_the_writer_wrote) {
  ByteWriter writer;
  writer.write<int16_t>(-2);
  writer.write<int64_t>(INT64_MIN);
  writer.varint(-1);
  writer.varlong(INT64_MAX);
  writer.unsigned_varint(300);
  const Slice bytes = std::move(writer).finish();
  ByteReader reader(bytes);
  EXPECT_EQ(reader.read<int16_t>(), -2);
  EXPECT_EQ(reader.read<int64_t>(), INT64_MIN);
  EXPECT_EQ(reader.varint(), -1);
  EXPECT_EQ(reader.varlong(), INT64_MAX);
  EXPECT_EQ(reader.unsigned_varint32(), 300u);
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.read<int8_t>(), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, a_claimed_length_beyond_the_input_fails_and_stays_failed) {
  const Slice bytes = Slice::copy_of("abc");
  ByteReader reader(bytes);
  EXPECT_TRUE(reader.slice(4).empty());
  EXPECT_FALSE(reader.ok());
  EXPECT_TRUE(reader.slice(1).empty());
}

TEST(ByteReader, reads_varints_of_every_length_at_the_end_and_before_it) {
  for (int bits = 0; bits <= 64; ++bits) {
    const uint64_t number = bits == 0 ? 0 : UINT64_MAX >> (64 - bits);
    for (const size_t behind : {0, 1, 2}) {
      ByteWriter writer;
      writer.unsigned_varint(number);
      const size_t length = writer.size();
      for (size_t i = 0; i < behind; ++i) writer.write<uint8_t>(0x85);
      const Slice bytes = std::move(writer).finish();
      ByteReader reader(bytes);
      EXPECT_EQ(reader.unsigned_varint(10), number);
      EXPECT_TRUE(reader.ok());
      EXPECT_EQ(reader.position(), length);
      ByteReader cut(bytes.view().first(length - 1));
      cut.unsigned_varint(10);
      EXPECT_FALSE(cut.ok()) << number;
    }
  }
}

TEST(ByteReader, refuses_an_over_long_varint) {
  const uint8_t six_bytes[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x01};
  ByteReader reader(Bytes{six_bytes});
  reader.unsigned_varint32();
  EXPECT_FALSE(reader.ok());
}

TEST(Uuid, prints_and_parses_url_safe_base64) {
  const Uuid uuid = Uuid::from_words(0xfbff3e0102030405, 0x060708090a0b0c0d);
  EXPECT_EQ(uuid.to_string().size(), 22u);
  EXPECT_EQ(Uuid::parse(uuid.to_string()), uuid);
  EXPECT_EQ(Uuid{}.to_string(), "AAAAAAAAAAAAAAAAAAAAAA");
  EXPECT_EQ(Uuid::parse("AAAAAAAAAAAAAAAAAAAAAB"), std::nullopt) << "stray bits";
  EXPECT_EQ(Uuid::parse("short"), std::nullopt);
}

}  // namespace
}  // namespace faultline
