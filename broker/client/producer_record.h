// SPDX-License-Identifier: Apache-2.0
// What an application gives a producer, and what it is told of it: exactly one result for each
// accepted record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/ids.h"
#include "broker/client/producer_core.h"

namespace faultline::client {

struct ProducerRecord {
  std::string topic;
  std::optional<int32_t> partition;     // chosen by the partitioner when absent
  std::optional<int64_t> timestamp_ms;  // the wall clock's when absent
  std::optional<Slice> key;
  std::optional<Slice> value;
  std::vector<std::pair<std::string, Slice>> headers;
};

struct SendResult {
  BatchOutcome outcome = BatchOutcome::kUnknown;  // never kPending
  std::string error;                              // empty when acked
  int32_t partition = -1;
  Offset offset = -1;         // -1 with acks=0, and for a duplicate whose offset is forgotten
  int64_t timestamp_ms = -1;  // as stored
};

class SendListener {
 public:
  // `tag` is the caller's. Called from the producer's own tasks: do not block, do not call back.
  virtual void on_send_result(uint64_t tag, const SendResult& result) = 0;

 protected:
  ~SendListener() = default;
};

}  // namespace faultline::client
