// SPDX-License-Identifier: Apache-2.0
// Producer ids, which make writing idempotent and transactional.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct InitProducerIdResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kInitProducerId, "InitProducerIdResponse");

  int32_t throttle_time_ms = 0;
  KafkaError error_code = KafkaError::kNone;
  int64_t producer_id = -1;
  int16_t producer_epoch = 0;
  int64_t ongoing_txn_producer_id = -1;
  int16_t ongoing_txn_producer_epoch = -1;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("error_code", error_code);
    a.f("producer_id", producer_id);
    a.f("producer_epoch", producer_epoch);
    a.f("ongoing_txn_producer_id", ongoing_txn_producer_id, 6);
    a.f("ongoing_txn_producer_epoch", ongoing_txn_producer_epoch, 6);
  }
  bool operator==(const InitProducerIdResponse&) const = default;
};

struct InitProducerIdRequest {
  static constexpr ApiKey kKey = ApiKey::kInitProducerId;
  static constexpr MessageSpec kSpec = api_spec(kKey, "InitProducerIdRequest");
  using Response = InitProducerIdResponse;

  std::optional<std::string> transactional_id;
  int32_t transaction_timeout_ms = 0;
  int64_t producer_id = -1;
  int16_t producer_epoch = -1;
  bool enable2_pc = false;
  bool keep_prepared_txn = false;
  void wire(auto& a) {
    a.n("transactional_id", transactional_id);
    a.f("transaction_timeout_ms", transaction_timeout_ms);
    a.f("producer_id", producer_id, 3);
    a.f("producer_epoch", producer_epoch, 3);
    a.f("enable2_pc", enable2_pc, 6);
    a.f("keep_prepared_txn", keep_prepared_txn, 6);
  }
  bool operator==(const InitProducerIdRequest&) const = default;
};

}  // namespace faultline::wire
