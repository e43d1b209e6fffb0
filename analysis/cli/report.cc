// SPDX-License-Identifier: Apache-2.0
// `faultline report`: a recorded run as one HTML page.
#include <fmt/format.h>

#include "analysis/cli/files.h"
#include "analysis/cli/report_file.h"
#include "analysis/cli/verbs.h"
#include "analysis/report/page.h"
#include "analysis/why/explain.h"
#include "analysis/why/model_run.h"
#include "scenarios/run/derive_plan.h"
#include "scenarios/schema/parse.h"

namespace faultline::cli {

Result<> write_report(const sim::RunFile& run, const std::string& replay, const std::string& path) {
  const scenarios::ParseOutcome parsed = scenarios::parse_scenario(run.info.scenario, "scenario");
  report::PageInput input{.run = run, .report = {}, .name = "run", .replay = replay};
  // A run of something else than a scenario is judged and drawn all the same.
  sim::CheckSuite::Options options;
  if (parsed.ok()) {
    input.name = parsed.scenario.name;
    input.write_back_after_ns = parsed.scenario.cluster.disk.writeback_after.ns;
    options.faults_expected =
        !scenarios::derive_plan(parsed.scenario, run.info.seed).faults.empty();
  }
  sim::CheckSuite checks(options);
  for (uint64_t i = run.events.first_index(); i < run.events.end_index(); ++i)
    checks.on_event(run.events.at(i));
  input.report = checks.report();
  if (why::is_model_run(run)) {
    input.report = why::judge_model_run(run);
    input.name = run.info.scenario;
    input.replay = why::model_command(run);
  }
  if (input.report.malformed_events > 0)
    return fail(ErrorCode::kUnsupported,
                fmt::format("{} of its events are of another version than this program's; it was "
                            "recorded by {}",
                            input.report.malformed_events, run.info.build));
  if (Result<why::Explanation> told = why::explain(run, {})) input.why = std::move(*told);
  return write_file(path, report::make_page(input));
}

Exit report(const ReportOptions& options, const Console& console) {
  const auto run = load_whole_run(options.run, options.seed, console);
  if (!run) return run.error();
  std::string replay = fmt::format("faultline replay {}", options.run);
  if (!options.run.ends_with(".flrun"))
    replay = fmt::format("faultline run {} --seed {}", options.run, run->info.seed);
  const std::string out = options.out.empty() ? options.run + ".html" : options.out;
  if (const Result<> written = write_report(*run, replay, out); !written) {
    const bool is_other_version = written.error().code == ErrorCode::kUnsupported;
    console.complain(fmt::format("faultline: {} {}: {}\n",
                                 is_other_version ? "cannot draw" : "cannot write",
                                 is_other_version ? options.run : out, written.error().detail));
    return is_other_version ? Exit::kBadUsage : Exit::kNoInput;
  }
  console.print(fmt::format("{}\n", out));
  return Exit::kHeld;
}

}  // namespace faultline::cli
