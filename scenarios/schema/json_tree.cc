// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/json_tree.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "broker/base/assert.h"

namespace faultline::scenarios {

namespace {

// Walks over the tokens of a text that nlohmann has accepted so far, one call for each.
class Cursor {
 public:
  Cursor(std::string_view text, int source) : text_(text), source_(source) {}

  // Skips blanks, comments, commas and colons, then the token that begins there.
  Place next() {
    skip_trivia();
    const Place place = here();
    ASSERT(at_ < text_.size());
    const char first = text_[at_];
    if (first == '"') {
      skip_string();
    } else if (std::string_view("{}[]").contains(first)) {
      advance(1);
    } else {
      while (at_ < text_.size() && !std::string_view(",]}/ \t\r\n").contains(text_[at_]))
        advance(1);
    }
    return place;
  }

  // Moves to where the parser gave up, which is at most the end of the token at fault.
  Place give_up(size_t consumed, size_t token_bytes) {
    skip_trivia();
    const size_t end = std::min(consumed, text_.size());
    const size_t begin = end - std::min(end, token_bytes);
    while (at_ < begin) advance(1);
    return here();
  }

  std::string_view since(size_t begin) const { return text_.substr(begin, at_ - begin); }
  size_t position() const { return at_; }

 private:
  Place here() const { return {.source = source_, .line = line_, .column = column_}; }

  void advance(size_t count) {
    for (; count > 0 && at_ < text_.size(); --count, ++at_) {
      column_ = text_[at_] == '\n' ? 1 : column_ + 1;
      if (text_[at_] == '\n') ++line_;
    }
  }

  void skip_trivia() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      if (std::string_view(",: \t\r\n").contains(rest[0])) {
        advance(1);
      } else if (rest.starts_with("//")) {
        advance(std::min(rest.find('\n'), rest.size()));
      } else if (rest.starts_with("/*")) {
        const size_t end = rest.find("*/", 2);
        advance(end == std::string_view::npos ? rest.size() : end + 2);
      } else if (at_ == 0 && rest.starts_with("\xEF\xBB\xBF")) {
        at_ = 3;  // a byte order mark takes no column
      } else {
        return;
      }
    }
  }

  void skip_string() {
    advance(1);
    while (at_ < text_.size() && text_[at_] != '"') advance(text_[at_] == '\\' ? 2 : 1);
    advance(1);
  }

  std::string_view text_;
  int source_;
  size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
};

// nlohmann's SAX interface; the tree under construction is the path of open containers.
class TreeBuilder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  TreeBuilder(std::string_view text, int source) : cursor_(text, source) {}

  bool null() { return add({.type = JsonType::kNull}); }
  bool boolean(bool value) { return add({.type = JsonType::kBoolean, .boolean = value}); }
  bool number_integer(number_integer_t value) { return add_integer(value); }
  bool number_unsigned(number_unsigned_t value) {
    if (value > static_cast<number_unsigned_t>(INT64_MAX)) {
      return refuse(cursor_.next(), "number too large: at most 9223372036854775807");
    }
    return add_integer(static_cast<int64_t>(value));
  }
  bool number_float(number_float_t, const string_t& text) {
    return add({.type = JsonType::kFloat, .text = text});
  }
  bool string(string_t& value) {
    return add({.type = JsonType::kString, .text = std::move(value)});
  }
  bool binary(binary_t&) { UNREACHABLE(); }

  bool start_object(size_t) { return open(JsonType::kObject); }
  bool start_array(size_t) { return open(JsonType::kArray); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(string_t& name) {
    const Place place = cursor_.next();
    open_.back().members.push_back({.key = std::move(name), .key_place = place, .value = {}});
    return true;
  }

  bool parse_error(size_t position, const std::string& token,
                   const nlohmann::detail::exception& e) {
    // "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error while ..."
    std::string_view what = e.what();
    if (const size_t at = what.find("syntax error "); at != std::string_view::npos) {
      what.remove_prefix(at + std::string_view("syntax error ").size());
    } else if (const size_t bracket = what.find("] "); bracket != std::string_view::npos) {
      what.remove_prefix(bracket + 2);
    }
    const bool at_end = what.contains("unexpected end of input");
    return refuse(cursor_.give_up(position, at_end ? 0 : token.size()),
                  fmt::format("this is no JSON: {}", readable(what)));
  }

  JsonParse take() {
    if (error_) return {.root = {}, .error = std::move(error_)};
    return {.root = std::move(root_), .error = std::nullopt};
  }

 private:
  // nlohmann prints the bytes that it read, which may be long or no text at all.
  static std::string readable(std::string_view what) {
    std::string text;
    for (char c : what.substr(0, 300)) text += c >= ' ' && c < 127 ? c : '?';
    return text;
  }

  bool refuse(Place place, std::string message) {
    error_ = JsonError{.place = place, .message = std::move(message)};
    return false;
  }

  bool add_integer(int64_t value) {
    return add({.type = JsonType::kInteger, .integer = value, .text = std::to_string(value)});
  }

  bool add(JsonValue value) {
    value.place = cursor_.next();
    put(std::move(value));
    return true;
  }

  void put(JsonValue value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().type == JsonType::kArray) {
      open_.back().items.push_back(std::move(value));
    } else {
      open_.back().members.back().value = std::move(value);
    }
  }

  bool open(JsonType type) {
    const Place place = cursor_.next();
    if (open_.size() == kJsonDepthMax) {
      return refuse(place, fmt::format("nested deeper than {} levels", kJsonDepthMax));
    }
    open_.push_back({.type = type, .place = place});
    return true;
  }

  bool close() {
    cursor_.next();
    JsonValue value = std::move(open_.back());
    open_.pop_back();
    put(std::move(value));
    return true;
  }

  Cursor cursor_;
  std::vector<JsonValue> open_;
  JsonValue root_;
  std::optional<JsonError> error_;
};

}  // namespace

const JsonMember* JsonValue::find(std::string_view key) const {
  const auto found = std::ranges::find(members, key, &JsonMember::key);
  return found == members.end() ? nullptr : &*found;
}

JsonMember* JsonValue::find(std::string_view key) {
  const auto found = std::ranges::find(members, key, &JsonMember::key);
  return found == members.end() ? nullptr : &*found;
}

JsonParse parse_json(std::string_view text, int source) {
  const Place start{.source = source, .line = 1, .column = 1};
  if (text.size() > kJsonBytesMax) {
    return {.root = {},
            .error = JsonError{start, fmt::format("larger than {} MiB", kJsonBytesMax >> 20)}};
  }
  TreeBuilder builder(text, source);
  try {
    nlohmann::json::sax_parse(text.begin(), text.end(), &builder,
                              nlohmann::json::input_format_t::json, /*strict=*/true,
                              /*ignore_comments=*/true);
  } catch (const std::exception& e) {
    return {.root = {}, .error = JsonError{start, fmt::format("this is no JSON: {}", e.what())}};
  }
  return builder.take();
}

std::string_view describe(JsonType type) {
  switch (type) {
    case JsonType::kNull: return "null";
    case JsonType::kBoolean: return "a boolean";
    case JsonType::kInteger: return "an integer";
    case JsonType::kFloat: return "a number with a fraction";
    case JsonType::kString: return "a string";
    case JsonType::kArray: return "a list";
    case JsonType::kObject: return "an object";
  }
  UNREACHABLE();
}

std::string json_quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace faultline::scenarios
