// SPDX-License-Identifier: Apache-2.0
// The aborted transactions of a segment (.txnindex), in the order of their abort markers. Entries
// of 34 bytes: version 0, producer id, first and last offset, last stable offset at the marker.
#pragma once

#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/ids.h"
#include "broker/base/result.h"

namespace faultline::log {

struct AbortedTransaction {
  ProducerId producer_id = -1;
  Offset first_offset = -1;
  Offset last_offset = -1;  // of the marker
  Offset last_stable_offset = -1;
  bool operator==(const AbortedTransaction&) const = default;
};

constexpr size_t kTransactionEntrySize = 34;

Slice encode_transaction_index(const std::vector<AbortedTransaction>& aborted);
// kCorrupt for another version or half an entry.
Result<std::vector<AbortedTransaction>> decode_transaction_index(Bytes bytes);

}  // namespace faultline::log
