// SPDX-License-Identifier: Apache-2.0
// The outline as a table for people.
#include <fmt/format.h>

#include "scenarios/schema/outline.h"
#include "scenarios/schema/units.h"

namespace faultline::scenarios {

namespace {

struct Row {
  std::string path;
  std::string type;
  std::string default_text;
  std::string doc;
};

std::string type_of(const OutlineKey& key) {
  switch (key.kind) {
    case KeyKind::kBoolean: return "true, false";
    case KeyKind::kInteger: return "integer";
    case KeyKind::kText: return "text";
    case KeyKind::kTexts: return "list of texts";
    case KeyKind::kDuration: return key.none.empty() ? "duration" : "duration, " + key.none;
    case KeyKind::kSize: return "size";
    case KeyKind::kSizeRange: return "size, [min, max]";
    case KeyKind::kRate: return "rate";
    case KeyKind::kRatio: return "ratio";
    case KeyKind::kLatency: return "latency";
    case KeyKind::kWindow: return "[first, last]";
    case KeyKind::kWord: return "word";
    case KeyKind::kWords: return "list of words";
    case KeyKind::kPartitions: return "list of partitions";
    case KeyKind::kConfigs: return "Kafka configs";
    case KeyKind::kConfig: return "Kafka config";
    case KeyKind::kConstant: return key.constant.empty() ? "text" : key.constant;
    case KeyKind::kObject: return "object";
    case KeyKind::kList: return "list";
    case KeyKind::kMap: return "map";
  }
  return {};
}

void add_words(const OutlineKey& key, const std::string& path, std::vector<Row>& rows) {
  for (const Word& word : key.words) {
    rows.push_back({fmt::format("{}  {}", std::string(path.size(), ' '), word.name), "", "",
                    std::string(word.doc)});
  }
}

void add_rows(const OutlineKey& key, const std::string& prefix, std::vector<Row>& rows) {
  std::string path = prefix + key.name;
  std::string doc = key.doc;
  if (!key.applies_to.empty() && key.applies_to.size() < 40) {
    doc = fmt::format("({}) {}", key.applies_to, doc);
  }
  const std::string shown_default = key.required ? "required" : key.default_text;
  rows.push_back({path, type_of(key), shown_default, doc});
  if (key.kind == KeyKind::kConfigs) {
    for (const metadata::ConfigDef* def : key.configs) {
      rows.push_back({"    " + std::string(def->name), "",
                      std::string(def->default_value.value_or("")), std::string(def->doc)});
    }
    return;
  }
  if (!key.words.empty()) add_words(key, "  ", rows);
  if (key.kind == KeyKind::kList) path += "[]";
  if (key.kind == KeyKind::kMap) path += key.words.empty() ? ".NAME" : ".KIND";
  for (const OutlineKey& child : key.keys) add_rows(child, path + ".", rows);
}

}  // namespace

std::string key_table() {
  std::vector<Row> rows;
  for (const OutlineKey& key : outline().keys) add_rows(key, "", rows);
  std::string text = fmt::format("{:<44} {:<20} {:<20} {}\n", "KEY", "VALUE", "DEFAULT", "MEANING");
  for (const Row& row : rows) {
    text += fmt::format("{:<44} {:<20} {:<20} {}\n", row.path, row.type, row.default_text, row.doc);
  }
  return text;
}

}  // namespace faultline::scenarios
