// SPDX-License-Identifier: Apache-2.0
// Where our broker is meant to answer otherwise than Apache Kafka 4.1, and why. The table in the
// README of this folder is this one.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace faultline::differential {

struct KnownDifference {
  std::string_view api;
  std::string_view field;  // last name of the path
  // Whether these two values differ for this reason.
  bool (*applies)(const nlohmann::json& judge, const nlohmann::json& ours);
  std::string_view reason;
};

std::span<const KnownDifference> known_differences();

}  // namespace faultline::differential
