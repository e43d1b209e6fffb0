// SPDX-License-Identifier: Apache-2.0
#include "analysis/shrink/signature.h"

#include <algorithm>
#include <tuple>

namespace faultline::shrink {
namespace {

using sim::Finding;

constexpr std::string_view kRanks[] = {"H2", "H1", "H3", "H4", "H6", "R1", "I7", "S1", "S2"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "the 3 acked records stay" and "the acked record stays" are one rule.
std::string without_numbers(std::string_view sentence) {
  std::string text;
  size_t at = 0;
  while (at < sentence.size()) {
    size_t end = sentence.find(' ', at);
    if (end == std::string_view::npos) end = sentence.size();
    const std::string_view word = sentence.substr(at, end - at);
    at = end + 1;
    if (word.empty() || std::any_of(word.begin(), word.end(), is_digit)) continue;
    if (!text.empty()) text += ' ';
    text += word;
  }
  constexpr std::string_view kMany = "records stay";
  const size_t many = text.find(kMany);
  if (many != std::string::npos) text.replace(many, kMany.size(), "record stays");
  return text;
}

}  // namespace

std::string signature_of(const sim::PropertyResult& property, const Finding& finding) {
  std::string text;
  if (finding.kind != Finding::Kind::kViolation)
    text = std::string(to_string(finding.kind)) + " of ";
  text += property.property.id;
  const std::string rule = without_numbers(finding.expected);
  return rule.empty() ? text : text + ": " + rule;
}

std::vector<std::string> signatures_of(const sim::CheckReport& report) {
  struct Ranked {
    std::tuple<bool, bool, bool, std::ptrdiff_t, int64_t> rank;
    std::string text;
  };
  std::vector<Ranked> all;
  for (const sim::PropertyResult& property : report.properties) {
    const auto place = std::find(std::begin(kRanks), std::end(kRanks), property.property.id);
    for (const Finding& finding : property.findings)
      all.push_back(
          {{finding.kind != Finding::Kind::kViolation,
            finding.kind != Finding::Kind::kPermittedLoss, finding.subject.starts_with("__"),
            place - std::begin(kRanks), finding.detected_ns},
           signature_of(property, finding)});
  }
  std::sort(all.begin(), all.end(), [](const Ranked& a, const Ranked& b) {
    return std::tie(a.rank, a.text) < std::tie(b.rank, b.text);
  });
  std::vector<std::string> texts;
  for (Ranked& each : all)
    if (std::find(texts.begin(), texts.end(), each.text) == texts.end())
      texts.push_back(std::move(each.text));
  return texts;
}

std::string property_of(std::string_view signature) {
  const std::string_view head = signature.substr(0, signature.find(':'));
  const size_t blank = head.rfind(' ');
  return std::string(blank == std::string_view::npos ? head : head.substr(blank + 1));
}

}  // namespace faultline::shrink
