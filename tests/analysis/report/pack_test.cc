// SPDX-License-Identifier: Apache-2.0
// Goal: what Columns packs is what was written, in base64 as browsers read it. Method: the vectors
// of RFC 4648, and unpacking with zlib.
#include "analysis/report/pack.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace faultline::report {
namespace {

std::string from_base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '=') break;
    group = group << 6 | static_cast<uint32_t>(kDigits.find(c));
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 255);
  }
  return bytes;
}

TEST(Pack, base64_is_that_of_the_standard) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe"), "//4=");
}

TEST(Pack, columns_come_out_one_behind_the_other) {
  Columns columns;
  ByteWriter& first = columns.begin("first");
  for (uint64_t i = 0; i < 1000; ++i) first.unsigned_varint(i);
  columns.begin("second").varlong(-3);
  const auto directory = columns.directory();
  ASSERT_EQ(directory.size(), 2u);
  EXPECT_EQ(directory[0], (std::pair<std::string, size_t>("first", 128 + 2 * 872)));
  EXPECT_EQ(directory[1], (std::pair<std::string, size_t>("second", 1)));

  const std::string packed = from_base64(columns.packed());
  std::string plain(directory[0].second + directory[1].second, '\0');
  uLongf size = plain.size();
  ASSERT_EQ(uncompress(reinterpret_cast<Bytef*>(plain.data()), &size,
                       reinterpret_cast<const Bytef*>(packed.data()), packed.size()),
            Z_OK);
  ASSERT_EQ(size, plain.size());
  ByteReader reader(as_bytes(plain));
  for (uint64_t i = 0; i < 1000; ++i) ASSERT_EQ(reader.unsigned_varint(10), i);
  EXPECT_EQ(reader.varlong(), -3);
}

}  // namespace
}  // namespace faultline::report
