// SPDX-License-Identifier: Apache-2.0
// The producers of a log at an offset (.snapshot, version 1): version i16, CRC32C of what follows,
// count i32, entries. Kafka keeps only the newest batch of each producer there, so after a restart
// the window holds one.
#pragma once

#include "broker/base/bytes.h"
#include "broker/base/result.h"
#include "broker/producer/producer_state.h"

namespace faultline::log {

// One entry as it lies in the file.
struct SnapshotEntry {
  ProducerId producer_id = -1;
  ProducerEpoch epoch = -1;
  int32_t last_sequence = -1;
  Offset last_offset = -1;
  int32_t offset_delta = 0;
  int64_t timestamp_ms = -1;
  int32_t coordinator_epoch = -1;
  Offset open_transaction = -1;
  bool operator==(const SnapshotEntry&) const = default;
};

Slice encode_producer_snapshot(const producer::ProducerState& state);
// kCorrupt for a bad checksum or shape. Entries in the order of the file.
Result<std::vector<SnapshotEntry>> decode_producer_snapshot(Bytes bytes);
producer::ProducerState state_of(const std::vector<SnapshotEntry>& entries);

}  // namespace faultline::log
