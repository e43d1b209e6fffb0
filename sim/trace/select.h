// SPDX-License-Identifier: Apache-2.0
// Which events of a run to look at: by node, kind and time. An empty selection is all of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/trace/run_file.h"

namespace faultline::sim {

struct Selection {
  std::optional<int32_t> node;
  std::string kind;  // "log.append", or an area, "log"; empty: every kind
  int64_t from_ns = INT64_MIN;
  int64_t until_ns = INT64_MAX;  // included
  std::optional<uint64_t> entity;
};

// Whether "log.append" is one of what `kind` names.
bool is_of_kind(std::string_view name, std::string_view kind);

// The indices of the selected events, in order. Unknown kinds select nothing.
std::vector<uint64_t> select_events(const RunFile& run, const Selection& selection);

// The kinds of the file that `kind` names; none means that the user mistyped it.
std::vector<std::string> kinds_named(const RunFile& run, std::string_view kind);

}  // namespace faultline::sim
