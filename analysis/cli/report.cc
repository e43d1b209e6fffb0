// SPDX-License-Identifier: Apache-2.0
// `faultline report`: a recorded run as one HTML page.
#include <fmt/format.h>

#include "analysis/cli/files.h"
#include "analysis/cli/report_file.h"
#include "analysis/cli/verbs.h"
#include "analysis/report/page.h"
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
  return write_file(path, report::make_page(input));
}

Exit report(const ReportOptions& options, const Console& console) {
  const Result<std::string> bytes = read_file(options.run);
  if (!bytes) {
    console.complain(
        fmt::format("faultline: cannot read {}: {}\n", options.run, bytes.error().detail));
    return Exit::kNoInput;
  }
  const Result<sim::RunFile> run = sim::decode_run(as_bytes(*bytes));
  if (!run) {
    console.complain(fmt::format("faultline: {} is no recorded run: {}\n", options.run,
                                 run.error().to_string()));
    return Exit::kBadUsage;
  }
  if (!run->is_complete() || run->events.size() == 0) {
    console.complain(
        fmt::format("faultline: {} holds {} of {} events; a report needs all: faultline run "
                    "SCENARIO --out RUN\n",
                    options.run, run->events.size(), run->info.event_count));
    return Exit::kBadUsage;
  }
  const std::string out = options.out.empty() ? options.run + ".html" : options.out;
  const Result<> written = write_report(*run, fmt::format("faultline replay {}", options.run), out);
  if (!written) {
    console.complain(fmt::format("faultline: cannot write {}: {}\n", out, written.error().detail));
    return Exit::kNoInput;
  }
  console.print(fmt::format("{}\n", out));
  return Exit::kHeld;
}

}  // namespace faultline::cli
