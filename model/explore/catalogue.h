// SPDX-License-Identifier: Apache-2.0
// What the command line knows of a model: its name, variants and bounds, and how to make it.
// model/specs/models.h lists them all.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/result.h"
#include "model/explore/space.h"

namespace faultline::model {

struct VariantInfo {
  std::string_view name;
  std::string_view about;     // one line; what is wrong with it, if anything
  std::string_view violates;  // the property that breaks at the default bounds; empty: none
};

struct ParameterInfo {
  std::string_view name;  // "R"
  int64_t value = 0;      // by default
  int64_t least = 0;
  int64_t most = 0;
  std::string_view about;  // "replicas"
};

using Parameters = std::map<std::string, int64_t, std::less<>>;

struct ModelEntry {
  std::string_view name;              // "isr"
  std::string_view about;             // one line
  std::string_view page;              // for `explain`: plain text for a student
  std::vector<VariantInfo> variants;  // the first is the default; never empty
  std::vector<ParameterInfo> parameters;
  // `variant` is one of variants, each parameter is there and within its bounds.
  std::unique_ptr<Space> (*make)(std::string_view variant, const Parameters& parameters);
};

// The entry's parameters with `sets` ("R=3", also several: "R=3,L=2") over the defaults. Errors:
// kInvalidArgument names what is wrong and what there is.
Result<Parameters> resolve_parameters(const ModelEntry& entry,
                                      const std::vector<std::string>& sets);
// Errors: as above. An empty name is the default.
Result<std::string_view> resolve_variant(const ModelEntry& entry, std::string_view name);

}  // namespace faultline::model
