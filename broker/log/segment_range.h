// SPDX-License-Identifier: Apache-2.0
// Finding the range of whole batches that a reader gets of a segment file: by walking bytes that
// were read anyway, or, of a long range, by its headers alone, so that the records may go from file
// to socket without being looked at. Either way no batch is given under an offset that is not its
// own: checksums do not cover base offsets, so that batches must follow on one another.
#pragma once

#include <cstdint>
#include <optional>

#include "broker/base/bytes.h"
#include "broker/base/ids.h"
#include "broker/env/disk.h"
#include "broker/env/task.h"

namespace faultline::log {

// What a reader wants of a segment, and where to look for it.
struct RangeRequest {
  Offset offset = 0;  // in the first batch given
  Offset limit = 0;   // no batch given reaches it
  size_t bytes_max = 0;
  bool at_least_one = false;           // batch, should it be longer than that
  uint64_t end = 0;                    // of the segment's batches in its file,
  Offset end_offset = 0;               // and the offset behind the last of them
  uint64_t position = 0;               // of a batch at or before the one wanted
  Offset expected = 0;                 // the offset with which that begins
  std::optional<Offset> entry_offset;  // or ends, as the index says
};

struct FoundRange {
  Slice bytes;             // whole batches
  Offset next_offset = 0;  // behind the last of them; meaningless without any
};

// Long enough for find_by_headers() to be cheaper.
bool is_long(const RangeRequest& request);

// Nothing when a header is not what it should be, when a batch is missing (compaction leaves gaps),
// or when no batch is at or behind the offset: then the bytes have to be looked at.
Task<Result<std::optional<FoundRange>>> find_by_headers(File& file, RangeRequest request);

// The part of a chunk to hand out: from the batch that holds the offset on.
struct ChunkCut {
  bool is_found = false;
  bool is_bad = false;  // a batch contradicts the ones around it, or the index
  size_t start = 0;
  size_t end = 0;
  Offset next_offset = 0;  // behind what is handed out
};

// `chunk`: the file's bytes at request.position. Moves `expected` on to the batch at the cut's end,
// or at `start` when nothing is found.
ChunkCut cut_batches(Bytes chunk, RangeRequest& request);

}  // namespace faultline::log
