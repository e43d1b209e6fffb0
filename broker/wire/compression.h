// SPDX-License-Identifier: Apache-2.0
// The codecs of a record batch's attributes and their framings: gzip (RFC 1952, also several
// members), snappy (written with xerial framing as Java does, read with and without), lz4 frames,
// zstd frames. Decompression stops with kTooLarge at a stated size, so a small batch cannot claim
// the machine's memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "broker/base/bytes.h"
#include "broker/base/result.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace faultline::wire {

enum class Compression : uint8_t { kNone = 0, kGzip = 1, kSnappy = 2, kLz4 = 3, kZstd = 4 };

// Kafka's spelling in `compression.type`: "none", "gzip", "snappy", "lz4", "zstd".
std::string_view to_string(Compression codec);
// Accepts what to_string gives, and "uncompressed".
Result<Compression> parse_compression(std::string_view name);

// The codecs with what zstd keeps between two calls. Making that anew asks the processor what it
// can, which in a virtual machine costs more than a small batch: some ten microseconds. Holds at
// most a few MiB, and nothing before its first use of zstd. One call at a time; no result depends
// on the calls before it.
class Codecs {
 public:
  Codecs();
  ~Codecs();
  Codecs(const Codecs&) = delete;
  Codecs& operator=(const Codecs&) = delete;

  // kNone shares nothing: it copies. Fails only when a library refuses (kInvalidArgument).
  Result<Slice> compress(Compression codec, Bytes plain);
  // kCorrupt for bytes that are no frame of the codec, kTooLarge beyond `plain_bytes_max`.
  Result<Slice> decompress(Compression codec, Bytes packed, size_t plain_bytes_max);
  // What is held between two calls.
  size_t bytes_kept() const;

 private:
  struct ZstdFree {
    void operator()(ZSTD_CCtx_s* context) const;
    void operator()(ZSTD_DCtx_s* context) const;
  };

  Result<Slice> zstd(Bytes plain);
  Result<Slice> unzstd(Bytes packed, size_t limit);

  std::unique_ptr<ZSTD_CCtx_s, ZstdFree> zstd_;
  std::unique_ptr<ZSTD_DCtx_s, ZstdFree> unzstd_;
};

}  // namespace faultline::wire
