// SPDX-License-Identifier: Apache-2.0
// From the text of a scenario file to a Scenario, or to everything that is wrong with it. All
// errors of a file are found in one go. A Scenario that comes out is complete and consistent: the
// rest of the program needs no further checks.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/result.h"
#include "scenarios/scenario.h"

namespace faultline::scenarios {

// One `--set path=value`: "topics.orders.partitions", "clients[id=c1].acks", "clients[0].rate".
// The value is JSON, or a string where it is no JSON. Applied in order, before validation.
struct Override {
  std::string path;
  std::string value;
};

// Splits "path=value" at the first '=' outside brackets; an empty path where there is none.
Override parse_override(std::string_view text);

// A fault plan as a file holds it (plan_file.h): what a run takes instead of the faults that the
// scenario's seed would draw.
struct PlanText {
  std::string text;
  std::string file_name;
};

enum class Severity : uint8_t { kError, kWarning };

// Something to tell the author of a file. line and column count from 1, columns in characters; line
// 0 where the file as a whole or an override is meant.
struct Diagnostic {
  Severity severity = Severity::kError;
  std::string file;  // or "--set" for an override
  int line = 0;
  int column = 0;
  std::string path;         // "topics.orders.config"; empty for the file itself
  std::string message;      // "unknown key \"min.isync.replicas\"; did you mean ..."
  std::string hint;         // "valid keys: ..."; may be empty
  std::string source_line;  // to show above the caret

  // "file:line:column error  path: message", the source line with a caret, the hint.
  std::string to_string() const;
};

inline constexpr size_t kDiagnosticsMax = 20;

struct ParseOutcome {
  Scenario scenario;                    // only where ok()
  std::vector<Diagnostic> diagnostics;  // in the order of the file; warnings may come with ok()
  size_t dropped = 0;                   // found beyond kDiagnosticsMax

  bool ok() const;
  std::string to_string() const;  // all diagnostics as text
};

// Reads the file that "cluster.profile" names: its whole text, or why there is none. Without it
// only the profiles that are part of the program can be named.
using ReadProfile = std::function<Result<std::string>(const std::string& path)>;

ParseOutcome parse_scenario(std::string_view text, std::string file_name,
                            std::span<const Override> overrides = {},
                            const PlanText* plan = nullptr, const ReadProfile& read_profile = {});

// The timeline of a scenario, with settings that the scenario holds already, as a plan file; its
// other faults are not in there.
std::string to_plan_json(const Scenario& scenario, uint64_t seed,
                         std::span<const Override> settings = {});

// Canonical text, defaults left out: equal scenarios give equal text, and parsing it gives the same
// scenario back.
std::string to_json(const Scenario& scenario);

}  // namespace faultline::scenarios
