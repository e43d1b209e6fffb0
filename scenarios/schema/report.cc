// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/report.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "broker/base/assert.h"

namespace faultline::scenarios {

namespace {

constexpr size_t kShownMax = 90;  // characters of a source line

bool continues_character(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

std::string_view line_of(std::string_view text, int line) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (int i = 1; i < line && !text.empty(); ++i) {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// Characters of the first `bytes` bytes.
int characters(std::string_view text, size_t bytes) {
  const auto part = text.substr(0, bytes);
  return static_cast<int>(part.size() - std::ranges::count_if(part, continues_character));
}

// A window of a long line around a column, so that the caret stays on the screen.
void shorten(std::string& line, int& caret) {
  if (line.size() <= kShownMax) return;
  const size_t at = static_cast<size_t>(caret - 1);
  size_t begin = at > kShownMax / 2 ? at - kShownMax / 2 : 0;
  while (begin < line.size() && continues_character(line[begin])) ++begin;
  size_t end = std::min(begin + kShownMax, line.size());
  while (end < line.size() && continues_character(line[end])) ++end;
  caret -= static_cast<int>(begin);
  const bool cut_end = end < line.size();
  line = line.substr(begin, end - begin);
  if (cut_end) line += " ...";
  if (begin > 0) {
    line = "... " + line;
    caret += 4;
  }
}

}  // namespace

Report::Report(std::string_view text, std::string file_name, std::span<const Override> overrides,
               const PlanText* plan) {
  sources_.push_back({std::string(text), std::move(file_name)});
  for (const Override& change : overrides)
    sources_.push_back({change.path + "=" + change.value, "--set"});
  if (plan != nullptr) sources_.push_back({plan->text, plan->file_name});
}

int Report::add_source(std::string_view text, std::string file_name) {
  sources_.push_back({std::string(text), std::move(file_name)});
  return static_cast<int>(sources_.size()) - 1;
}

void Report::error(Place place, std::string path, std::string message, std::string hint) {
  ++errors_;
  add(Severity::kError, place, std::move(path), std::move(message), std::move(hint));
}

void Report::warning(Place place, std::string path, std::string message, std::string hint) {
  add(Severity::kWarning, place, std::move(path), std::move(message), std::move(hint));
}

void Report::add(Severity severity, Place place, std::string path, std::string message,
                 std::string hint) {
  ASSERT_OP(static_cast<size_t>(place.source), <, sources_.size());
  Diagnostic diagnostic{.severity = severity,
                        .file = sources_[static_cast<size_t>(place.source)].file_name,
                        .line = place.line,
                        .column = place.column,
                        .path = std::move(path),
                        .message = std::move(message),
                        .hint = std::move(hint)};
  findings_.push_back({place, findings_.size(), std::move(diagnostic)});
}

std::vector<Diagnostic> Report::take(size_t& dropped) {
  const bool crowded = findings_.size() > kDiagnosticsMax;  // then errors go before warnings
  std::ranges::sort(findings_, {}, [&](const Finding& finding) {
    const Place& place = finding.place;
    return std::tuple(crowded ? finding.diagnostic.severity : Severity::kError, place.source,
                      place.line, place.column, finding.number);
  });
  dropped = findings_.size() - std::min(findings_.size(), kDiagnosticsMax);
  findings_.erase(findings_.end() - static_cast<ptrdiff_t>(dropped), findings_.end());
  std::vector<Diagnostic> diagnostics;
  for (Finding& finding : findings_) {
    Diagnostic& diagnostic = finding.diagnostic;
    if (diagnostic.line > 0) {
      const std::string_view line =
          line_of(sources_[static_cast<size_t>(finding.place.source)].text, diagnostic.line);
      diagnostic.source_line = line;
      diagnostic.column = characters(line, static_cast<size_t>(diagnostic.column - 1)) + 1;
    }
    diagnostics.push_back(std::move(diagnostic));
  }
  return diagnostics;
}

std::string Diagnostic::to_string() const {
  std::string text = file;
  const bool in_file = line > 0 && file != "--set";
  if (in_file) text += fmt::format(":{}:{}", line, column);
  text += severity == Severity::kError ? " error  " : " warning  ";
  if (!path.empty()) text += path + ": ";
  text += message + "\n";
  if (line > 0) {
    // The caret's column counts characters; cut by bytes, then measure again.
    size_t bytes = 0;
    for (int left = column - 1; bytes < source_line.size() && left > 0; --left) {
      do ++bytes;
      while (bytes < source_line.size() && continues_character(source_line[bytes]));
    }
    std::string shown = source_line;
    std::ranges::replace_if(shown, [](char c) { return static_cast<uint8_t>(c) < ' '; }, ' ');
    int caret = static_cast<int>(bytes) + 1;
    shorten(shown, caret);
    const int indent = characters(shown, static_cast<size_t>(caret - 1));
    const std::string margin = in_file ? fmt::format("{:>6}", line) : std::string(6, ' ');
    text += fmt::format("{} | {}\n{:6} | {:{}}^\n", margin, shown, "", "", indent);
  }
  if (!hint.empty()) text += fmt::format("{:6} = {}\n", "", hint);
  return text;
}

bool ParseOutcome::ok() const {
  return std::ranges::none_of(diagnostics, [](const Diagnostic& diagnostic) {
    return diagnostic.severity == Severity::kError;  // never dropped while warnings are kept
  });
}

std::string ParseOutcome::to_string() const {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += diagnostic.to_string();
  if (dropped > 0) text += fmt::format("and {} more\n", dropped);
  return text;
}

}  // namespace faultline::scenarios
