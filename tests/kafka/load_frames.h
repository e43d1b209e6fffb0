// SPDX-License-Identifier: Apache-2.0
// Produce requests as bytes, and whether an answer is a success.
#pragma once

#include <cstdint>
#include <string>

#include "broker/base/bytes.h"
#include "tests/kafka/load.h"

namespace faultline::load {

inline constexpr int kProduceVersion = 11;

// One batch of `records` for one partition, acks=all.
Slice produce_frame(const LoadOptions& options, int32_t partition, int32_t records);
bool is_success(const Slice& answer);
std::string describe(const Slice& answer);

}  // namespace faultline::load
