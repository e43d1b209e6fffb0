// SPDX-License-Identifier: Apache-2.0
// `faultline check`: a campaign over seeds on a pool of processes. It goes on after a violation;
// interrupted, it says what it has and writes it down, so that --resume can go on.
#include <charconv>
#include <csignal>
#include <set>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/cli/campaign_text.h"
#include "analysis/cli/files.h"
#include "analysis/cli/processors.h"
#include "analysis/cli/verbs.h"
#include "scenarios/schema/parse.h"
#include "scenarios/schema/units.h"

namespace faultline::cli {
namespace {

// The one thing that a signal handler may touch.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
volatile std::sig_atomic_t interrupted = 0;

// While it lives, the first interrupt is noticed; a second one ends the program as usual.
class InterruptGuard {
 public:
  InterruptGuard() {
    interrupted = 0;
    struct sigaction action = {};
    action.sa_handler = [](int) { interrupted = 1; };
    action.sa_flags = SA_RESETHAND;
    sigaction(SIGINT, &action, &before_);
  }
  ~InterruptGuard() { sigaction(SIGINT, &before_, nullptr); }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  struct sigaction before_ = {};
};

// All that is known before the first run.
struct Job {
  scenarios::Scenario scenario;
  search::Results results;
  std::optional<int64_t> time_ms;
  uint64_t failures_max = 0;
  size_t jobs = 1;
  std::string results_file;  // where to write; empty: only when interrupted
};

Exit refuse(const Console& console, const std::string& text) {
  console.complain("faultline: " + text + "\n");
  return Exit::kBadUsage;
}

std::expected<search::Results, Exit> load_results(const std::string& path, const Console& console) {
  const Result<std::string> text = read_file(path);
  if (!text) {
    console.complain(fmt::format("faultline: cannot read {}: {}\n", path, text.error().detail));
    return std::unexpected(Exit::kNoInput);
  }
  Result<search::Results> results = search::results_from_text(*text);
  if (!results)
    return std::unexpected(refuse(console, fmt::format("{}: {}", path, results.error().detail)));
  return std::move(*results);
}

Exit set_limits(const CheckOptions& options, Job& job, const Console& console) {
  if (!options.time.empty()) {
    const std::optional<Duration> time = scenarios::parse_duration(options.time);
    if (!time || time->ns <= 0)
      return refuse(console, fmt::format("--time {}: expected a time such as 60s", options.time));
    job.time_ms = std::max<int64_t>(1, time->to_ms());
  }
  if (options.stop_on == "first") {
    job.failures_max = 1;
  } else if (options.stop_on != "never") {
    const char* end = options.stop_on.data() + options.stop_on.size();
    const auto read = std::from_chars(options.stop_on.data(), end, job.failures_max);
    if (read.ec != std::errc{} || read.ptr != end || job.failures_max == 0)
      return refuse(
          console, fmt::format("--stop-on {}: expected first, never or a number", options.stop_on));
  }
  job.jobs = jobs_or_all(options.jobs);
  if (job.jobs > 1024) return refuse(console, "--jobs: at most 1024");
  if (!options.out.empty() && ::mkdir(options.out.c_str(), 0777) != 0 &&
      ::access(options.out.c_str(), W_OK) != 0)
    return refuse(console, fmt::format("--out {}: cannot write there", options.out));
  return Exit::kHeld;
}

Exit set_seeds(const CheckOptions& options, Job& job, const Console& console) {
  const std::string text = !options.seeds.empty() ? options.seeds
                           : options.time.empty() ? "1..100"
                                                  : "1..";
  const std::optional<search::SeedPlan> seeds = search::parse_seeds(text);
  if (!seeds) return refuse(console, fmt::format("--seeds {}: expected A..B", text));
  job.results.seeds = *seeds;
  if (!options.shard.empty() && !search::parse_shard(options.shard, job.results.seeds))
    return refuse(console, fmt::format("--shard {}: expected i/n, from 1/n to n/n", options.shard));
  if (!seeds->last && options.time.empty() && options.stop_on == "never")
    return refuse(console, "--seeds without an end needs --time or --stop-on");
  return Exit::kHeld;
}

// A new campaign, or one that goes on.
std::expected<Job, Exit> prepare(const CheckOptions& options, const Console& console) {
  Job job;
  job.results_file = options.results;
  if (options.resume.empty()) {
    if (options.file.empty())
      return std::unexpected(refuse(console, "check needs a scenario file, or --resume"));
    auto scenario = load_scenario(options.file, options.sets, console);
    if (!scenario) return std::unexpected(scenario.error());
    job.scenario = std::move(*scenario);
    job.results.scenario = scenarios::to_json(job.scenario);
    job.results.name = job.scenario.name;
    job.results.file = options.file;
    job.results.sets = options.sets;
    job.results.build = search::this_build();
    if (const Exit exit = set_seeds(options, job, console); exit != Exit::kHeld)
      return std::unexpected(exit);
  } else {
    if (!options.file.empty() || !options.sets.empty() || !options.shard.empty() ||
        !options.seeds.empty())
      return std::unexpected(refuse(
          console, "--resume takes scenario, --set, --seeds and --shard from the result file"));
    auto results = load_results(options.resume, console);
    if (!results) return std::unexpected(results.error());
    job.results = std::move(*results);
    if (job.results.build != search::this_build())
      return std::unexpected(refuse(
          console, fmt::format("{} is of another program: {}", options.resume, job.results.build)));
    scenarios::ParseOutcome parsed =
        scenarios::parse_scenario(job.results.scenario, options.resume);
    if (!parsed.ok()) {
      console.complain(parsed.to_string());
      return std::unexpected(Exit::kBadUsage);
    }
    job.scenario = std::move(parsed.scenario);
    if (job.results_file.empty()) job.results_file = options.resume;
  }
  if (const Exit exit = set_limits(options, job, console); exit != Exit::kHeld)
    return std::unexpected(exit);
  return job;
}

// Counts for the line of progress while outcomes come in.
class Watcher {
 public:
  Watcher(const CheckOptions& options, const Job& job, const Console& console)
      : options_(options), console_(console) {
    progress_.total = job.results.seeds.count().value_or(0);
    progress_.time_ms = job.time_ms.value_or(0);
    for (const auto& [seed, outcome] : job.results.outcomes) count(outcome);
  }

