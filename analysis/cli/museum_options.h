// SPDX-License-Identifier: Apache-2.0
// The options of `faultline museum`. See verbs.h.
#pragma once

#include <cstdint>
#include <string>

#include "analysis/cli/console.h"
#include "analysis/cli/exit.h"

namespace faultline::cli {

struct MuseumOptions {
  bool runs = false;  // else lists
  std::string id = "all";
  uint64_t seeds_max = 1000;  // of the hunt
  bool no_shrink = false;
  uint64_t clean = 0;  // > 0: runs so many seeds with the rule on instead
  std::string write;   // folder for the shrunk scenarios; empty: nowhere
  bool json = false;
};
Exit museum_verb(const MuseumOptions& options, const Console& console);

}  // namespace faultline::cli
