// SPDX-License-Identifier: Apache-2.0
// Changing configurations, judged in Kafka's order and with its sentences: first what the asked
// broker looks at (form, and its own configurations), then what the controller does (topics).
#include "broker/metadata/decide_alter_configs.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "broker/metadata/config_defs.h"
#include "broker/metadata/topic_name.h"

namespace faultline::metadata {
namespace {

using wire::KafkaError;

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) words.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return words;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

Verdict invalid_request(std::string message) {
  return refuse(KafkaError::kInvalidRequest, std::move(message));
}

bool is_known(ConfigOperation operation) {
  return operation >= ConfigOperation::kSet && operation <= ConfigOperation::kSubtract;
}

Verdict check_form(const ConfigsToAlter& wanted) {
  std::set<std::string_view> names;
  std::vector<std::string> without_value;
  for (const ConfigChange& change : wanted.changes) {
    if (!names.insert(change.name).second)
      return invalid_request("Error due to duplicate config keys");
    const bool needs_value = change.operation != ConfigOperation::kDelete;
    if (needs_value && !change.value) without_value.push_back(change.name);
  }
  if (!without_value.empty())
    return invalid_request("Null value not supported for : " + joined(without_value, ", "));
  for (const ConfigChange& change : wanted.changes)
    if (!is_known(change.operation))
      return invalid_request("Unknown operations type " +
                             std::to_string(static_cast<int>(change.operation)));
  return std::nullopt;
}

Verdict check_broker_name(const std::string& name, int32_t broker_id) {
  if (name.empty()) return std::nullopt;  // all brokers
  int32_t id = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, id);
  if (error != std::errc() || stop != end)
    return invalid_request("Node id must be an integer, but it is: " + name);
  if (id == broker_id) return std::nullopt;
  return invalid_request("Unexpected broker id, expected " + std::to_string(broker_id) +
                         ", but received " + name);
}

std::span<const ConfigDef> defs_of(ConfigResourceType type) {
  return type == ConfigResourceType::kTopic ? topic_config_defs() : broker_config_defs();
}

// What the broker checks of all its configurations, as they would then be.
Verdict check_broker_configs(const ConfigMap& configs, bool is_for_all) {
  std::vector<std::string> fixed;
  std::vector<std::string> of_one;
  for (const auto& [name, value] : configs) {
    const ConfigDef* def = find_config(broker_config_defs(), name);
    if (def == nullptr) continue;
    if (def->scope == ConfigScope::kReadOnly) fixed.push_back(name);
    if (def->scope == ConfigScope::kPerBroker) of_one.push_back(name);
  }
  if (!fixed.empty())
    return invalid_request("Cannot update these configs dynamically: Set(" + joined(fixed, ", ") +
                           ")");
  for (const auto& [name, value] : configs) {
    const ConfigDef* def = find_config(broker_config_defs(), name);
    if (def == nullptr) continue;
    const Result<std::string> checked = check_config(*def, value);
    if (!checked) return invalid_request(checked.error().detail);
  }
  if (is_for_all && !of_one.empty())
    return invalid_request(
        "Cannot update these configs at default cluster level, broker id must be specified: Set(" +
        joined(of_one, ", ") + ")");
  return std::nullopt;
}

Verdict check_topic(const std::string& name, const ConfigMap& configs, const MetadataImage& image) {
  if (name.empty()) return invalid_request("Default topic resources are not allowed.");
  const std::string problem = topic_name_problem(name);
  if (!problem.empty())
    return refuse(KafkaError::kInvalidTopicException, "Topic name is invalid: " + problem);
  for (const auto& [config, value] : configs)
    if (Verdict verdict = check_topic_config(config, value)) return verdict;
  if (image.find_topic(name) == nullptr)
    return refuse(KafkaError::kUnknownTopicOrPartition, "The topic '" + name + "' does not exist.");
  return std::nullopt;
}

Verdict check_list(const ConfigsToAlter& wanted, const ConfigChange& change) {
  const ConfigDef* def = find_config(defs_of(wanted.type), change.name);
  if (def != nullptr && def->type == ConfigType::kList) return std::nullopt;
  const bool appends = change.operation == ConfigOperation::kAppend;
  if (wanted.type == ConfigResourceType::kTopic)
    return refuse(KafkaError::kInvalidConfig, std::string("Can't ") +
                                                  (appends ? "APPEND" : "SUBTRACT") + " to key " +
                                                  change.name + " because its type is not LIST.");
  return refuse(KafkaError::kInvalidConfig, std::string("Config value ") +
                                                (appends ? "append" : "subtract") +
                                                " is not allowed for config key: " + change.name);
}

