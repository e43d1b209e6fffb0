// SPDX-License-Identifier: Apache-2.0
// Goal: what one codec packs it unpacks, the framings of other clients are read, and damaged or
// boastful input is an Error. Method: round trips over sizes around the block borders, foreign
// framings made by hand, every truncation and many bit flips of valid frames.
#include "broker/wire/compression.h"

#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <snappy-c.h>
#include <zstd.h>

#include "broker/base/prng.h"

namespace faultline::wire {
namespace {

constexpr size_t kLimit = 1 << 20;
constexpr Compression kCodecs[] = {Compression::kGzip, Compression::kSnappy, Compression::kLz4,
                                   Compression::kZstd};

// With nothing kept from an earlier call.
Result<Slice> compress(Compression codec, Bytes plain) { return Codecs().compress(codec, plain); }
Result<Slice> decompress(Compression codec, Bytes packed, size_t limit) {
  return Codecs().decompress(codec, packed, limit);
}

// Half noise, half repetition.
std::string sample(size_t size) {
  Draws draws(7, stream_id("compression"), size);
  std::string text;
  while (text.size() < size) {
    const char byte = static_cast<char>(draws.below(256));
    text.append(static_cast<size_t>(draws.between(1, 40)), byte);
    text.push_back(static_cast<char>(draws.below(256)));
  }
  text.resize(size);
  return text;
}

std::string raw_snappy(const std::string& plain) {
  std::string packed(snappy_max_compressed_length(plain.size()), '\0');
  size_t length = packed.size();
  EXPECT_EQ(snappy_compress(plain.data(), plain.size(), packed.data(), &length), SNAPPY_OK);
  packed.resize(length);
  return packed;
}

TEST(Compression, every_codec_returns_what_it_was_given) {
  for (Compression codec : kCodecs) {
    for (size_t size : {0u, 1u, 100u, 32767u, 32768u, 32769u, 65536u, 65537u, 300000u}) {
      const std::string plain = sample(size);
      auto packed = compress(codec, as_bytes(plain));
      ASSERT_TRUE(packed) << to_string(codec) << size;
      auto back = decompress(codec, packed->view(), kLimit);
      ASSERT_TRUE(back) << to_string(codec) << size << back.error().to_string();
      EXPECT_EQ(back->text(), plain) << to_string(codec) << size;
    }
  }
}

TEST(Compression, snappy_is_written_with_xerial_framing_and_read_without) {
  const std::string plain = sample(100000);
  auto packed = compress(Compression::kSnappy, as_bytes(plain));
  ASSERT_TRUE(packed);
  EXPECT_EQ(packed->text().substr(0, 8), std::string_view("\x82SNAPPY\0", 8));
  const std::string raw = raw_snappy(plain);
  auto back = decompress(Compression::kSnappy, as_bytes(raw), kLimit);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->text(), plain);
}

TEST(Compression, gzip_may_have_several_members) {
  auto first = compress(Compression::kGzip, as_bytes("one,"));
  auto second = compress(Compression::kGzip, as_bytes("two"));
  const Slice both = join({*first, *second});
  auto back = decompress(Compression::kGzip, both.view(), kLimit);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->text(), "one,two");
}

TEST(Compression, stops_at_the_limit) {
  const std::string plain(100000, 'x');
  for (Compression codec : kCodecs) {
    auto packed = compress(codec, as_bytes(plain));
    EXPECT_TRUE(decompress(codec, packed->view(), plain.size())) << to_string(codec);
    auto refused = decompress(codec, packed->view(), plain.size() - 1);
    ASSERT_FALSE(refused) << to_string(codec);
    EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge) << to_string(codec);
  }
}

TEST(Compression, a_snappy_block_cannot_claim_more_than_snappy_can_pack) {
  const std::string boast = "\xff\xff\xff\xff\x0f" + std::string(20, 'x');
  auto refused = decompress(Compression::kSnappy, as_bytes(boast), SIZE_MAX);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCorrupt);
}

