// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/suggest.h"

#include <algorithm>

#include <fmt/format.h>

namespace faultline::scenarios {

namespace {

constexpr size_t kNameBytesMax = 100;  // the longest name worth comparing
constexpr size_t kListMax = 24;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b) {
  // Optimal string alignment, three rows at a time.
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates) {
  std::string_view best;
  // Something of the name must be left: one letter is near to no other.
  size_t best_distance = std::min(std::max<size_t>(1, name.size() / 3) + 1, name.size());
  if (name.empty() || name.size() > kNameBytesMax) return best;
  for (std::string_view candidate : candidates) {
    size_t distance = edit_distance(name, candidate);
    // "acks.all" for "acks", "flush" for "flush.messages": a whole word of the other.
    if (name.size() >= 4 && (candidate.starts_with(name) || name.starts_with(candidate))) {
      distance = std::min<size_t>(distance, 2);
    }
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view name, std::span<const std::string_view> candidates) {
  const std::string_view best = nearest(name, candidates);
  return best.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", best);
}

std::string valid_list(std::string_view what, std::span<const std::string_view> names) {
  if (names.empty()) return {};
  if (names.size() > kListMax) {
    return fmt::format("there are {} {}: `faultline lint --keys` lists them", names.size(), what);
  }
  return fmt::format("valid {}: {}", what, fmt::join(names, ", "));
}

}  // namespace faultline::scenarios
