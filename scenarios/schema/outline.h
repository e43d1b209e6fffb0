// SPDX-License-Identifier: Apache-2.0
// The visitor that writes the description down as data: a tree of all keys, from which come the
// JSON schema that editors use and the table of keys for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/schema/visitor.h"

namespace faultline::scenarios {

enum class KeyKind : uint8_t {
  kBoolean,
  kInteger,
  kText,
  kTexts,
  kDuration,
  kSize,
  kSizeRange,
  kRate,
  kRatio,
  kLatency,
  kWindow,
  kWord,
  kWords,
  kPartitions,
  kConfigs,
  kConfig,
  kConstant,
  kObject,
  kList,
  kMap,
};

struct OutlineKey {
  std::string name;
  KeyKind kind = KeyKind::kText;
  std::string doc;
  std::string default_text;  // as in a file; empty: none
  std::string applies_to;
  std::string other_name;
  std::string shorthand;
  std::string constant;
  std::string none;     // the word for no duration
  std::string key_doc;  // of a map
  bool required = false;
  Bounds bounds;
  std::vector<Word> words;  // values, or keys of a map
  std::vector<const metadata::ConfigDef*> configs;
  size_t count_min = 0;
  size_t count_max = 0;
  std::vector<OutlineKey> keys;  // of an object or of each item
  // Which keys apply for which value of the selector; empty where all do always.
  std::string selector;
  std::vector<std::pair<std::string, std::vector<std::string>>> variants;
};

// The whole file as one object.
OutlineKey outline();

std::string json_schema();  // draft-07
std::string key_table();    // every key on one line, for a terminal

}  // namespace faultline::scenarios
