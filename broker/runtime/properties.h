// SPDX-License-Identifier: Apache-2.0
// Java properties, as server.properties is one: `key=value`, `key: value` or `key value`, comments
// from '#' or '!', lines that a backslash continues, escapes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/base/result.h"

namespace faultline {

struct Property {
  std::string key;
  std::string value;
  int line = 0;
};

// In order of the text; a key may come twice. Errors: kCorrupt names the line.
Result<std::vector<Property>> parse_properties(std::string_view text);

}  // namespace faultline
