// SPDX-License-Identifier: Apache-2.0
#include "model/explore/catalogue.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace faultline::model {
namespace {

template <class Info>
std::string names_of(const std::vector<Info>& all) {
  std::string text;
  for (const Info& each : all) text += fmt::format("{}{}", text.empty() ? "" : ", ", each.name);
  return text.empty() ? "none" : text;
}

Result<> set_one(const ModelEntry& entry, std::string_view set, Parameters& parameters) {
  const size_t equals = set.find('=');
  if (equals == std::string_view::npos)
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: expected NAME=NUMBER", set));
  const std::string_view name = set.substr(0, equals);
  const std::string_view text = set.substr(equals + 1);
  const auto info = std::ranges::find(entry.parameters, name, &ParameterInfo::name);
  if (info == entry.parameters.end())
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} has no parameter {}; it has: {}", entry.name, name,
                            names_of(entry.parameters)));
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < info->least ||
      value > info->most)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: expected a number from {} to {}", set, info->least, info->most));
  parameters.insert_or_assign(std::string(name), value);
  return {};
}

}  // namespace

Result<Parameters> resolve_parameters(const ModelEntry& entry,
                                      const std::vector<std::string>& sets) {
  Parameters parameters;
  for (const ParameterInfo& info : entry.parameters) parameters.emplace(info.name, info.value);
  for (const std::string& list : sets) {
    std::string_view rest = list;
    while (true) {
      const size_t comma = rest.find(',');
      TRY(set_one(entry, rest.substr(0, comma), parameters));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return parameters;
}

Result<std::string_view> resolve_variant(const ModelEntry& entry, std::string_view name) {
  ASSERT(!entry.variants.empty());
  if (name.empty()) return entry.variants.front().name;
  const auto info = std::ranges::find(entry.variants, name, &VariantInfo::name);
  if (info == entry.variants.end())
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} has no variant {}; it has: {}", entry.name, name,
                            names_of(entry.variants)));
  return info->name;
}

}  // namespace faultline::model
