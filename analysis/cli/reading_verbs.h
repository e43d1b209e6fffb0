// SPDX-License-Identifier: Apache-2.0
// The verbs that only read what is there: recorded runs and files of logs. See verbs.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/cli/console.h"
#include "analysis/cli/exit.h"

namespace faultline::cli {

struct EventsOptions {
  std::string run;
  std::string node;
  std::string kind;
  bool json = false;
};
Exit events(const EventsOptions& options, const Console& console);

struct DiffOptions {
  std::string left;
  std::string right;
};
Exit diff(const DiffOptions& options, const Console& console);

struct ReportOptions {
  std::string run;               // or a scenario file
  std::optional<uint64_t> seed;  // of a scenario
  std::string out;               // empty: beside the run, with .html behind its name
};
Exit report(const ReportOptions& options, const Console& console);

struct DumpOptions {
  std::vector<std::string> files;
};
Exit dump(const DumpOptions& options, const Console& console);

}  // namespace faultline::cli
