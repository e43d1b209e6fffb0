// SPDX-License-Identifier: Apache-2.0
// An explanation for people, in at most 20 lines.
#pragma once

#include <string>

#include "analysis/why/explain.h"

namespace faultline::why {

struct TextOptions {
  size_t columns = 100;
  bool unicode = true;
};

std::string why_text(const Explanation& told, const TextOptions& options);
std::string why_json(const Explanation& told);

}  // namespace faultline::why