TEST(Compression, truncated_frames_are_refused) {
  const std::string plain = sample(3000);
  for (Compression codec : kCodecs) {
    auto packed = compress(codec, as_bytes(plain));
    const size_t headless = codec == Compression::kSnappy ? 17 : 1;  // no block at all is legal
    for (size_t length = headless; length < packed->size(); ++length) {
      EXPECT_FALSE(decompress(codec, packed->view().first(length), kLimit))
          << to_string(codec) << length;
    }
  }
}

TEST(Compression, flipped_bits_never_crash) {
  const std::string plain = sample(2000);
  for (Compression codec : kCodecs) {
    auto packed = compress(codec, as_bytes(plain));
    Draws draws(1, stream_id("flip"), static_cast<uint64_t>(codec));
    for (int round = 0; round < 3000; ++round) {
      std::string damaged(packed->text());
      damaged[draws.below(damaged.size())] ^= static_cast<char>(1 << draws.below(8));
      auto result = decompress(codec, as_bytes(damaged), kLimit);
      EXPECT_TRUE(!result || result->size() <= kLimit);
    }
  }
}

TEST(Compression, no_call_depends_on_those_before_it) {
  Codecs codecs;
  Draws draws(1, stream_id("reused"), 0);
  for (int round = 0; round < 400; ++round) {
    const Compression codec = kCodecs[draws.below(std::size(kCodecs))];
    const std::string plain = sample(draws.below(uint64_t{1} << draws.between(1, 18)));
    const auto packed = codecs.compress(codec, as_bytes(plain));
    ASSERT_TRUE(packed);
    ASSERT_EQ(packed->text(), compress(codec, as_bytes(plain))->text()) << to_string(codec);
    // A frame that is cut off or damaged leaves the next call nothing of itself.
    std::string damaged(packed->text().substr(0, packed->size() - draws.below(2)));
    if (!damaged.empty()) damaged[draws.below(damaged.size())] ^= static_cast<char>(draws.below(2));
    const auto got = codecs.decompress(codec, as_bytes(damaged), kLimit);
    EXPECT_EQ(got.has_value(), decompress(codec, as_bytes(damaged), kLimit).has_value());
    const auto small = codecs.decompress(codec, packed->view(), plain.size() / 2);
    EXPECT_EQ(small.has_value(), plain.empty());
    const auto back = codecs.decompress(codec, packed->view(), kLimit);
    ASSERT_TRUE(back) << to_string(codec);
    ASSERT_EQ(back->text(), plain);
  }
}

TEST(Compression, a_frame_that_claims_a_huge_window_has_no_memory_for_long) {
  constexpr int kWindowLog = 26;
  constexpr size_t kKeptMax = 8 << 20;
  const std::string plain = sample(300'000);
  const std::unique_ptr<ZSTD_CCtx, size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(),
                                                                   ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, kWindowLog);
  std::string frame(ZSTD_compressBound(plain.size()), '\0');
  // Streamed, so that the frame does not tell how long it is, and has to be believed.
  ZSTD_inBuffer in{plain.data(), plain.size(), 0};
  ZSTD_outBuffer out{frame.data(), frame.size(), 0};
  ZSTD_compressStream2(context.get(), &out, &in, ZSTD_e_continue);
  ASSERT_EQ(ZSTD_compressStream2(context.get(), &out, &in, ZSTD_e_end), 0u);
  frame.resize(out.pos);
  Codecs codecs;
  EXPECT_EQ(codecs.bytes_kept(), 0u);
  ASSERT_EQ(codecs.decompress(Compression::kZstd, as_bytes(frame), kLimit)->text(), plain);
  EXPECT_EQ(codecs.bytes_kept(), 0u) << "the window was given back";
  const auto usual = codecs.compress(Compression::kZstd, as_bytes(plain));
  ASSERT_EQ(codecs.decompress(Compression::kZstd, usual->view(), kLimit)->text(), plain);
  EXPECT_GT(codecs.bytes_kept(), 0u) << "of an honest one something is kept";
  EXPECT_LT(codecs.bytes_kept(), kKeptMax);
}

TEST(Compression, names_are_kafkas) {
  for (Compression codec : kCodecs) EXPECT_EQ(parse_compression(to_string(codec)), codec);
  EXPECT_EQ(parse_compression("uncompressed"), Compression::kNone);
  EXPECT_FALSE(parse_compression("brotli"));
}

}  // namespace
}  // namespace faultline::wire
