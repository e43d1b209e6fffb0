// SPDX-License-Identifier: Apache-2.0
// Each codec through its library's C interface; no library call here can throw.
#include "broker/wire/compression.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <lz4frame.h>
#include <snappy-c.h>
#include <zlib.h>
#include <zstd.h>

#include "broker/base/assert.h"
#include "broker/base/byte_io.h"

namespace faultline::wire {
namespace {

constexpr size_t kFirstGuess = 4096;
constexpr int kGzipWindow = 15 + 16;      // largest window, gzip header
constexpr int kZstdLevel = 3;             // Kafka's default
constexpr int kZstdWindowLogMax = 27;     // what zstd itself allows without being asked: 128 MiB
constexpr size_t kZstdKeptMax = 4 << 20;  // of a context between two calls

constexpr std::string_view kXerialMagic("\x82SNAPPY\0", 8);
constexpr int32_t kXerialVersion = 1;
constexpr size_t kXerialHeaderSize = 16;  // magic, version, lowest compatible version
constexpr size_t kXerialBlockSize = 32 * 1024;

// Output of unknown size: grows towards a limit, one byte past which is an error.
class BoundedOutput {
 public:
  BoundedOutput(size_t bytes_max, size_t guess) : bytes_max_(bytes_max) {
    buffer_.reserve(std::clamp(guess, kFirstGuess, std::max(kFirstGuess, bytes_max)));
  }

  // Free room of at least one byte while the limit is not exceeded.
  std::pair<uint8_t*, size_t> room() {
    if (buffer_.size() == buffer_.capacity()) buffer_.reserve(2 * buffer_.capacity());
    const size_t free = buffer_.capacity() - buffer_.size();
    const size_t used = buffer_.size();
    uint8_t* start = buffer_.extend(free);
    buffer_.resize(used);
    return {start, free};
  }
  void advance(size_t length) { buffer_.extend(length); }
  bool over_limit() const { return buffer_.size() > bytes_max_; }
  Slice finish() && { return std::move(buffer_).freeze(); }

 private:
  size_t bytes_max_;
  Buffer buffer_;
};

std::unexpected<Error> corrupt(std::string_view codec) {
  return fail(ErrorCode::kCorrupt, std::string(codec) + " data is damaged");
}
std::unexpected<Error> too_large(size_t limit) {
  return fail(ErrorCode::kTooLarge,
              "decompressed records exceed " + std::to_string(limit) + " bytes");
}

struct DeflateEnd {
  void operator()(z_stream* stream) const { deflateEnd(stream); }
};
struct InflateEnd {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

Result<Slice> gzip(Bytes plain) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return fail(ErrorCode::kInvalidArgument, "gzip");
  }
  const std::unique_ptr<z_stream, DeflateEnd> guard(&stream);
  const size_t bound = deflateBound(&stream, plain.size());
  ASSERT_OP(bound, <=, UINT32_MAX);
  Buffer out;
  stream.next_in = const_cast<uint8_t*>(plain.data());
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = out.extend(bound);
  stream.avail_out = static_cast<uInt>(bound);
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return fail(ErrorCode::kInvalidArgument, "gzip");
  out.resize(bound - stream.avail_out);
  return std::move(out).freeze();
}

Result<Slice> gunzip(Bytes packed, size_t limit) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return fail(ErrorCode::kInvalidArgument, "gzip");
  const std::unique_ptr<z_stream, InflateEnd> guard(&stream);
  BoundedOutput out(limit, 4 * packed.size());
  stream.next_in = const_cast<uint8_t*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  for (;;) {
    auto [start, free] = out.room();
    stream.next_out = start;
    stream.avail_out = static_cast<uInt>(std::min<size_t>(free, UINT32_MAX));
    const uInt offered = stream.avail_out;
    const int status = inflate(&stream, Z_NO_FLUSH);
    out.advance(offered - stream.avail_out);
    if (out.over_limit()) return too_large(limit);
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0) return std::move(out).finish();
      if (inflateReset(&stream) != Z_OK) return corrupt("gzip");  // the next member follows
    } else if (status != Z_OK) {
      return corrupt("gzip");  // Z_BUF_ERROR here means that the input ended too early
    }
  }
}

