// SPDX-License-Identifier: Apache-2.0
#include "analysis/why/words.h"

#include <charconv>

namespace faultline::why {
namespace {

std::optional<int64_t> parse_number(std::string_view text, size_t* used = nullptr) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  if (used != nullptr) *used = static_cast<size_t>(end - text.data());
  return number;
}

}  // namespace

std::string with_commas(int64_t number) {
  std::string text = std::to_string(number);
  const size_t first = text.starts_with('-') ? 1 : 0;
  for (size_t place = text.size(); place > first + 3;) text.insert(place -= 3, ",");
  return text;
}

std::string acks_text(int16_t acks) {
  return acks < 0 ? "acks=all" : "acks=" + std::to_string(acks);
}

std::string file_text(std::string_view path) {
  const size_t last = path.rfind('/');
  if (last == std::string_view::npos || last == 0) return std::string(path);
  const size_t before = path.rfind('/', last - 1);
  return std::string(before == std::string_view::npos ? path : path.substr(before + 1));
}

std::optional<Subject> parse_subject(std::string_view text) {
  Subject subject;
  const size_t at = text.rfind('@');
  const std::string_view name = text.substr(0, at);
  const size_t dash = name.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::optional<int64_t> number = parse_number(name.substr(dash + 1));
  if (!number) return std::nullopt;
  subject.partition = {std::string(name.substr(0, dash)), static_cast<int32_t>(*number)};
  if (at == std::string_view::npos) return subject;
  const std::string_view range = text.substr(at + 1);
  size_t used = 0;
  subject.from = parse_number(range, &used).value_or(-1);
  subject.end = subject.from + 1;
  if (range.substr(used).starts_with(".."))
    subject.end = parse_number(range.substr(used + 2)).value_or(subject.from) + 1;
  return subject;
}

std::vector<Offset> offsets_named(std::string_view text) {
  constexpr std::string_view kWord = "offset ";
  std::vector<Offset> offsets;
  for (size_t at = text.find(kWord); at != std::string_view::npos; at = text.find(kWord, at + 1))
    if (const auto offset = parse_number(text.substr(at + kWord.size())))
      offsets.push_back(*offset);
  return offsets;
}

}  // namespace faultline::why
