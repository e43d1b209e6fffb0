// SPDX-License-Identifier: Apache-2.0
// The configuration that a broker and a topic can have: Kafka 4.1's names, types, defaults and
// valid values, with one sentence each. One table for DescribeConfigs, CreateTopics and the
// scenario validator, so that they cannot differ. Values travel as Kafka's text; the readers below
// turn checked text into numbers. Where the log directory is, is no configuration here.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "broker/base/result.h"

namespace faultline::metadata {

enum class ConfigType : int8_t {  // numbers of Kafka's protocol
  kBoolean = 1,
  kString = 2,
  kInt = 3,
  kShort = 4,
  kLong = 5,
  kDouble = 6,
  kList = 7,
};

enum class ConfigUnit : uint8_t { kNone, kMilliseconds, kMinutes, kHours, kBytes };

enum class ConfigScope : uint8_t {
  kReadOnly,     // set before the broker starts
  kPerBroker,    // may change while it runs
  kClusterWide,  // may change while it runs, for one broker or for all
};

// The broker's own name for what a topic can override; its value times `factor` is the topic's.
struct ConfigSynonym {
  std::string_view name;
  int64_t factor = 1;
};

struct ConfigDef {
  std::string_view name;
  ConfigType type = ConfigType::kString;
  std::optional<std::string_view> default_value;  // none: Kafka's null
  std::string_view doc;
  int64_t min = INT64_MIN;  // of numbers; of a double in millionths
  int64_t max = INT64_MAX;
  std::string_view values;  // of strings and lists: "a|b|c"; empty: any
  ConfigUnit unit = ConfigUnit::kNone;
  ConfigScope scope = ConfigScope::kClusterWide;
  bool internal = false;                    // never listed by DescribeConfigs
  std::array<ConfigSynonym, 3> synonyms{};  // of a topic config, in order: the first one set wins
};

// Topics in the order of Kafka's DescribeConfigs, brokers by name.
std::span<const ConfigDef> topic_config_defs();
std::span<const ConfigDef> broker_config_defs();

// Null for an unknown name.
const ConfigDef* find_config(std::span<const ConfigDef> defs, std::string_view name);

// The value as Kafka prints it ("TRUE" -> "true"), or kInvalidArgument with Kafka's own sentence
// ("Invalid value 0 for configuration flush.messages: Value must be at least 1").
Result<std::string> check_config(const ConfigDef& def, std::string_view value);

// Of a checked value. REQUIRE: the def's type is a number, or boolean, respectively.
int64_t config_integer(const ConfigDef& def, std::string_view checked);
bool config_boolean(const ConfigDef& def, std::string_view checked);
int64_t config_millionths(const ConfigDef& def, std::string_view checked);  // of a double

// Looks up a value that somebody set; none where nobody did.
using ConfigLookup = std::function<std::optional<std::string_view>(std::string_view name)>;

// What a broker config is: the value set, or the default; none where that is null.
std::optional<std::string> broker_config(const ConfigDef& def, const ConfigLookup& broker);

// What a topic config is: set for the topic, else for the broker under a synonym, else the default.
std::optional<std::string> topic_config(const ConfigDef& def, const ConfigLookup& topic,
                                        const ConfigLookup& broker);

}  // namespace faultline::metadata
