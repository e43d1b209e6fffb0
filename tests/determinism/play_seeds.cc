// SPDX-License-Identifier: Apache-2.0
// Plays seeds of a scenario and prints a line for each, as `faultline check --fingerprints` does:
// what three of the five compilations are asked to do. It links the simulation and nothing above
// it, which is two thirds of the sources.
//
// Usage: play_seeds SCENARIO A..B   (exit code 64: the arguments or the scenario are no good)
#include <charconv>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "scenarios/run/simulation.h"
#include "scenarios/schema/parse.h"

namespace faultline {
namespace {

constexpr int kBadUsage = 64;

struct Seeds {
  uint64_t first = 0;
  uint64_t last = 0;
};

std::optional<uint64_t> to_number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Seeds> to_seeds(std::string_view text) {
  const size_t dots = text.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const auto first = to_number(text.substr(0, dots));
  const auto last = to_number(text.substr(dots + 2));
  if (!first || !last || *last < *first) return std::nullopt;
  return Seeds{*first, *last};
}

int refuse(const std::string& why) {
  std::fputs(why.c_str(), stderr);
  return kBadUsage;
}

int play_all(const std::string& path, Seeds seeds) {
  std::ifstream file(path);
  if (!file) return refuse(fmt::format("play_seeds: cannot read {}\n", path));
  std::stringstream text;
  text << file.rdbuf();
  const scenarios::ParseOutcome parsed = scenarios::parse_scenario(text.str(), path);
  if (!parsed.ok()) return refuse(parsed.to_string());
  for (uint64_t seed = seeds.first;; ++seed) {
    const scenarios::RunResult result = scenarios::run_scenario(parsed.scenario, {.seed = seed});
    fmt::print("{} {} {}\n", seed, result.recorder->fingerprint().to_string(),
               to_string(result.report.verdict));
    if (seed == seeds.last) return 0;
  }
}

}  // namespace
}  // namespace faultline

int main(int argc, char** argv) {
  const auto seeds = argc == 3 ? faultline::to_seeds(argv[2]) : std::nullopt;
  if (!seeds) return faultline::refuse("usage: play_seeds SCENARIO A..B\n");
  return faultline::play_all(argv[1], *seeds);
}
