// SPDX-License-Identifier: Apache-2.0
// Why a part of a request is refused: Kafka's code and sentence.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "broker/wire/error_codes.h"

namespace faultline::metadata {

struct Refusal {
  wire::KafkaError error = wire::KafkaError::kNone;
  std::string message;
};
// Nothing: it may pass.
using Verdict = std::optional<Refusal>;

inline Verdict refuse(wire::KafkaError error, std::string message) {
  return Refusal{error, std::move(message)};
}

}  // namespace faultline::metadata
