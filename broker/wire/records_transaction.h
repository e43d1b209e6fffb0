// SPDX-License-Identifier: Apache-2.0
// Keys and values of __transaction_state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"

namespace faultline::wire {

struct TransactionLogKey {
  static constexpr MessageSpec kSpec{"TransactionLogKey", 0, 0, kNeverFlexible, 0};

  std::string transactional_id;
  void wire(auto& a) { a.f("transactional_id", transactional_id); }
  bool operator==(const TransactionLogKey&) const = default;
};

struct TransactionLogValue {
  static constexpr MessageSpec kSpec{"TransactionLogValue", 0, 1, 1, 0};

  struct TransactionPartition {
    std::string topic;
    std::vector<int32_t> partition_ids;
    void wire(auto& a) {
      a.f("topic", topic);
      a.f("partition_ids", partition_ids);
    }
    bool operator==(const TransactionPartition&) const = default;
  };
  int64_t producer_id = 0;
  int64_t previous_producer_id = -1;
  int64_t next_producer_id = -1;
  int16_t producer_epoch = 0;
  int16_t next_producer_epoch = -1;
  int32_t transaction_timeout_ms = 0;
  int8_t transaction_status = 0;
  std::optional<std::vector<TransactionPartition>> transaction_partitions;
  int64_t transaction_last_update_timestamp_ms = 0;
  int64_t transaction_start_timestamp_ms = 0;
  int16_t client_transaction_version = 0;
  void wire(auto& a) {
    a.f("producer_id", producer_id);
    a.f("producer_epoch", producer_epoch);
    a.f("transaction_timeout_ms", transaction_timeout_ms);
    a.f("transaction_status", transaction_status);
    a.n("transaction_partitions", transaction_partitions);
    a.f("transaction_last_update_timestamp_ms", transaction_last_update_timestamp_ms);
    a.f("transaction_start_timestamp_ms", transaction_start_timestamp_ms);
    a.t(0, "previous_producer_id", previous_producer_id, 1, -1);
    a.t(1, "next_producer_id", next_producer_id, 1, -1);
    a.t(2, "client_transaction_version", client_transaction_version, 1);
    a.t(3, "next_producer_epoch", next_producer_epoch, 1, -1);
  }
  bool operator==(const TransactionLogValue&) const = default;
};

}  // namespace faultline::wire
