// SPDX-License-Identifier: Apache-2.0
// Whole files in and out, for the command line; and scenarios from files.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "analysis/cli/verbs.h"
#include "broker/base/result.h"
#include "scenarios/scenario.h"
#include "sim/trace/run_file.h"

namespace faultline::cli {

Result<std::string> read_file(const std::string& path);
Result<> write_file(const std::string& path, std::string_view bytes);

// Writes a file and says on the console if that fails.
bool save(const std::string& path, std::string_view bytes, const Console& console);

// Reads a scenario, with a fault plan from another file if one is named; "-" is the standard input.
// Says on the console what is wrong, and with which code to leave.
std::expected<scenarios::Scenario, Exit> load_scenario(const std::string& path,
                                                       std::span<const std::string> sets,
                                                       const Console& console,
                                                       const std::string& plan = {});

// A run with all its events: from its file, or played from a scenario and a seed. Complains as
// above.
std::expected<sim::RunFile, Exit> load_whole_run(const std::string& path,
                                                 std::optional<uint64_t> seed,
                                                 const Console& console);

}  // namespace faultline::cli
