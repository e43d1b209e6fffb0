// SPDX-License-Identifier: Apache-2.0
// An answer as JSON that can be compared: without times, ids and hosts, records taken apart, and
// arrays in an order of their own where brokers may choose one.
#pragma once

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

namespace faultline::differential {

// Begins an id that has been replaced by a name, and can be compared.
inline const std::string kIdOf = "id of ";

// Changes `answer` in place.
void make_comparable(nlohmann::json& answer);

// Calls `differs` with the path and both values of each smallest part that is not equal.
using Differs = std::function<void(const std::string& path, const nlohmann::json& left,
                                   const nlohmann::json& right)>;
void find_differences(const std::string& path, const nlohmann::json& left,
                      const nlohmann::json& right, const Differs& differs);

}  // namespace faultline::differential
