// SPDX-License-Identifier: Apache-2.0
// `faultline calibrate`: what a broker costs, as a profile that scenarios name.
#include "analysis/calibrate/calibrate.h"

#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "analysis/cli/calibrate_options.h"
#include "analysis/cli/files.h"
#include "analysis/cli/processors.h"

namespace faultline::cli {
namespace {

using calibrate::Comparison;
using calibrate::Load;
using calibrate::Outcome;
using calibrate::Profile;

Exit refuse(const Console& console, const Error& error, const std::string& bootstrap) {
  std::string text = error.detail.empty() ? error.to_string() : error.detail;
  const bool is_unreachable =
      error.code == ErrorCode::kConnectionRefused || error.code == ErrorCode::kTimedOut ||
      error.code == ErrorCode::kConnectionReset || error.code == ErrorCode::kEndOfStream ||
      error.code == ErrorCode::kNotFound || error.code == ErrorCode::kIo;
  if (is_unreachable) text = fmt::format("{}: {}", bootstrap, error.to_string());
  console.complain(fmt::format("faultline: cannot measure {}\n", text));
  return is_unreachable ? Exit::kNoInput : Exit::kBadUsage;
}

std::string load_line(const Load& load, const Outcome& outcome) {
  return fmt::format("  {:<24}{:>9.0f}/s{:>10.1f} us{:>10.1f} us{:>9.2f} us{:>9.2f} us\n",
                     load.name, outcome.rate(),
                     static_cast<double>(outcome.quantile_ns(500'000)) / 1e3,
                     static_cast<double>(outcome.quantile_ns(990'000)) / 1e3,
                     outcome.cost_ns() / 1e3, outcome.client_cost_ns() / 1e3);
}

std::string summary(std::span<const Load> loads, std::span<const Outcome> outcomes) {
  std::string text = fmt::format("  {:<24}{:>11}{:>13}{:>13}{:>12}{:>12}\n", "load", "answers",
                                 "p50", "p99", "broker", "client");
  for (size_t i = 0; i < loads.size(); ++i) text += load_line(loads[i], outcomes[i]);
  return text;
}

std::string outcome_json(const Load& load, const Outcome& outcome) {
  return fmt::format(R"({{"load": "{}", "operations": {}, "per_second": {:.1f}, "p50_us": {:.2f}, )"
                     R"("p99_us": {:.2f}, "broker_us": {:.3f}, "client_us": {:.3f}}})",
                     load.name, outcome.operations, outcome.rate(),
                     static_cast<double>(outcome.quantile_ns(500'000)) / 1e3,
                     static_cast<double>(outcome.quantile_ns(990'000)) / 1e3,
                     outcome.cost_ns() / 1e3, outcome.client_cost_ns() / 1e3);
}

struct Findings {
  std::vector<Load> loads;
  std::vector<Outcome> outcomes;
  Profile profile;
  std::vector<Comparison> comparisons;
};

std::string findings_json(const Findings& found) {
  std::string text = "{\"loads\": [";
  for (size_t i = 0; i < found.loads.size(); ++i)
    text += (i > 0 ? ", " : "") + outcome_json(found.loads[i], found.outcomes[i]);
  text += "], \"validation\": [";
  for (size_t i = 0; i < found.comparisons.size(); ++i) {
    const Comparison& one = found.comparisons[i];
    text += fmt::format("{}{{\"measured\": [", i > 0 ? ", " : "");
    for (size_t r = 0; r < one.measured.size(); ++r)
      text += (r > 0 ? ", " : "") + outcome_json(one.load, one.measured[r]);
    text += fmt::format("], \"simulated\": {}}}", outcome_json(one.load, one.simulated));
  }
  return text + "], \"profile\": " + calibrate::to_json(found.profile) + "}\n";
}

std::vector<std::pair<std::string, std::string>> notes_of(const CalibrateOptions& options) {
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  std::vector<std::pair<std::string, std::string>> notes;
  if (!options.note.empty()) notes.emplace_back("what", options.note);
  notes.emplace_back("by", fmt::format("faultline calibrate --seconds {}{}", options.seconds,
                                       options.pid != 0 ? " --pid" : ""));
  notes.emplace_back("measured", fmt::format("{:%Y-%m-%d}", today));
  notes.emplace_back("processors", std::to_string(jobs_or_all(0)));
  return notes;
}

Result<Findings> find(const CalibrateOptions& options, const calibrate::RealHost& host,
                      const Console& console) {
  constexpr uint64_t kSeed = 1;
  Findings found;
  found.loads = calibrate::calibration_loads(seconds(options.seconds));
  TRY_ASSIGN(found.outcomes, host.play(found.loads));
  TRY_ASSIGN(found.profile, calibrate::fit_profile(
                                found.loads, found.outcomes, kSeed, [&](const std::string& what) {
                                  console.complain(fmt::format("fitting {}\n", what));
                                }));
  found.profile.notes = notes_of(options);
  if (!options.validate) return found;
  const auto rounds = static_cast<int>(options.rounds);
  const std::vector<Load> others = calibrate::validation_loads(seconds(options.seconds), rounds);
  TRY_ASSIGN(found.comparisons, calibrate::validate(host, found.profile, others, rounds, kSeed));
  return found;
}

}  // namespace

Exit calibrate(const CalibrateOptions& options, const Console& console) {
  Result<client::ConnectionConfig> servers = calibrate::parse_servers(options.bootstrap);
  if (!servers) {
    console.complain(
        fmt::format("faultline: --bootstrap {}: {}\n", options.bootstrap, servers.error().detail));
    return Exit::kBadUsage;
  }
  calibrate::RealHost host{.servers = std::move(*servers), .pid = options.pid, .progress = {}};
  host.progress = [&](const Load& load) {
    console.complain(fmt::format("measuring {}\n", load.name));
  };
  const Result<Findings> found = find(options, host, console);
  if (!found) return refuse(console, found.error(), options.bootstrap);
  const bool to_file = options.out != "-";
  if (to_file && !save(options.out, calibrate::to_json(found->profile), console))
    return Exit::kNoInput;
  if (options.json) {
    console.print(findings_json(*found));
    return Exit::kHeld;
  }
  std::string text = summary(found->loads, found->outcomes);
  if (!found->comparisons.empty()) text += "\n" + calibrate::table_text(found->comparisons);
  if (to_file) {
    console.print(text);
    console.print(
        fmt::format("\n{}: name it in a scenario, \"cluster\": {{ \"profile\": \"./{}\" }}\n",
                    options.out, options.out.substr(options.out.rfind('/') + 1)));
  } else {
    console.complain(text);
    console.print(calibrate::to_json(found->profile));
  }
  return Exit::kHeld;
}

}  // namespace faultline::cli
