// SPDX-License-Identifier: Apache-2.0
// The format of java.util.Properties.load, for text in UTF-8.
#include "broker/runtime/properties.h"

#include <charconv>

namespace faultline {
namespace {

constexpr std::string_view kBlank = " \t\f";

struct LogicalLine {
  std::string text;  // continuations joined, escapes as they are
  int number = 0;    // of its first line
};

std::string_view without_indent(std::string_view line) {
  const size_t start = line.find_first_not_of(kBlank);
  return start == line.npos ? std::string_view() : line.substr(start);
}

bool ends_in_odd_backslashes(std::string_view line) {
  const size_t last = line.find_last_not_of('\\');
  const size_t count = last == line.npos ? line.size() : line.size() - last - 1;
  return count % 2 == 1;
}

std::string_view take_line(std::string_view& text) {
  const size_t end = text.find_first_of("\r\n");
  const std::string_view line = text.substr(0, end);
  if (end == text.npos) {
    text = {};
  } else {
    text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
  }
  return line;
}

std::vector<LogicalLine> logical_lines(std::string_view text) {
  std::vector<LogicalLine> lines;
  bool continues = false;
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = without_indent(take_line(text));
    if (!continues) {
      if (line.empty() || line.front() == '#' || line.front() == '!') continue;
      lines.push_back({"", number});
    }
    continues = ends_in_odd_backslashes(line);
    lines.back().text += line.substr(0, line.size() - (continues ? 1 : 0));
  }
  return lines;
}

void append_utf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

Result<std::string> unescape(std::string_view text, int line) {
  std::string out;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '\\' || text.empty()) {
      out += c;
      continue;
    }
    const char escaped = text.front();
    text.remove_prefix(1);
    if (escaped == 'u') {
      uint32_t code = 0;
      const std::string_view digits = text.substr(0, 4);
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
      if (digits.size() != 4 || end != digits.data() + 4)
        return fail(ErrorCode::kCorrupt, "line " + std::to_string(line) + ": malformed \\u escape");
      append_utf8(out, code);
      text.remove_prefix(4);
      continue;
    }
    constexpr std::string_view kFrom = "tnrf";
    constexpr std::string_view kTo = "\t\n\r\f";
    const size_t known = kFrom.find(escaped);
    out += known == kFrom.npos ? escaped : kTo[known];
  }
  return out;
}

// Where the key ends: at the first blank, '=' or ':' that is not escaped.
size_t key_end(std::string_view line) {
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '=' || line[i] == ':' || kBlank.find(line[i]) != kBlank.npos) {
      return i;
    }
  }
  return line.size();
}

}  // namespace

Result<std::vector<Property>> parse_properties(std::string_view text) {
  std::vector<Property> properties;
  for (const LogicalLine& line : logical_lines(text)) {
    const std::string_view whole = line.text;
    const size_t end = key_end(whole);
    std::string_view rest = without_indent(whole.substr(end));
    if (!rest.empty() && (rest.front() == '=' || rest.front() == ':'))
      rest = without_indent(rest.substr(1));
    Property property;
    TRY_ASSIGN(property.key, unescape(whole.substr(0, end), line.number));
    TRY_ASSIGN(property.value, unescape(rest, line.number));
    property.line = line.number;
    properties.push_back(std::move(property));
  }
  return properties;
}

}  // namespace faultline
