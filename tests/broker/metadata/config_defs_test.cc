// SPDX-License-Identifier: Apache-2.0
// Goal: the table of configurations is sound in itself and judges values as Kafka does. Method:
// properties of every row, then Kafka's sentences for one bad value of each type.
#include "broker/metadata/config_defs.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

namespace faultline::metadata {
namespace {

std::string verdict(std::string_view name, std::string_view value) {
  const ConfigDef* def = find_config(topic_config_defs(), name);
  if (def == nullptr) def = find_config(broker_config_defs(), name);
  if (def == nullptr) return "no such config";
  const auto checked = check_config(*def, value);
  return checked ? *checked : checked.error().detail;
}

ConfigLookup lookup(const std::map<std::string, std::string, std::less<>>& values) {
  return [&values](std::string_view name) -> std::optional<std::string_view> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

TEST(ConfigDefs, every_default_is_valid_and_in_canonical_text) {
  for (const auto defs : {topic_config_defs(), broker_config_defs()}) {
    for (const ConfigDef& def : defs) {
      if (!def.default_value) continue;
      EXPECT_EQ(check_config(def, *def.default_value).value(), *def.default_value) << def.name;
    }
  }
}

TEST(ConfigDefs, names_are_unique_and_documented) {
  for (const auto defs : {topic_config_defs(), broker_config_defs()}) {
    std::set<std::string_view> names;
    for (const ConfigDef& def : defs) {
      EXPECT_TRUE(names.insert(def.name).second) << def.name;
      EXPECT_TRUE(def.doc.ends_with('.')) << def.name;
    }
  }
}

TEST(ConfigDefs, each_topic_config_and_its_broker_synonyms_have_one_default) {
  const ConfigLookup nothing = [](std::string_view) { return std::nullopt; };
  for (const ConfigDef& def : topic_config_defs()) {
    for (const ConfigSynonym& synonym : def.synonyms) {
      if (synonym.name.empty()) continue;
      const ConfigDef* broker = find_config(broker_config_defs(), synonym.name);
      ASSERT_NE(broker, nullptr) << synonym.name;
      if (!broker->default_value) continue;
      const std::map<std::string, std::string, std::less<>> set{
          {std::string(broker->name), std::string(*broker->default_value)}};
      EXPECT_EQ(topic_config(def, nothing, lookup(set)), def.default_value) << synonym.name;
    }
  }
}

TEST(ConfigDefs, a_bad_value_is_refused_in_the_words_of_kafka) {
  EXPECT_EQ(verdict("flush.messages", "0"),
            "Invalid value 0 for configuration flush.messages: Value must be at least 1");
  EXPECT_EQ(verdict("segment.bytes", "3000000000"),
            "Invalid value 3000000000 for configuration segment.bytes: Not a number of type INT");
  EXPECT_EQ(verdict("retention.ms", "7d"),
            "Invalid value 7d for configuration retention.ms: Not a number of type LONG");
  EXPECT_EQ(verdict("preallocate", "yes"),
            "Invalid value yes for configuration preallocate: Expected value to be either true or "
            "false");
  EXPECT_EQ(verdict("message.timestamp.type", "Both"),
            "Invalid value Both for configuration message.timestamp.type: String must be one of: "
            "CreateTime, LogAppendTime");
  EXPECT_EQ(verdict("cleanup.policy", "delete,keep"),
            "Invalid value keep for configuration cleanup.policy: String must be one of: compact, "
            "delete");
  EXPECT_EQ(verdict("min.cleanable.dirty.ratio", "1.5"),
            "Invalid value 1.5 for configuration min.cleanable.dirty.ratio: Value must be no more "
            "than 1");
  EXPECT_EQ(verdict("min.cleanable.dirty.ratio", "half"),
            "Invalid value half for configuration min.cleanable.dirty.ratio: Not a number of type "
            "DOUBLE");
}

TEST(ConfigDefs, a_good_value_comes_back_in_canonical_text) {
  EXPECT_EQ(verdict("preallocate", " TRUE "), "true");
  EXPECT_EQ(verdict("flush.messages", "+001"), "1");
  EXPECT_EQ(verdict("cleanup.policy", "compact , delete"), "compact,delete");
  EXPECT_EQ(verdict("min.cleanable.dirty.ratio", "0.25"), "0.25");
  EXPECT_EQ(
      config_millionths(*find_config(topic_config_defs(), "min.cleanable.dirty.ratio"), "0.25"),
      250'000);
}

TEST(ConfigDefs, a_topic_value_wins_over_the_broker_and_the_finer_synonym_over_the_coarser) {
  const ConfigDef& retention = *find_config(topic_config_defs(), "retention.ms");
  std::map<std::string, std::string, std::less<>> topic, broker;
  EXPECT_EQ(topic_config(retention, lookup(topic), lookup(broker)), "604800000");
  broker["log.retention.hours"] = "2";
  EXPECT_EQ(topic_config(retention, lookup(topic), lookup(broker)), "7200000");
  broker["log.retention.minutes"] = "-1";
  EXPECT_EQ(topic_config(retention, lookup(topic), lookup(broker)), "-1");
  broker["log.retention.ms"] = "5000";
  EXPECT_EQ(topic_config(retention, lookup(topic), lookup(broker)), "5000");
  topic["retention.ms"] = "100";
  EXPECT_EQ(topic_config(retention, lookup(topic), lookup(broker)), "100");
}

}  // namespace
}  // namespace faultline::metadata