Result<Slice> snap(Bytes plain) {
  ByteWriter out(kXerialHeaderSize + snappy_max_compressed_length(plain.size()));
  out.append(as_bytes(kXerialMagic));
  out.write<int32_t>(kXerialVersion);
  out.write<int32_t>(kXerialVersion);
  Buffer scratch;
  for (size_t start = 0; start < plain.size(); start += kXerialBlockSize) {
    const Bytes block = plain.subspan(start, std::min(kXerialBlockSize, plain.size() - start));
    size_t length = snappy_max_compressed_length(block.size());
    scratch.resize(length);
    if (snappy_compress(as_text(block).data(), block.size(),
                        reinterpret_cast<char*>(scratch.data()), &length) != SNAPPY_OK) {
      return fail(ErrorCode::kInvalidArgument, "snappy");
    }
    out.write<int32_t>(static_cast<int32_t>(length));
    out.append({scratch.data(), length});
  }
  return std::move(out).finish();
}

// Appends one raw block. Snappy states the plain size up front and cannot shrink data below a 21st
// of it, so a larger claim is a lie that needs no memory to be detected.
Result<> unsnap_block(Bytes packed, size_t limit, Buffer& out) {
  constexpr size_t kBestRatio = 24;
  size_t length = 0;
  if (snappy_uncompressed_length(as_text(packed).data(), packed.size(), &length) != SNAPPY_OK ||
      length / kBestRatio > packed.size()) {
    return corrupt("snappy");
  }
  if (length > limit - std::min(limit, out.size())) return too_large(limit);
  uint8_t* start = out.extend(length);
  if (snappy_uncompress(as_text(packed).data(), packed.size(), reinterpret_cast<char*>(start),
                        &length) != SNAPPY_OK) {
    return corrupt("snappy");
  }
  return {};
}

Result<Slice> unsnap(Bytes packed, size_t limit) {
  Buffer out;
  if (!as_text(packed).starts_with(kXerialMagic)) {
    TRY(unsnap_block(packed, limit, out));
    return std::move(out).freeze();
  }
  if (packed.size() < kXerialHeaderSize) return corrupt("snappy");
  ByteReader in(packed.subspan(kXerialHeaderSize));
  while (in.remaining() > 0) {
    const auto length = in.read<int32_t>();
    if (!in.ok() || length < 0) return corrupt("snappy");
    const Bytes block = in.view(static_cast<size_t>(length));
    if (!in.ok()) return corrupt("snappy");
    TRY(unsnap_block(block, limit, out));
  }
  return std::move(out).freeze();
}

Result<Slice> lz4(Bytes plain) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.blockSizeID = LZ4F_max64KB;
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;
  Buffer out;
  const size_t bound = LZ4F_compressFrameBound(plain.size(), &preferences);
  const size_t length =
      LZ4F_compressFrame(out.extend(bound), bound, plain.data(), plain.size(), &preferences);
  if (LZ4F_isError(length)) return fail(ErrorCode::kInvalidArgument, "lz4");
  out.resize(length);
  return std::move(out).freeze();
}

struct Lz4Free {
  void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
};

Result<Slice> unlz4(Bytes packed, size_t limit) {
  LZ4F_dctx* raw = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&raw, LZ4F_VERSION))) {
    return fail(ErrorCode::kInvalidArgument, "lz4");
  }
  const std::unique_ptr<LZ4F_dctx, Lz4Free> context(raw);
  BoundedOutput out(limit, 4 * packed.size());
  for (;;) {
    auto [start, free] = out.room();
    size_t produced = free;
    size_t consumed = packed.size();
    const size_t wanted =
        LZ4F_decompress(context.get(), start, &produced, packed.data(), &consumed, nullptr);
    if (LZ4F_isError(wanted)) return corrupt("lz4");
    out.advance(produced);
    packed = packed.subspan(consumed);
    if (out.over_limit()) return too_large(limit);
    if (wanted == 0 && packed.empty()) return std::move(out).finish();
    if (produced == 0 && consumed == 0) return corrupt("lz4");  // ended inside a frame
  }
}

