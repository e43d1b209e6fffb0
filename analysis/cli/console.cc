// SPDX-License-Identifier: Apache-2.0
#include "analysis/cli/console.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace faultline::cli {

namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool wants_color(int descriptor) {
  if (!environment("NO_COLOR").empty()) return false;
  if (const auto force = environment("CLICOLOR_FORCE"); !force.empty() && force != "0") return true;
  return isatty(descriptor) != 0 && environment("TERM") != "dumb";
}

// As setlocale would see it; an unset locale is taken for UTF-8, which terminals of today are.
bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = environment(name);
    if (value.empty()) continue;
    return value.contains("UTF-8") || value.contains("utf8") || value.contains("UTF8");
  }
  return environment("TERM") != "linux";
}

std::string_view code(Style style) {
  switch (style) {
    case Style::kPlain: return "0";
    case Style::kBold: return "1";
    case Style::kDim: return "2";
    case Style::kRed: return "1;31";
    case Style::kGreen: return "1;32";
    case Style::kYellow: return "1;33";
    case Style::kBlue: return "34";
    case Style::kCyan: return "36";
  }
  return "0";
}

std::string paint(bool on, Style style, std::string_view text) {
  if (!on || style == Style::kPlain) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code(style), text);
}

void write(std::FILE* file, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file);
  std::fflush(file);
}

// Bytes of the character or escape sequence at the start, and the columns it takes.
struct Glyph {
  size_t bytes;
  size_t columns;
};

Glyph first_glyph(std::string_view text) {
  if (text[0] == '\x1b') {
    const size_t end = text.find('m');
    return {end == std::string_view::npos ? text.size() : end + 1, 0};
  }
  size_t bytes = 1;
  while (bytes < text.size() && (static_cast<uint8_t>(text[bytes]) & 0xC0) == 0x80) ++bytes;
  return {bytes, 1};
}

}  // namespace

Console Console::of_process() {
  Console console{.out = stdout, .err = stderr};
  console.color = wants_color(STDOUT_FILENO);
  console.color_err = wants_color(STDERR_FILENO);
  console.unicode = locale_is_utf8();
  console.progress = isatty(STDERR_FILENO) != 0 && environment("TERM") != "dumb";
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    console.columns = std::clamp<size_t>(size.ws_col, 60, 200);
  } else if (const size_t columns = std::strtoul(environment("COLUMNS").data(), nullptr, 10);
             columns > 0) {
    console.columns = std::clamp<size_t>(columns, 60, 200);
  }
  return console;
}

void Console::print(std::string_view text) const { write(out, text); }
void Console::complain(std::string_view text) const { write(err, text); }

std::string Console::styled(Style style, std::string_view text) const {
  return paint(color, style, text);
}

std::string Console::styled_err(Style style, std::string_view text) const {
  return paint(color_err, style, text);
}

size_t width_of(std::string_view text) {
  size_t columns = 0;
  while (!text.empty()) {
    const Glyph glyph = first_glyph(text);
    columns += glyph.columns;
    text.remove_prefix(glyph.bytes);
  }
  return columns;
}

std::string cut(std::string_view text, size_t columns, std::string_view ellipsis) {
  if (width_of(text) <= columns) return std::string(text);
  const size_t room = columns - std::min(columns, width_of(ellipsis));
  std::string result;
  for (size_t used = 0; !text.empty();) {
    const Glyph glyph = first_glyph(text);
    if (used + glyph.columns > room) break;
    used += glyph.columns;
    result += text.substr(0, glyph.bytes);
    text.remove_prefix(glyph.bytes);
  }
  return result + std::string(ellipsis);
}

std::string padded(std::string_view text, size_t columns) {
  std::string result = cut(text, columns);
  result.append(columns - std::min(columns, width_of(result)), ' ');
  return result;
}

std::string wrapped(std::string_view text, size_t columns, size_t indent) {
  std::string result;
  size_t used = indent;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    const size_t width = width_of(word);
    if (used > indent && used + 1 + width > columns) {
      result += '\n' + std::string(indent, ' ');
      used = indent;
    } else if (used > indent) {
      result += ' ';
      ++used;
    }
    result += word;
    used += width;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

}  // namespace faultline::cli
