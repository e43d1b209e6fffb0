// SPDX-License-Identifier: Apache-2.0
// Reading Kafka's message definitions.
#include "tests/broker/wire/oracle/schema.h"

#include <cctype>
#include <fstream>
#include <map>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace oracle {
namespace {

using Json = nlohmann::json;
using CommonStructs = std::map<std::string, Json>;

std::string text_of(const Json& object, const char* key, const std::string& otherwise) {
  return object.contains(key) ? object[key].get<std::string>() : otherwise;
}

void parse_type(const std::string& type, Field& field) {
  if (type == "bool") {
    field.kind = Kind::kBool;
  } else if (type == "string") {
    field.kind = Kind::kString;
  } else if (type == "bytes" || type == "records") {
    field.kind = Kind::kBytes;
  } else if (type == "uuid") {
    field.kind = Kind::kUuid;
  } else if (type == "float64") {
    field.kind = Kind::kFloat;
  } else if (type.starts_with("int") || type.starts_with("uint")) {
    field.kind = Kind::kInt;
    field.is_signed = type[0] == 'i';
    field.width = std::stoi(type.substr(type.find("int") + 3)) / 8;
  } else if (std::isupper(static_cast<unsigned char>(type[0]))) {
    field.kind = Kind::kStruct;
  } else {
    throw std::runtime_error("unknown type " + type);
  }
}

// A default is a string in most files and a bare literal in some; a bare null is none at all.
void parse_default(const Json& value, Field& field) {
  if (value.is_null()) return;
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text == "null") {
    field.null_by_default = true;
  } else if (field.kind == Kind::kBool) {
    field.number_by_default = text == "true";
  } else if (field.kind == Kind::kInt) {
    field.number_by_default = static_cast<int64_t>(std::stoll(text, nullptr, 0));
  } else {
    field.text_by_default = text;
  }
}

std::vector<Field> parse_fields(const Json& list, const CommonStructs& common);

Field parse_field(const Json& json, const CommonStructs& common) {
  Field field;
  field.name = json.at("name");
  std::string type = json.at("type");
  field.is_array = type.starts_with("[]");
  if (field.is_array) type = type.substr(2);
  parse_type(type, field);
  field.tagged = parse_range(text_of(json, "taggedVersions", "none"));
  field.versions = json.contains("versions") ? parse_range(json["versions"]) : field.tagged;
  field.nullable = parse_range(text_of(json, "nullableVersions", "none"));
  field.tag = json.value("tag", -1);
  if (json.contains("default")) parse_default(json["default"], field);
  if (field.kind == Kind::kStruct) {
    const auto shared = common.find(type);
    field.fields =
        parse_fields(shared != common.end() ? shared->second : json.at("fields"), common);
  }
  return field;
}

std::vector<Field> parse_fields(const Json& list, const CommonStructs& common) {
  std::vector<Field> fields;
  for (const Json& json : list) fields.push_back(parse_field(json, common));
  return fields;
}

}  // namespace

Range parse_range(const std::string& text) {
  if (text == "none") return {};
  const size_t dash = text.find('-');
  if (text.ends_with("+")) return {std::stoi(text), kOpen};
  if (dash == std::string::npos) return {std::stoi(text), std::stoi(text)};
  return {std::stoi(text.substr(0, dash)), std::stoi(text.substr(dash + 1))};
}

std::optional<Message> load(const std::filesystem::path& root, const std::string& name) {
  for (const char* folder :
       {"kafka-4.1-messages", "kafka-4.1-records/metadata", "kafka-4.1-records/group-coordinator",
        "kafka-4.1-records/transaction-coordinator", "kafka-4.1-records/share-coordinator"}) {
    for (const auto& file : {name, name == "ZkMigrationStateRecord" ? "ZkMigrationRecord" : name}) {
      std::ifstream in(root / folder / (file + ".json"));
      if (!in) continue;
      const Json json = Json::parse(in, nullptr, true, /*ignore_comments=*/true);
      CommonStructs common;
      for (const Json& shared : json.value("commonStructs", Json::array())) {
        common[shared.at("name")] = shared.at("fields");
      }
      Message message;
      message.name = json.at("name");
      message.kind = json.at("type");
      message.api_key = json.value("apiKey", -1);
      message.versions = parse_range(json.at("validVersions"));
      message.flexible = parse_range(text_of(json, "flexibleVersions", "none"));
      message.fields = parse_fields(json.at("fields"), common);
      return message;
    }
  }
  return std::nullopt;
}

std::string snake_case(const std::string& name) {
  const auto upper = [&](size_t i) {
    return i < name.size() && std::isupper(static_cast<unsigned char>(name[i])) != 0;
  };
  std::string snake;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool word_starts =
        upper(i) && i > 0 && (!upper(i - 1) || (i + 1 < name.size() && !upper(i + 1)));
    if (word_starts) snake += '_';
    snake += static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])));
  }
  return snake;
}

}  // namespace oracle
