// SPDX-License-Identifier: Apache-2.0
// What `faultline calibrate` was given.
#pragma once

#include <cstdint>
#include <string>

#include "analysis/cli/console.h"
#include "analysis/cli/exit.h"

namespace faultline::cli {

struct CalibrateOptions {
  std::string bootstrap;
  std::string out = "-";  // where the profile goes
  std::string note;       // what is measured, for people
  int64_t pid = 0;        // of the broker; 0: unknown
  int64_t seconds = 30;   // of measuring
  bool validate = false;  // then compare other loads, for as long again
  int64_t rounds = 3;     // of those
  bool json = false;
};
Exit calibrate(const CalibrateOptions& options, const Console& console);

}  // namespace faultline::cli
