// SPDX-License-Identifier: Apache-2.0
// SegmentState: what is known of the batches of a segment, learned by adopting them one by one:
// size, end, largest timestamp and the sparse indexes. The same code runs when batches are
// appended, recovered and looked at again, so it comes to the same indexes.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "broker/log/offset_index.h"
#include "broker/log/time_index.h"
#include "broker/log/transaction_index.h"
#include "broker/wire/record_batch.h"

namespace faultline::log {

// What a segment wants to know of a batch.
struct BatchFacts {
  Offset base_offset = 0;
  Offset last_offset = 0;
  int64_t max_timestamp_ms = -1;
  uint64_t size = 0;

  static BatchFacts of(const wire::BatchView& batch) {
    return {batch.base_offset(), batch.last_offset(), batch.max_timestamp(), batch.size()};
  }
};

// Where the newest batches begin, so that a reader at the end of the log need not walk there from
// an index entry.
class NewestBatches {
 public:
  struct Place {
    Offset base_offset = 0;
    uint64_t position = 0;
  };

  void add(Offset base_offset, uint64_t position) {
    places_[count_++ % places_.size()] = {base_offset, position};
  }
  void clear() { count_ = 0; }
  // Of the last batch that begins at or before `offset`; nothing when that is not among the newest.
  std::optional<Place> before(Offset offset) const;

 private:
  std::array<Place, 16> places_{};
  size_t count_ = 0;
};

struct SegmentState {
  Offset base_offset = 0;
  Offset end_offset = 0;  // of the next record
  uint64_t size = 0;      // of whole batches
  uint64_t bytes_since_entry = 0;
  int64_t first_timestamp_ms = -1;  // largest timestamp of the first batch; -1 not known
  TimeEntry largest;                // largest timestamp and last offset of its batch
  NewestBatches newest;
  OffsetIndex offset_index;
  TimeIndex time_index;
  std::vector<AbortedTransaction> aborted;

  explicit SegmentState(Offset base) : base_offset(base), end_offset(base) {}

  // Takes note of the batch that lies at `size`. False if it cannot belong here: its offsets do not
  // rise, or are too far from the base.
  bool adopt(const BatchFacts& batch, int64_t index_interval_bytes);
  // Goes back to the last index entry that lies before `offset`: the batch at `size` then has to be
  // adopted again.
  void rewind(Offset offset);
};

}  // namespace faultline::log
