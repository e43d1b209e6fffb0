// SPDX-License-Identifier: Apache-2.0
// Goal: every value knows where it stands, comments or not, and no text is too broken. Method:
// examples with known places, a check of every place against the text, random mutations.
#include "scenarios/schema/json_tree.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "scenarios/schema/writer.h"

namespace faultline::scenarios {
namespace {

std::string at(Place place) {
  return std::to_string(place.line) + ":" + std::to_string(place.column);
}

constexpr std::string_view kText = R"({ // a comment, with "quotes" and { braces
  "a": 1, /* another
  one */ "b" : [ -2.5e3,true , null,"x\"\\" ],
  "c":{"d":"\u00e9"}, "e": []
})";

TEST(JsonTree, every_value_knows_its_line_and_column) {
  const JsonParse parsed = parse_json(kText);
  ASSERT_FALSE(parsed.error.has_value());
  const JsonValue& root = parsed.root;
  EXPECT_EQ(at(root.place), "1:1");
  EXPECT_EQ(at(root.find("a")->key_place), "2:3");
  EXPECT_EQ(at(root.find("a")->value.place), "2:8");
  EXPECT_EQ(at(root.find("b")->key_place), "3:10");
  const auto& list = root.find("b")->value.items;
  ASSERT_EQ(list.size(), 4u);
  EXPECT_EQ(at(list[0].place), "3:18");
  EXPECT_EQ(list[0].text, "-2.5e3");
  EXPECT_EQ(at(list[1].place), "3:25");
  EXPECT_EQ(at(list[2].place), "3:32");
  EXPECT_EQ(at(list[3].place), "3:37");
  EXPECT_EQ(list[3].text, "x\"\\");
  EXPECT_EQ(at(root.find("c")->value.find("d")->value.place), "4:12");
  EXPECT_EQ(root.find("c")->value.find("d")->value.text, "é");
  EXPECT_EQ(at(root.find("e")->value.place), "4:28");
}

TEST(JsonTree, a_syntax_error_points_at_what_is_wrong) {
  const auto error = [](std::string_view text) {
    const JsonParse parsed = parse_json(text);
    return parsed.error ? at(parsed.error->place) : "none";
  };
  EXPECT_EQ(error("{\n  \"a\": 1,\n  b: 2\n}"), "3:3");
  EXPECT_EQ(error("{ \"a\": 1 \"b\": 2 }"), "1:10");
  EXPECT_EQ(error("[1, 2,]"), "1:7");
  EXPECT_EQ(error(""), "1:1");
  EXPECT_EQ(error("{ \"a\": 18446744073709551615 }"), "1:8");
  EXPECT_EQ(error("{} {}"), "1:4");
  EXPECT_EQ(error("{ /* no end"), "1:12");
}

TEST(JsonTree, a_deep_text_is_refused_before_the_stack_ends) {
  const JsonParse parsed = parse_json(std::string(1'000'000, '['));
  ASSERT_TRUE(parsed.error.has_value());
  EXPECT_EQ(parsed.error->message, "nested deeper than 64 levels");
}

// Every place must point at the first character of its value.
void check_places(const JsonValue& value, const std::vector<std::string>& lines) {
  const char first =
      lines[static_cast<size_t>(value.place.line - 1)][static_cast<size_t>(value.place.column - 1)];
  switch (value.type) {
    case JsonType::kObject: RC_ASSERT(first == '{'); break;
    case JsonType::kArray: RC_ASSERT(first == '['); break;
    case JsonType::kString: RC_ASSERT(first == '"'); break;
    case JsonType::kInteger: RC_ASSERT(first == value.text[0]); break;
    default: break;
  }
  for (const JsonValue& item : value.items) check_places(item, lines);
  for (const JsonMember& member : value.members) check_places(member.value, lines);
}

JsonValue random_tree(int depth) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 5 : 3);
  if (kind == 0) return json_integer(*rc::gen::arbitrary<int64_t>());
  if (kind == 1) return json_text(*rc::gen::string<std::string>());
  if (kind == 2) return json_boolean(*rc::gen::arbitrary<bool>());
  JsonValue value{.type = kind == 3 ? JsonType::kArray : JsonType::kObject};
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    if (kind == 3) {
      value.items.push_back(random_tree(depth - 1));
    } else {
      value.members.push_back(
          {.key = "k" + std::to_string(i), .key_place = {}, .value = random_tree(depth - 1)});
    }
  }
  return value;
}

RC_GTEST_PROP(JsonTree, printed_trees_read_back_with_right_places, ()) {
  const std::string text = print_json(random_tree(5));
  const JsonParse parsed = parse_json(text);
  RC_ASSERT(!parsed.error.has_value());
  RC_ASSERT(print_json(parsed.root) == text);
  std::vector<std::string> lines(1);
  for (char c : text) c == '\n' ? lines.emplace_back().clear() : lines.back().push_back(c);
  check_places(parsed.root, lines);
}

RC_GTEST_PROP(JsonTree, no_mutation_of_a_text_crashes, ()) {
  std::string text(kText);
  for (int i = *rc::gen::inRange(1, 6); i > 0; --i) {
    const size_t at = *rc::gen::inRange<size_t>(0, text.size() + 1);
    const size_t count = *rc::gen::inRange<size_t>(0, 4);
    text.replace(at, count,
                 *rc::gen::element<std::string>("", "\"", "{", "]", "/*", "//", "\\", "\n", "\xff",
                                                "9e999", ","));
  }
  const JsonParse parsed = parse_json(text);
  if (parsed.error) RC_ASSERT(parsed.error->place.line >= 1);
}

}  // namespace
}  // namespace faultline::scenarios