  void played(const search::Played& played) {
    count(played.outcome);
    const search::Outcome& outcome = played.outcome;
    if (options_.fingerprints) {
      const std::string line = fmt::format("{} {} {}\n", outcome.seed,
                                           outcome.crash.empty() ? outcome.fingerprint : "crashed",
                                           to_string(outcome.verdict));
      for (int i = 0; i < (options_.twice ? 2 : 1); ++i) console_.print(line);
    }
    if (options_.json) console_.print(played.report);
  }

  void tick(uint64_t played, int64_t elapsed_ms) {
    constexpr int64_t kPlainMs = 10'000;
    progress_.played = played;
    progress_.elapsed_ms = elapsed_ms;
    if (console_.progress) {
      console_.complain("\r\x1b[K" + cut(progress_line(progress_, console_), console_.columns));
      is_shown_ = true;
    } else if (elapsed_ms - plain_ms_ >= kPlainMs) {
      plain_ms_ = elapsed_ms;
      console_.complain("check  " + progress_line(progress_, console_) + "\n");
    }
  }

  void end() const {
    if (is_shown_) console_.complain("\r\x1b[K");
  }

 private:
  void count(const search::Outcome& outcome) {
    ++progress_.done;
    progress_.unknown += outcome.verdict == sim::Verdict::kUnknown && outcome.crash.empty() ? 1 : 0;
    if (!outcome.is_failure()) return;
    ++progress_.failures;
    signatures_.insert(outcome.signature);
    progress_.signatures = signatures_.size();
  }

  const CheckOptions& options_;
  const Console& console_;
  Progress progress_;
  std::set<std::string> signatures_;
  int64_t plain_ms_ = 0;
  bool is_shown_ = false;
};

search::CampaignEnd play_all(const CheckOptions& options, Job& job, const Console& console) {
  const search::PlayOptions play_options{.twice = options.twice,
                                         .coverage = !options.fingerprints && !options.json,
                                         .runs_dir = options.out,
                                         .json = options.json};
  const auto play = [&job, play_options](uint64_t seed) {
    return search::play(job.scenario, seed, play_options);
  };
  Watcher watcher(options, job, console);
  search::CampaignOptions campaign{
      .jobs = job.jobs, .time_ms = job.time_ms, .failures_max = job.failures_max};
  campaign.is_interrupted = [] { return interrupted != 0; };
  campaign.on_played = [&watcher](const search::Played& played) { watcher.played(played); };
  campaign.on_tick = [&watcher](uint64_t played, int64_t elapsed_ms) {
    watcher.tick(played, elapsed_ms);
  };
  const search::CampaignEnd end = search::run_campaign(job.results, play, campaign);
  watcher.end();
  return end;
}

// The failures that are named get their events too, for `why` and `report`; the other files can be
// replayed.
void record_failures(const CheckOptions& options, const Job& job, const search::Summary& summary,
                     const Console& console) {
  if (options.out.empty() || summary.groups.empty()) return;
  for (const search::Group& group : summary.groups)
    for (const uint64_t seed : group.seeds) {
      if (job.results.outcomes.at(seed).crash.empty())
        search::record_failure(job.scenario, seed, options.out);
    }
  if (options.fingerprints || options.json) return;
  const uint64_t first = summary.groups.front().seeds.front();
  console.print(fmt::format("  next      faultline why {}/{}\n", options.out,
                            search::run_file_name(job.scenario.name, first)));
}

}  // namespace

Exit check(const CheckOptions& options, const Console& console) {
  auto job = prepare(options, console);
  if (!job) return job.error();
  const InterruptGuard guard;
  const search::CampaignEnd end = play_all(options, *job, console);
  const bool was_interrupted = interrupted != 0;
  const search::Summary summary = search::summarise(job->results);
  Exit exit = campaign_exit(job->scenario, summary);
  if (options.fingerprints || options.json) {
    const std::string fault = campaign_fault(job->scenario, summary);
    if (!fault.empty()) console.complain(fault + "\n");
  } else {
    console.print(campaign_text(job->scenario, job->results, summary, console));
  }
  record_failures(options, *job, summary, console);
  std::string file = job->results_file;
  if (was_interrupted && file.empty())
    file = fmt::format("faultline-check-{}.jsonl", job->scenario.name);
  if (!file.empty() && !save(file, search::to_text(job->results), console)) exit = Exit::kNoInput;
  if (!options.junit.empty() && !save(options.junit, search::junit(job->results), console))
    exit = Exit::kNoInput;
  if (!was_interrupted) return exit;
  console.complain(fmt::format(
      "interrupted after {} seeds; to go on: faultline check --resume {}\n", end.played, file));
  return Exit::kInterrupted;
}

}  // namespace faultline::cli