Result<Slice> unzstd_frames(ZSTD_DCtx* context, Bytes packed, size_t limit) {
  BoundedOutput out(limit, 4 * packed.size());
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  for (;;) {
    auto [start, free] = out.room();
    ZSTD_outBuffer space{start, free, 0};
    const size_t consumed_before = in.pos;
    const size_t wanted = ZSTD_decompressStream(context, &space, &in);
    if (ZSTD_isError(wanted)) return corrupt("zstd");
    out.advance(space.pos);
    if (out.over_limit()) return too_large(limit);
    if (wanted == 0 && in.pos == in.size) return std::move(out).finish();
    if (space.pos == 0 && in.pos == consumed_before) return corrupt("zstd");
  }
}

}  // namespace

std::string_view to_string(Compression codec) {
  switch (codec) {
    case Compression::kNone: return "none";
    case Compression::kGzip: return "gzip";
    case Compression::kSnappy: return "snappy";
    case Compression::kLz4: return "lz4";
    case Compression::kZstd: return "zstd";
  }
  return "unknown";
}

Result<Compression> parse_compression(std::string_view name) {
  for (auto codec : {Compression::kNone, Compression::kGzip, Compression::kSnappy,
                     Compression::kLz4, Compression::kZstd}) {
    if (name == to_string(codec)) return codec;
  }
  if (name == "uncompressed") return Compression::kNone;
  return fail(ErrorCode::kInvalidArgument, "no compression type '" + std::string(name) + "'");
}

void Codecs::ZstdFree::operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
void Codecs::ZstdFree::operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }

Codecs::Codecs() = default;
Codecs::~Codecs() = default;

size_t Codecs::bytes_kept() const {
  return ZSTD_sizeof_CCtx(zstd_.get()) + ZSTD_sizeof_DCtx(unzstd_.get());  // 0 of none
}

Result<Slice> Codecs::zstd(Bytes plain) {
  if (zstd_ == nullptr) zstd_.reset(ZSTD_createCCtx());
  ASSERT(zstd_ != nullptr);
  Buffer out;
  const size_t bound = ZSTD_compressBound(plain.size());
  const size_t length = ZSTD_compressCCtx(zstd_.get(), out.extend(bound), bound, plain.data(),
                                          plain.size(), kZstdLevel);
  if (ZSTD_sizeof_CCtx(zstd_.get()) > kZstdKeptMax) zstd_.reset();
  if (ZSTD_isError(length)) return fail(ErrorCode::kInvalidArgument, "zstd");
  out.resize(length);
  return std::move(out).freeze();
}

Result<Slice> Codecs::unzstd(Bytes packed, size_t limit) {
  if (unzstd_ == nullptr) {
    unzstd_.reset(ZSTD_createDCtx());
    ASSERT(unzstd_ != nullptr);
    ZSTD_DCtx_setParameter(unzstd_.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax);
  }
  ZSTD_DCtx_reset(unzstd_.get(), ZSTD_reset_session_only);  // the last frame may not have ended
  Result<Slice> plain = unzstd_frames(unzstd_.get(), packed, limit);
  // A frame may have claimed a window that no honest one needs.
  if (ZSTD_sizeof_DCtx(unzstd_.get()) > kZstdKeptMax) unzstd_.reset();
  return plain;
}

Result<Slice> Codecs::compress(Compression codec, Bytes plain) {
  switch (codec) {
    case Compression::kNone: return Slice::copy_of(plain);
    case Compression::kGzip: return gzip(plain);
    case Compression::kSnappy: return snap(plain);
    case Compression::kLz4: return lz4(plain);
    case Compression::kZstd: return zstd(plain);
  }
  return fail(ErrorCode::kUnsupported, "compression codec");
}

Result<Slice> Codecs::decompress(Compression codec, Bytes packed, size_t plain_bytes_max) {
  switch (codec) {
    case Compression::kNone:
      if (packed.size() > plain_bytes_max) return too_large(plain_bytes_max);
      return Slice::copy_of(packed);
    case Compression::kGzip: return gunzip(packed, plain_bytes_max);
    case Compression::kSnappy: return unsnap(packed, plain_bytes_max);
    case Compression::kLz4: return unlz4(packed, plain_bytes_max);
    case Compression::kZstd: return unzstd(packed, plain_bytes_max);
  }
  return fail(ErrorCode::kUnsupported, "compression codec");
}

}  // namespace faultline::wire