// A list with words added or taken away; what was not set begins as its default.
std::string changed_list(const ConfigsToAlter& wanted, const ConfigChange& change,
                         const ConfigMap& configs) {
  const ConfigDef* def = find_config(defs_of(wanted.type), change.name);
  const auto set = configs.find(change.name);
  std::vector<std::string> words =
      split(set != configs.end() ? set->second : def->default_value.value_or(""));
  const std::string words_named = change.value.value_or("");
  for (const std::string& word : split(words_named)) {
    const auto found = std::find(words.begin(), words.end(), word);
    const bool is_there = found != words.end();
    if (change.operation == ConfigOperation::kAppend && !is_there) words.push_back(word);
    if (change.operation == ConfigOperation::kSubtract && is_there) words.erase(found);
  }
  return joined(words, ",");
}

struct NewConfigs {
  Verdict refusal;
  ConfigMap configs;
};

NewConfigs changed_configs(const ConfigsToAlter& wanted, AlterMode mode, const ConfigMap& present) {
  NewConfigs result;
  if (mode == AlterMode::kIncremental) result.configs = present;
  for (const ConfigChange& change : wanted.changes) {
    if (change.operation == ConfigOperation::kDelete) {
      result.configs.erase(change.name);
    } else if (change.operation == ConfigOperation::kSet) {
      result.configs[change.name] = *change.value;
    } else {
      result.refusal = check_list(wanted, change);
      if (result.refusal) return result;
      result.configs[change.name] = changed_list(wanted, change, result.configs);
    }
  }
  return result;
}

void add_record(const ConfigResource& resource, const std::string& name,
                std::optional<std::string> value, std::vector<MetadataRecord>& records) {
  wire::ConfigRecord record;
  record.resource_type = static_cast<int8_t>(resource.type);
  record.resource_name = resource.name;
  record.name = name;
  record.value = std::move(value);
  records.emplace_back(std::move(record));
}

void add_records(const ConfigResource& resource, const ConfigMap& before, const ConfigMap& after,
                 std::vector<MetadataRecord>& records) {
  for (const auto& [name, value] : after) {
    const auto found = before.find(name);
    const bool is_news = found == before.end() || found->second != value;
    if (is_news) add_record(resource, name, value, records);
  }
  for (const auto& [name, value] : before)
    if (!after.contains(name)) add_record(resource, name, std::nullopt, records);
}

Verdict decide_one(const ConfigsToAlter& wanted, AlterMode mode, int32_t broker_id,
                   const MetadataImage& image, std::vector<MetadataRecord>& records) {
  if (Verdict verdict = check_form(wanted)) return verdict;
  const bool is_topic = wanted.type == ConfigResourceType::kTopic;
  if (!is_topic && wanted.type != ConfigResourceType::kBroker)
    return invalid_request("Unknown resource type " +
                           std::to_string(static_cast<int>(wanted.type)));
  const bool is_for_all = !is_topic && wanted.name.empty();
  if (!is_topic)
    if (Verdict verdict = check_broker_name(wanted.name, broker_id)) return verdict;
  const ConfigResource resource{wanted.type, wanted.name};
  const ConfigMap& before = image.configs_of(resource);
  const NewConfigs after = changed_configs(wanted, mode, before);
  if (after.refusal) return after.refusal;
  Verdict verdict = is_topic ? check_topic(wanted.name, after.configs, image)
                             : check_broker_configs(after.configs, is_for_all);
  if (verdict) return verdict;
  add_records(resource, before, after.configs, records);
  return std::nullopt;
}

}  // namespace

Verdict check_topic_config(std::string_view name, std::string_view value) {
  const ConfigDef* def = find_config(topic_config_defs(), name);
  if (def == nullptr)
    return refuse(KafkaError::kInvalidConfig, "Unknown topic config name: " + std::string(name));
  const Result<std::string> checked = check_config(*def, value);
  if (!checked) return refuse(KafkaError::kInvalidConfig, checked.error().detail);
  return std::nullopt;
}

AlterConfigsDecision decide_alter_configs(const std::vector<ConfigsToAlter>& resources,
                                          AlterMode mode, int32_t broker_id,
                                          const MetadataImage& image) {
  AlterConfigsDecision decision;
  std::map<ConfigResource, int> times;
  for (const ConfigsToAlter& wanted : resources) ++times[{wanted.type, wanted.name}];
  for (const ConfigsToAlter& wanted : resources) {
    AlteredConfigs& answer = decision.resources.emplace_back();
    answer.resource = {wanted.type, wanted.name};
    Verdict verdict;
    if (times[answer.resource] > 1)
      verdict = invalid_request("Each resource must appear at most once.");
    else
      verdict = decide_one(wanted, mode, broker_id, image, decision.records);
    if (!verdict) continue;
    answer.error = verdict->error;
    answer.message = std::move(verdict->message);
  }
  return decision;
}

}  // namespace faultline::metadata
