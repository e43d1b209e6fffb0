// SPDX-License-Identifier: Apache-2.0
// What a broker checks of the records in a Produce request before it appends them, with Kafka's
// answers (protocol KIP-98, KIP-467). Pure: bytes and a policy in, a verdict out. Sequence numbers
// are not checked here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/wire/error_codes.h"
#include "broker/wire/record_batch.h"

namespace faultline::wire {

struct BatchPolicy {
  int produce_version = 9;
  size_t message_bytes_max = 1048588;   // max.message.bytes of the topic
  size_t segment_bytes_max = 1u << 30;  // segment.bytes of the topic
  size_t plain_bytes_max = 64u << 20;   // of one decompressed batch
  bool compacted = false;               // every record needs a key
  TimestampType timestamp_type = TimestampType::kCreateTime;
  int64_t now_ms = 0;
  int64_t timestamp_before_max_ms = INT64_MAX;  // message.timestamp.before.max.ms
  int64_t timestamp_after_max_ms = 3600000;     // message.timestamp.after.max.ms
  // Walk every record as Kafka does: deltas 0..n-1, keys, timestamps. Costs a decompression.
  // Without it only the header is believed, which is enough where nothing depends on single
  // records.
  bool deep = true;
};

struct RecordError {
  int32_t batch_index = 0;
  std::string message;
};

struct BatchVerdict {
  KafkaError error = KafkaError::kNone;
  std::string message;               // empty when there is nothing to say
  std::vector<RecordError> records;  // Produce v8 and later
  bool is_before_log = false;        // the request itself is illegal, so no log was asked
  bool tells_message = false;        // to the client

  bool ok() const { return error == KafkaError::kNone; }
};

// `records` is the field of one partition: exactly one batch that fills it.
BatchVerdict check_produced_batch(const Slice& records, const BatchPolicy& policy, Codecs& codecs);

}  // namespace faultline::wire
