// SPDX-License-Identifier: Apache-2.0
// Goal: what is shipped for editors and people comes from the description that the parser uses.
// Method: the JSON schema is generated anew and compared with the file.
#include <fstream>
#include <functional>
#include <sstream>

#include <gtest/gtest.h>

#include "scenarios/schema/description.h"
#include "scenarios/schema/json_tree.h"
#include "scenarios/schema/outline.h"

namespace faultline::scenarios {
namespace {

TEST(Schema, the_shipped_file_is_what_the_description_gives) {
  std::ifstream file(FAULTLINE_SOURCE_DIR "/scenarios/scenario.schema.json");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(text.str() == json_schema())
      << "run: faultline lint --schema > scenarios/scenario.schema.json";
}

TEST(Schema, it_is_json_and_closed_everywhere) {
  const JsonParse parsed = parse_json(json_schema());
  ASSERT_FALSE(parsed.error.has_value());
  size_t objects = 0;
  const std::function<void(const JsonValue&)> visit = [&](const JsonValue& value) {
    const bool is_object =
        value.find("type") != nullptr && value.find("type")->value.text == "object";
    if (is_object && value.find("properties") != nullptr) {
      ++objects;
      EXPECT_NE(value.find("additionalProperties"), nullptr) << value.place.line;
    }
    for (const JsonMember& member : value.members) visit(member.value);
    for (const JsonValue& item : value.items) visit(item);
  };
  visit(parsed.root);
  EXPECT_GT(objects, 12u);
}

TEST(Schema, every_key_has_a_sentence) {
  const std::function<void(const OutlineKey&)> visit = [&](const OutlineKey& key) {
    EXPECT_TRUE(key.doc.empty() ? key.name.empty() : key.doc.ends_with('.')) << key.name;
    for (const OutlineKey& child : key.keys) visit(child);
    for (const Word& word : key.words) EXPECT_TRUE(word.doc.ends_with('.')) << word.name;
  };
  visit(outline());
}

TEST(Schema, the_table_of_keys_names_every_config) {
  const std::string table = key_table();
  for (const auto defs : {metadata::topic_config_defs(), metadata::broker_config_defs()}) {
    for (const metadata::ConfigDef& def : defs) {
      EXPECT_NE(table.find(std::string(def.name)), std::string::npos) << def.name;
    }
  }
}

}  // namespace
}  // namespace faultline::scenarios
