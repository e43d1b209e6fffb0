// SPDX-License-Identifier: Apache-2.0
// Where the tool writes and how: results to `out`, progress and complaints to `err`, colours and
// line-drawing characters only where the terminal shows them. A test gives its own two files.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "analysis/report/text.h"

namespace faultline::cli {

enum class Style : uint8_t { kPlain, kBold, kDim, kRed, kGreen, kYellow, kBlue, kCyan };

struct Console {
  std::FILE* out = nullptr;
  std::FILE* err = nullptr;
  bool color = false;      // of out
  bool color_err = false;  // of err
  bool unicode = true;
  bool progress = false;  // whether a line of err may be rewritten in place
  size_t columns = 100;

  // Of this process: looks at NO_COLOR, CLICOLOR_FORCE, TERM, COLUMNS, the locale's character set
  // and whether out and err are terminals.
  static Console of_process();

  void print(std::string_view text) const;     // to out, at once
  void complain(std::string_view text) const;  // to err, at once

  std::string styled(Style style, std::string_view text) const;      // for out
  std::string styled_err(Style style, std::string_view text) const;  // for err
  std::string_view glyph(std::string_view unicode_text, std::string_view ascii_text) const {
    return unicode ? unicode_text : ascii_text;
  }
};

// Columns that a text takes on the screen: characters, not bytes; escape sequences take none.
size_t width_of(std::string_view text);
// The text with blanks after it up to that many columns, or cut to them with an ellipsis.
std::string padded(std::string_view text, size_t columns);
using report::grouped;
// The text in lines of at most that many columns, broken at blanks, each after the first indented.
std::string wrapped(std::string_view text, size_t columns, size_t indent);
std::string cut(std::string_view text, size_t columns, std::string_view ellipsis = "...");

}  // namespace faultline::cli
