// SPDX-License-Identifier: Apache-2.0
// Printing of messages.
#include "broker/base/notation_print.h"

#include <array>
#include <charconv>

namespace faultline {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr size_t kLineBytesMax = 16;  // of a byte field, in lines for people

// Length of the UTF-8 sequence that starts `text`, 0 when it is not one.
size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const size_t length = byte(0) < 0x80           ? 1
                        : (byte(0) >> 5) == 0x06 ? 2
                        : (byte(0) >> 4) == 0x0e ? 3
                        : (byte(0) >> 3) == 0x1e ? 4
                                                 : 0;
  if (length > text.size()) return 0;
  uint32_t code = length < 2 ? byte(0) : byte(0) & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3fu);
  }
  constexpr std::array<uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return code < kLeast[length] || code > 0x10ffff || surrogate ? 0 : length;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    const auto byte = static_cast<uint8_t>(text[0]);
    if (length == 0) {
      out += "\\ufffd";
    } else if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[0];
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

void Printer::separate() {
  if (in_field_) {
    in_field_ = false;
    return;
  }
  if (!first_) out_ += style_ == PrintStyle::kJson ? "," : ", ";
  first_ = false;
}

void Printer::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
}

void Printer::close(char bracket) {
  out_ += bracket;
  first_ = false;
}

void Printer::put(std::string_view text) {
  separate();
  out_ += text;
}

void Printer::begin_struct() { open('{'); }
void Printer::end_struct() { close('}'); }
size_t Printer::begin_array(size_t count) {
  open('[');
  return count;
}
void Printer::end_array() { close(']'); }

void Printer::enter(const FieldInfo& field) {
  separate();
  if (style_ == PrintStyle::kJson) {
    append_json_string(out_, field.name);
    out_ += ':';
  } else {
    out_ += field.name;
    out_ += ": ";
  }
  in_field_ = true;
}

bool Printer::present(bool is_present, bool /*null_is_legal*/) {
  if (!is_present) put("null");
  return is_present;
}

void Printer::number(const NumberInfo& info, int64_t& value) {
  if (style_ == PrintStyle::kLine && info.name != nullptr) {
    put(info.name(value));
    return;
  }
  const bool top = !info.is_signed && info.bytes == 8;
  put(top ? std::to_string(static_cast<uint64_t>(value)) : std::to_string(value));
}

void Printer::boolean(bool& value) { put(value ? "true" : "false"); }

void Printer::real(double& value) {
  if (value - value != 0) {  // infinite or not a number, which JSON cannot say
    put("null");
    return;
  }
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  put({digits.data(), static_cast<size_t>(end - digits.data())});
}

void Printer::text(std::string& value) {
  separate();
  append_json_string(out_, value);
}

void Printer::bytes(Slice& value) {
  separate();
  const bool cut = style_ == PrintStyle::kLine && value.size() > kLineBytesMax;
  out_ += style_ == PrintStyle::kJson ? "\"" : "0x";
  for (const uint8_t byte : value.view().first(cut ? kLineBytesMax : value.size())) {
    out_ += kHex[byte >> 4];
    out_ += kHex[byte & 15];
  }
  if (cut) out_ += "...(" + std::to_string(value.size()) + " bytes)";
  if (style_ == PrintStyle::kJson) out_ += '"';
}

void Printer::uuid(Uuid& value) {
  separate();
  const bool quoted = style_ == PrintStyle::kJson;
  if (quoted) out_ += '"';
  out_ += value.to_string();
  if (quoted) out_ += '"';
}

}  // namespace faultline
