// SPDX-License-Identifier: Apache-2.0
// The two ways to the end of a range.
#include "broker/log/segment_range.h"

#include <algorithm>

#include "broker/log/batch_scanner.h"
#include "broker/wire/record_batch.h"

namespace faultline::log {
namespace {

// What a consumer that is behind gets at once is longer; below, one read of everything is no dearer
// than many of headers.
constexpr uint64_t kLongBytes = 512 << 10;

// The batch that the index tells of, or the one behind the last: without a gap, as a header alone
// does not show whether it is a gap or rot.
bool is_next(const wire::BatchView& batch, const RangeRequest& request) {
  if (request.entry_offset) return batch.last_offset() == *request.entry_offset;
  return batch.base_offset() == request.expected;
}

// As is_next(), or behind a gap that what is behind the batch does not contradict.
bool is_in_place(const wire::BatchView& batch, const RangeRequest& request, const BatchWalk& walk,
                 bool is_last) {
  if (is_next(batch, request)) return true;
  const auto next_base = is_last ? std::optional(request.end_offset) : walk.next_base();
  return !request.entry_offset && follows_on(batch, request.expected, next_base);
}

// A header, and where its batch ends in the file.
struct Header {
  wire::BatchView batch;  // without its records
  uint64_t end;
};

// Headers of a file, one behind the other.
class HeaderReader {
 public:
  HeaderReader(File& file, uint64_t end) : file_(file), end_(end) {}

  // Of the batch at `position`, which is not before the last one; nothing where there is no whole
  // batch. Good until the next call.
  Task<Result<std::optional<Header>>> at(uint64_t position) {
    if (!has(position)) {
      const size_t wanted = is_short_ ? kManyHeadersBytes : wire::kBatchHeaderSize;
      const size_t length = std::min<uint64_t>(wanted, end_ - position);
      CO_TRY_ASSIGN(chunk_, co_await file_.read_at(position, length));
      start_ = position;
    }
    if (!has(position)) co_return std::optional<Header>();
    const Bytes header = chunk_.view().subspan(position - start_, wire::kBatchHeaderSize);
    const std::optional<size_t> size = wire::sound_batch_size(header);
    if (!size || *size > end_ - position) co_return std::optional<Header>();
    is_short_ = *size < kShortBatchBytes;
    co_return Header{wire::BatchView(header), position + *size};
  }

 private:
  static constexpr size_t kShortBatchBytes = 4096;
  static constexpr size_t kManyHeadersBytes = 64 << 10;

  bool has(uint64_t position) const {
    return position - start_ + wire::kBatchHeaderSize <= chunk_.size();
  }

  File& file_;
  const uint64_t end_;
  bool is_short_ = false;  // the last batch: many headers lie in one read then
  Slice chunk_;
  uint64_t start_ = 0;
};

}  // namespace

bool is_long(const RangeRequest& request) {
  return std::min<uint64_t>(request.bytes_max, request.end - request.position) >= kLongBytes;
}

Task<Result<std::optional<FoundRange>>> find_by_headers(File& file, RangeRequest request) {
  HeaderReader headers(file, request.end);
  std::optional<uint64_t> start;
  uint64_t position = request.position;
  while (position < request.end) {
    CO_TRY_ASSIGN(const std::optional<Header> header, co_await headers.at(position));
    if (!header || !is_next(header->batch, request)) co_return std::optional<FoundRange>();
    const Offset last_offset = header->batch.last_offset();
    if (!start && last_offset >= request.offset) start = position;
    if (start) {
      const bool fits = header->end - *start <= request.bytes_max;
      const bool is_wanted = fits || (request.at_least_one && position == *start);
      if (last_offset >= request.limit || !is_wanted) break;
    }
    request.entry_offset.reset();
    request.expected = last_offset + 1;
    position = header->end;
  }
  if (!start) co_return std::optional<FoundRange>();
  const size_t size = position - *start;
  if (size == 0) co_return FoundRange();
  CO_TRY_ASSIGN(Slice bytes, co_await file.read_to_send(*start, size));
  if (bytes.size() < size) co_return std::optional<FoundRange>();
  co_return FoundRange{std::move(bytes), request.expected};
}

ChunkCut cut_batches(Bytes chunk, RangeRequest& request) {
  BatchWalk walk(chunk);
  ChunkCut cut;
  const bool is_to_end = request.position + chunk.size() == request.end;
  const auto next_good = [&]() -> std::optional<wire::BatchView> {
    const auto batch = walk.next();
    if (!batch) return std::nullopt;
    const bool is_last = is_to_end && walk.position() == chunk.size();
    cut.is_bad = !is_in_place(*batch, request, walk, is_last);
    if (cut.is_bad) return std::nullopt;
    request.entry_offset.reset();
    request.expected = batch->next_offset();
    return batch;
  };
  auto batch = next_good();
  while (batch && batch->last_offset() < request.offset) {
    cut.start = walk.position();
    batch = next_good();
  }
  cut.end = cut.start;
  cut.is_found = batch.has_value();
  while (batch && batch->last_offset() < request.limit) {
    const bool fits = walk.position() - cut.start <= request.bytes_max;
    if (!fits && !(request.at_least_one && cut.end == cut.start)) break;
    cut.end = walk.position();
    cut.next_offset = batch->next_offset();
    batch = next_good();
  }
  return cut;
}

}  // namespace faultline::log
