// SPDX-License-Identifier: Apache-2.0
#include "analysis/search/results.h"

#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace faultline::search {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kFormat = "faultline check 1";

// The whole text as a number.
std::optional<uint64_t> number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

Results read_head(const Json& json) {
  Results results;
  results.scenario = json.at("scenario").get<std::string>();
  results.name = json.at("name").get<std::string>();
  results.file = json.value("file", "");
  results.sets = json.value("sets", std::vector<std::string>{});
  results.build = json.value("build", "");
  results.seeds.first = json.at("first").get<uint64_t>();
  if (json.contains("last")) results.seeds.last = json.at("last").get<uint64_t>();
  results.seeds.shard = json.value("shard", uint64_t{1});
  results.seeds.shards = json.value("shards", uint64_t{1});
  return results;
}

}  // namespace

std::optional<uint64_t> SeedPlan::at(uint64_t index) const {
  const uint64_t limit = last.value_or(UINT64_MAX);
  const uint64_t offset = shard - 1;
  if (index > (UINT64_MAX - offset) / shards) return std::nullopt;
  const uint64_t distance = index * shards + offset;
  if (first > limit || distance > limit - first) return std::nullopt;
  return first + distance;
}

std::optional<uint64_t> SeedPlan::count() const {
  if (!last) return std::nullopt;
  if (first > *last || *last - first < shard - 1) return 0;
  return (*last - first - (shard - 1)) / shards + 1;
}

std::optional<SeedPlan> parse_seeds(std::string_view text) {
  SeedPlan seeds;
  const size_t dots = text.find("..");
  const std::optional<uint64_t> first = number(text.substr(0, dots));
  if (!first) return std::nullopt;
  seeds.first = *first;
  seeds.last = *first;
  if (dots == std::string_view::npos) return seeds;
  const std::string_view rest = text.substr(dots + 2);
  seeds.last = number(rest);
  if (!rest.empty() && (!seeds.last || *seeds.last < seeds.first)) return std::nullopt;
  return seeds;
}

bool parse_shard(std::string_view text, SeedPlan& seeds) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const std::optional<uint64_t> shard = number(text.substr(0, slash));
  const std::optional<uint64_t> shards = number(text.substr(slash + 1));
  if (!shard || !shards || *shard < 1 || *shard > *shards) return false;
  seeds.shard = *shard;
  seeds.shards = *shards;
  return true;
}

std::string this_build() { return std::string("faultline 0.1.0, ") + __VERSION__; }

std::string to_text(const Results& results) {
  Json head;
  head["format"] = std::string(kFormat);
  head["scenario"] = results.scenario;
  head["name"] = results.name;
  head["file"] = results.file;
  head["sets"] = results.sets;
  head["build"] = results.build;
  head["first"] = results.seeds.first;
  if (results.seeds.last) head["last"] = *results.seeds.last;
  head["shard"] = results.seeds.shard;
  head["shards"] = results.seeds.shards;
  std::string text = head.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (const auto& [seed, outcome] : results.outcomes) text += to_json(outcome) + "\n";
  return text;
}

Result<Results> results_from_text(std::string_view text) {
  Results results;
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (number > 1) {
      Result<Outcome> outcome = outcome_from_json(line);
      if (!outcome)
        return fail(ErrorCode::kCorrupt,
                    fmt::format("line {}: {}", number, outcome.error().detail));
      results.outcomes[outcome->seed] = std::move(*outcome);
      continue;
    }
    try {
      const Json head = Json::parse(line);
      if (head.value("format", "") != kFormat)
        return fail(ErrorCode::kCorrupt, "not a result file of faultline check");
      results = read_head(head);
    } catch (const Json::exception&) {
      return fail(ErrorCode::kCorrupt, "not a result file of faultline check");
    }
    const SeedPlan& seeds = results.seeds;
    if (seeds.shards < 1 || seeds.shard < 1 || seeds.shard > seeds.shards)
      return fail(ErrorCode::kCorrupt, "line 1: no such shard");
  }
  if (number == 0) return fail(ErrorCode::kCorrupt, "an empty file");
  return results;
}

Result<> merge_into(Results& all, const Results& more) {
  if (all.scenario != more.scenario)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("results of another scenario: {} and {}", all.name, more.name));
  if (all.build != more.build)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("results of another program: {} and {}", all.build, more.build));
  for (const auto& [seed, outcome] : more.outcomes) {
    const auto [place, is_new] = all.outcomes.emplace(seed, outcome);
    if (is_new || place->second.same_run(outcome)) continue;
    place->second.diverged = true;
    place->second.signature = "two runs of one seed differ";
  }
  if (all.seeds == more.seeds) return {};
  all.seeds.first = std::min(all.seeds.first, more.seeds.first);
  all.seeds.last = all.seeds.last && more.seeds.last
                       ? std::optional(std::max(*all.seeds.last, *more.seeds.last))
                       : std::nullopt;
  all.seeds.shard = all.seeds.shards = 1;
  return {};
}

}  // namespace faultline::search
