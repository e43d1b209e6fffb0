// SPDX-License-Identifier: Apache-2.0
// `faultline check`: a campaign over seeds in one process. It goes on after a violation;
// interrupted, it says what it has.
#include <charconv>
#include <csignal>

#include <fmt/format.h>

#include "analysis/cli/files.h"
#include "analysis/cli/verbs.h"
#include "analysis/cli/verdict_text.h"

namespace faultline::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;  // the one thing a signal handler may touch

struct SeedRange {
  uint64_t first = 0;
  uint64_t last = 0;
};

std::optional<SeedRange> parse_seeds(const std::string& text) {
  SeedRange range;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, range.first);
  if (first.ec != std::errc{}) return std::nullopt;
  range.last = range.first;
  if (first.ptr == end) return range;
  if (end - first.ptr < 3 || first.ptr[0] != '.' || first.ptr[1] != '.') return std::nullopt;
  const auto last = std::from_chars(first.ptr + 2, end, range.last);
  if (last.ec != std::errc{} || last.ptr != end || range.last < range.first) return std::nullopt;
  return range;
}

struct Tally {
  uint64_t runs = 0;
  uint64_t held = 0;
  uint64_t violated = 0;
  uint64_t unknown = 0;
  uint64_t unexpected = 0;
  uint64_t diverged = 0;
  uint64_t lost_with_permission = 0;
  uint64_t runs_with_loss = 0;
  std::vector<uint64_t> seeds_to_show;  // violated or unexpected ones, the first few

  static constexpr size_t kSeedsShown = 5;

  void add(const scenarios::Scenario& scenario, const scenarios::RunResult& result) {
    ++runs;
    held += result.report.verdict == sim::Verdict::kHeld ? 1 : 0;
    violated += result.report.verdict == sim::Verdict::kViolated ? 1 : 0;
    unknown += result.report.verdict == sim::Verdict::kUnknown ? 1 : 0;
    lost_with_permission += result.report.records_lost_permitted;
    runs_with_loss += result.report.records_lost_permitted > 0 ? 1 : 0;
    if (scenarios::is_as_expected(scenario, result.report)) return;
    ++unexpected;
    if (seeds_to_show.size() < kSeedsShown) seeds_to_show.push_back(result.seed);
  }
};

// What is wrong with a whole campaign although each run is as expected; empty: nothing.
std::string campaign_fault(const scenarios::Scenario& scenario, const Tally& tally) {
  const Ratio share = scenario.expect.unknown_share_max;
  if (tally.unknown * share.denominator > tally.runs * share.numerator)
    return fmt::format("{} of {} runs proved nothing; at most {} of {} may", tally.unknown,
                       tally.runs, share.numerator, share.denominator);
  if (scenario.expect.permitted_loss == scenarios::PermittedLoss::kSome &&
      tally.runs_with_loss == 0)
    return "no run lost anything, and the scenario expects that some do";
  return {};
}

Exit summarise(const CheckOptions& options, const scenarios::Scenario& scenario, const Tally& tally,
               const Console& console) {
  const std::string fault = campaign_fault(scenario, tally);
  Exit exit = Exit::kHeld;
  if (tally.held == 0 && tally.violated == 0) exit = Exit::kUnknown;
  if (tally.violated > 0 || tally.unexpected > 0) exit = Exit::kViolated;
  if (scenario.expect.verdict == scenarios::Verdict::kViolated && tally.unexpected == 0)
    exit = tally.violated > 0 ? Exit::kHeld : Exit::kUnknown;
  if (exit == Exit::kHeld && !fault.empty()) exit = Exit::kUnknown;
  if (tally.diverged > 0) exit = Exit::kDiverged;
  if (interrupted != 0) exit = Exit::kInterrupted;
  if (options.fingerprints || options.json) {
    if (!fault.empty()) console.complain(fault + "\n");
    return exit;
  }
  const bool is_good = exit == Exit::kHeld;
  console.print(fmt::format(
      "{}  {}  {} seeds: {} held, {} violated, {} unknown; {} acked records lost, permitted\n",
      console.styled(is_good ? Style::kGreen : Style::kRed,
                     is_good ? "AS EXPECTED" : "UNEXPECTED "),
      scenario.name, tally.runs, tally.held, tally.violated, tally.unknown,
      grouped(tally.lost_with_permission)));
  if (!fault.empty()) console.print(fmt::format("  {}\n", fault));
  std::string sets;
  for (const std::string& set : options.sets) sets += fmt::format(" --set '{}'", set);
  for (const uint64_t seed : tally.seeds_to_show)
    console.print(
        fmt::format("  see       faultline run {} --seed {}{}\n", options.file, seed, sets));
  return exit;
}

void say_progress(const Tally& tally, uint64_t total, const Console& console) {
  if (!console.progress) return;
  console.complain(fmt::format("\r{}/{} seeds  {} violated  {} unknown", tally.runs, total,
                               tally.violated, tally.unknown));
  if (tally.runs == total) console.complain("\r\x1b[K");
}

}  // namespace

Exit check(const CheckOptions& options, const Console& console) {
  const auto scenario = load_scenario(options.file, options.sets, console);
  if (!scenario) return scenario.error();
  const std::optional<SeedRange> seeds = parse_seeds(options.seeds);
  if (!seeds) {
    console.complain(fmt::format("faultline: --seeds {}: expected A..B\n", options.seeds));
    return Exit::kBadUsage;
  }
  std::signal(SIGINT, [](int) { interrupted = 1; });
  Tally tally;
  for (uint64_t seed = seeds->first; interrupted == 0; ++seed) {
    const int times = options.twice ? 2 : 1;
    std::optional<Fingerprint> fingerprint;
    for (int time = 0; time < times; ++time) {
      const scenarios::RunResult result = scenarios::run_scenario(*scenario, {.seed = seed});
      if (options.fingerprints)
        console.print(fmt::format("{} {} {}\n", seed, result.recorder->fingerprint().to_string(),
                                  to_string(result.report.verdict)));
      if (options.json) console.print(run_json(scenario->name, result));
      if (fingerprint && *fingerprint != result.recorder->fingerprint()) ++tally.diverged;
      fingerprint = result.recorder->fingerprint();
      if (time == 0) tally.add(*scenario, result);
    }
    say_progress(tally, seeds->last - seeds->first + 1, console);
    if (seed == seeds->last) break;
  }
  return summarise(options, *scenario, tally, console);
}

}  // namespace faultline::cli
