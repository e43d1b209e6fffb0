// SPDX-License-Identifier: Apache-2.0
// `faultline shrink`: the smallest scenario that fails like a run did.
#include "analysis/shrink/shrink.h"

#include <chrono>

#include <fmt/format.h>

#include "analysis/cli/files.h"
#include "analysis/cli/verbs.h"
#include "analysis/why/recorded_run.h"
#include "scenarios/schema/parse.h"
#include "scenarios/schema/units.h"

namespace faultline::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct Failure {
  scenarios::Scenario scenario;
  uint64_t seed = 0;
};

std::expected<Failure, Exit> load_failure(const ShrinkVerbOptions& options,
                                          const Console& console) {
  const Result<std::string> bytes = read_file(options.run);
  if (!bytes) {
    console.complain(
        fmt::format("faultline: cannot read {}: {}\n", options.run, bytes.error().detail));
    return std::unexpected(Exit::kNoInput);
  }
  const Result<sim::RunFile> run = sim::decode_run(as_bytes(*bytes));
  if (!run) {  // then it may be a scenario
    auto scenario = load_scenario(options.run, {}, console);
    if (!scenario) return std::unexpected(scenario.error());
    const uint64_t seed = options.seed.value_or(scenario->seed);
    return Failure{std::move(*scenario), seed};
  }
  Result<scenarios::Scenario> scenario = why::scenario_of(*run, options.run);
  if (!scenario) {
    console.complain(scenario.error().detail);
    return std::unexpected(Exit::kBadUsage);
  }
  return Failure{std::move(*scenario), run->info.seed};
}

size_t records_per_second(const scenarios::Scenario& scenario) {
  size_t rate = 0;
  for (const scenarios::Client& client : scenario.clients)
    if (client.type == scenarios::ClientType::kProducer)
      rate += static_cast<size_t>(client.rate.count * seconds(1).ns / client.rate.per.ns);
  return rate;
}

std::string size_text(const scenarios::Scenario& scenario) {
  const size_t faults = scenario.faults.timeline.size();
  const size_t rate = records_per_second(scenario);
  return fmt::format("{} fault{}, {} client{}, {} record{} a second for {}", faults,
                     faults == 1 ? "" : "s", scenario.clients.size(),
                     scenario.clients.size() == 1 ? "" : "s", rate, rate == 1 ? "" : "s",
                     scenarios::format_duration(scenario.time));
}

}  // namespace

Exit shrink(const ShrinkVerbOptions& options, const Console& console) {
  const auto failure = load_failure(options, console);
  if (!failure) return failure.error();
  const std::optional<Duration> budget = scenarios::parse_duration(options.budget);
  if (!budget || budget->ns <= 0) {
    console.complain(
        fmt::format("faultline: --budget {}: expected a time, as in 60s\n", options.budget));
    return Exit::kBadUsage;
  }
  const Clock::time_point begin = Clock::now();
  const Clock::time_point end = begin + std::chrono::nanoseconds(budget->ns);
  shrink::ShrinkOptions shrink_options;
  shrink_options.property = options.property;
  shrink_options.keep_going = [end] { return Clock::now() < end; };
  if (console.progress)
    shrink_options.on_progress = [&](std::string_view pass, const auto& scenario, uint64_t runs) {
      console.complain(
          fmt::format("\r{:>5} runs  {:<16} {}\x1b[K", runs, pass, size_text(scenario)));
    };
  const Result<shrink::Shrunk> shrunk =
      shrink::shrink(failure->scenario, failure->seed, shrink_options);
  if (console.progress) console.complain("\r\x1b[K");
  if (!shrunk) {
    console.complain(fmt::format("faultline: {}: {}\n", options.run, shrunk.error().detail));
    return Exit::kUnknown;
  }
  const double spent = std::chrono::duration<double>(Clock::now() - begin).count();
  const std::string text = shrink::to_text(shrunk->scenario);
  std::string summary = fmt::format(
      "SHRUNK    {}  seed {}  {}\n"
      "  from      {} faults; {}\n"
      "  to        {}\n"
      "  by        {} runs in {:.1f} s; {}\n",
      failure->scenario.name, failure->seed, shrunk->signature, shrunk->faults_before,
      size_text(failure->scenario), size_text(shrunk->scenario), shrunk->runs, spent,
      shrunk->is_minimal ? "each fault that is left is necessary"
                         : "the time was up, more may be possible");
  if (options.out.empty()) {
    console.complain(summary);
    console.print(text);
    return Exit::kHeld;
  }
  if (const auto written = write_file(options.out, text); !written) {
    console.complain(
        fmt::format("faultline: cannot write {}: {}\n", options.out, written.error().detail));
    return Exit::kNoInput;
  }
  console.print(summary +
                fmt::format("  see       faultline run {0}; faultline why {0}\n", options.out));
  return Exit::kHeld;
}

}  // namespace faultline::cli
