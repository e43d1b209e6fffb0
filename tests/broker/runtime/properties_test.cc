// SPDX-License-Identifier: Apache-2.0
// Goal: server.properties is read as java.util.Properties reads it. Method: each rule of that
// format by example; random text never crashes.
#include "broker/runtime/properties.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace faultline {
namespace {

// "key=value;" for each, in order.
std::string read(std::string_view text) {
  const Result<std::vector<Property>> properties = parse_properties(text);
  if (!properties) return properties.error().detail;
  std::string out;
  for (const Property& each : *properties) out += each.key + "=" + each.value + ";";
  return out;
}

TEST(Properties, KeysEndAtEqualsColonOrBlank) {
  EXPECT_EQ(read("a=1\nb:2\nc 3\n  d = 4\ne\t:\t5\nf\n"), "a=1;b=2;c=3;d=4;e=5;f=;");
  EXPECT_EQ(read("listeners=PLAINTEXT://h:1,X://h:2"), "listeners=PLAINTEXT://h:1,X://h:2;");
  EXPECT_EQ(read("a==b\na = = b"), "a==b;a== b;");
}

TEST(Properties, CommentsAndEmptyLinesAreNothing) {
  EXPECT_EQ(read("# a=1\n! b=2\n\n   \n  # c\na=1 # not a comment\r\nb=2\r"),
            "a=1 # not a comment;b=2;");
}

TEST(Properties, BackslashesContinueAndEscape) {
  EXPECT_EQ(read("a=one\\\n   two\\\n\tthree\nb=2"), "a=onetwothree;b=2;");
  EXPECT_EQ(read("a=even\\\\\nb=2"), "a=even\\;b=2;");
  EXPECT_EQ(read("a\\=b\\ c=x\\ty\\u00e9\\q\\u20ac"), "a=b c=x\tyéq€;");
  EXPECT_EQ(read("a=1\nb=\\u12"), "line 2: malformed \\u escape");
  EXPECT_EQ(read("a=ends in\\"), "a=ends in;");
}

TEST(Properties, EachKnowsItsLine) {
  const Result<std::vector<Property>> properties = parse_properties("\na=\\\n1\n\nb=2");
  ASSERT_TRUE(properties.has_value());
  EXPECT_EQ((*properties)[0].line, 2);
  EXPECT_EQ((*properties)[1].line, 5);
}

RC_GTEST_PROP(Properties, AnyTextIsReadOrRefused, (const std::string& text)) {
  const Result<std::vector<Property>> properties = parse_properties(text);
  if (!properties) RC_ASSERT(properties.error().detail.starts_with("line "));
}

RC_GTEST_PROP(Properties, WhatIsEscapedComesBack, (const std::string& key)) {
  RC_PRE(!key.empty());
  std::string text;
  for (const char c : key) {
    if (c == '\n' || c == '\r') {
      text += c == '\n' ? "\\n" : "\\r";
    } else {
      text += '\\';
      text += std::string_view("tnrfu").find(c) == std::string_view::npos ? c : '_';
    }
  }
  RC_PRE(key.find_first_of("tnrfu") == key.npos);
  RC_ASSERT(read(text + "=v") == key + "=v;");
}

}  // namespace
}  // namespace faultline
