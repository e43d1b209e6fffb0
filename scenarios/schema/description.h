// SPDX-License-Identifier: Apache-2.0
// The one description of a scenario file: all its keys with their types, units, bounds, defaults
// and sentences, written down as visits (visitor.h).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "scenarios/schema/visitor.h"

namespace faultline::scenarios {

inline constexpr int64_t kFormatVersion = 1;
inline constexpr size_t kBrokersMax = 1;  // until there is replication

void describe(Visitor& visitor, Scenario& scenario);
void describe_cluster(Visitor& visitor, Cluster& cluster);
void describe_client(Visitor& visitor, Client& client);
void describe_faults(Visitor& visitor, Scenario& scenario);

// What can be judged, and the safety rules that a run can do without.
std::span<const Word> property_words();
std::span<const Word> rule_words();
// What sim/check calls the property: "no-duplicates" -> "H3".
std::string_view property_id(std::string_view name);
std::span<const Word> fault_kind_words();

// Kafka's configuration of a client of that type.
std::span<const metadata::ConfigDef> client_config_defs(ClientType type);

inline constexpr Bounds kPositiveTime{.min = 1, .max = int64_t{366} * 86'400'000'000'000};
inline constexpr Bounds kTime{.min = 0, .max = kPositiveTime.max};

}  // namespace faultline::scenarios
