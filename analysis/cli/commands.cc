// SPDX-License-Identifier: Apache-2.0
// The command line: which verbs and options there are. The only file that knows CLI11.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "analysis/cli/verbs.h"

namespace faultline::cli {

namespace {

constexpr std::string_view kVersion = "faultline 0.1.0";
constexpr const char* kFooter = R"(
Exit codes: 0 held, 1 violated, 2 unknown, 3 replay diverged, 64 bad usage or scenario,
66 input missing, 70 a bug in this program, 130 interrupted.)";

// What each verb was given; filled while CLI11 parses.
struct Parsed {
  LintOptions lint;
  InitOptions init;
  RunVerbOptions run;
  ReplayOptions replay;
  CheckOptions check;
  MergeOptions merge;
  EventsOptions events;
  DiffOptions diff;
  ReportOptions report;
  DumpOptions dump;
  WhyOptions why;
  ShrinkVerbOptions shrink;
  MuseumOptions museum;
  DemoOptions demo;
  ModelOptions model;
  CalibrateOptions calibrate;
  std::string color = "auto";
};

void add_lint(CLI::App& app, Parsed& parsed) {
  CLI::App* verb = app.add_subcommand("lint", "Check scenario files without running them");
  LintOptions& options = parsed.lint;
  verb->add_option("FILE", options.files, "Scenario files; - is the standard input");
  verb->add_option("--set", options.sets, "Override PATH=VALUE, as in topics.orders.partitions=2")
      ->expected(1)
      ->take_all();
  verb->add_flag("--canonical", options.canonical, "Print the scenario without what is default");
  verb->add_flag("--schema", options.schema, "Print the JSON schema (draft-07)");
  verb->add_flag("--keys", options.keys, "Print every key with its default and meaning");
  verb->add_flag("--json", options.json, "One JSON object for each finding");
}

void add_init(CLI::App& app, Parsed& parsed) {
  CLI::App* verb = app.add_subcommand("init", "Write a small scenario to start from");
  verb->add_option("FILE", parsed.init.file, "Where to write it; - is the standard output")
      ->capture_default_str();
  verb->add_flag("--force", parsed.init.force, "Overwrite the file");
}

void add_sets(CLI::App& verb, std::vector<std::string>& sets) {
  verb.add_option("--set", sets, "Override PATH=VALUE, as in topics.orders.partitions=2")
      ->expected(1)
      ->take_all();
}

void add_check(CLI::App& check, CheckOptions& options) {
  check.add_option("FILE", options.file, "Scenario file; may be left out with --resume");
  check.add_option("--seeds", options.seeds, "A..B, both included, or A.. with --time [1..100]");
  check.add_option("--time", options.time, "Go on for so long, as in 60s");
  check.add_option("--jobs", options.jobs, "Processes; they change nothing but the time [all]");
  check.add_option("--shard", options.shard, "i/n: the i-th of n disjoint parts of the seeds");
  check.add_option("--stop-on", options.stop_on, "first, a number of failures, or never")
      ->capture_default_str();
  check.add_option("--out", options.out, "Write the recorded run of each failure to this folder");
  check.add_option("--results", options.results, "Write all outcomes to this file");
  check.add_option("--resume", options.resume, "Go on with what such a file lacks");
  check.add_option("--junit", options.junit, "Write JUnit XML for a build server");
  add_sets(check, options.sets);
}

void add_runs(CLI::App& app, Parsed& parsed) {
  CLI::App* run = app.add_subcommand("run", "Run a scenario once and judge it");
  run->add_option("FILE", parsed.run.file, "Scenario file; - is the standard input")->required();
  run->add_option("--seed", parsed.run.seed, "Instead of the scenario's own");
  add_sets(*run, parsed.run.sets);
  run->add_option("--out", parsed.run.out, "Write the recorded run, events included, to this file");
  run->add_option("--plan", parsed.run.plan, "Run the faults of this plan, not those of the seed");
  run->add_option("--plan-out", parsed.run.plan_out,
                  "Write the seed's plan to this file; - only prints it and runs nothing");
  run->add_flag("--json", parsed.run.json, "The result as one JSON object");

  CLI::App* replay =
      app.add_subcommand("replay", "Run a recorded run again and compare bit for bit");
  replay->add_option("RUN", parsed.replay.run, "A file that `run --out` wrote")->required();

  CLI::App* check = app.add_subcommand("check", "Run a scenario over many seeds");
  add_check(*check, parsed.check);
  CLI::App* merge = app.add_subcommand("merge", "Join the result files of several checks");
  merge->add_option("RESULTS", parsed.merge.files, "What `check --results` wrote")->required();
  merge->add_option("--results", parsed.merge.results, "Write the joined results to this file");
  merge->add_option("--junit", parsed.merge.junit, "Write them as JUnit XML");
  check->add_flag("--fingerprints", parsed.check.fingerprints,
                  "Print `seed fingerprint verdict` for each");
  check->add_flag("--twice", parsed.check.twice, "Each seed twice; differing runs exit with 3");
  check->add_flag("--json", parsed.check.json, "One JSON object for each seed");
}

void add_traces(CLI::App& app, Parsed& parsed) {
  CLI::App* events = app.add_subcommand("events", "Print the events of a recorded run");
  events->add_option("RUN", parsed.events.run, "A file that `run --out` wrote")->required();
  events->add_option("--node", parsed.events.node, "Only this node, by name or number");
  events->add_option("--kind", parsed.events.kind, "Only this kind, log.appended, or area, log");
  events->add_flag("--json", parsed.events.json, "One JSON object a line");

  CLI::App* diff = app.add_subcommand("diff", "Find the first event in which two runs differ");
  diff->add_option("A", parsed.diff.left, "A recorded run")->required();
  diff->add_option("B", parsed.diff.right, "Another one")->required();

  CLI::App* report = app.add_subcommand("report", "Draw a recorded run as one HTML page");
  report->add_option("RUN", parsed.report.run, "A recorded run, or a scenario file")->required();
  report->add_option("--seed", parsed.report.seed, "Of a scenario, instead of its own");
  report->add_option("-o,--out", parsed.report.out, "Where to write it; else RUN.html");

  CLI::App* dump = app.add_subcommand("dump", "Print files of a Kafka log directory as text");
  dump->add_option("FILE", parsed.dump.files, "Segments, indexes, snapshots, checkpoints")
      ->required();

  CLI::App* demo = app.add_subcommand("demo", "A power loss told in one screen");
  demo->add_option("--seed", parsed.demo.seed, "Another course of the same story")
      ->capture_default_str();
  demo->add_option("--page", parsed.demo.page, "Draw the first run as an HTML page, too");
}

// What `check`, `simulate`, `graph` and `explain` share.
CLI::App* add_model_verb(CLI::App& app, ModelOptions& options, const char* name,
                         const char* about) {
  CLI::App* verb = app.add_subcommand(name, about);
  verb->add_option("NAME", options.name, "As in `faultline model list`")->required();
  verb->add_option("--variant", options.variant, "Of the protocol; the first is the default");
  verb->add_option("--set", options.sets, "Parameters: NAME=NUMBER, also R=3,L=2")
      ->expected(1)
      ->take_all();
  verb->callback([&options, name] { options.verb = name; });
  return verb;
}

void add_model(CLI::App& app, Parsed& parsed) {
  ModelOptions& options = parsed.model;
  CLI::App* model = app.add_subcommand("model", "Check abstract models of the protocols");
  model->require_subcommand(1);
  CLI::App* list = model->add_subcommand("list", "The models that there are");
  list->add_flag("--json", options.json, "One JSON object for each");
  list->callback([&options] { options.verb = "list"; });
  add_model_verb(*model, options, "explain", "What a model is about, its variants and bounds");

  CLI::App* check = add_model_verb(*model, options, "check", "Visit every reachable state");
  check->add_flag("--symmetry", options.symmetry, "One state for all that differ in names only");
  check->add_flag("--reduce", options.reduce, "Partial-order reduction");
  check->add_flag("--continue", options.keep_going, "Count violations instead of stopping");
  check->add_option("--jobs", options.jobs,
                    "Threads, 0: one a processor; changes nothing but the time");
  check
      ->add_option("--search", options.search,
                   "bfs: breadth first, all cores; dfs: depth first; iddfs: iterative deepening")
      ->check(CLI::IsMember({"bfs", "dfs", "iddfs"}))
      ->capture_default_str();
  check->add_option("--bitstate", options.bitstate_mib,
                    "MiB: depth first with a filter instead of exact states; may miss some");
  check->add_option("--max-states", options.states_max, "Give up (unknown) beyond");
  check->add_option("--max-depth", options.depth_max, "Do not look further (unknown)");
  check->add_option("--memory", options.memory_mib, "MiB; give up (unknown) beyond")
      ->capture_default_str();
  CLI::Option* file = check->add_option("--checkpoint", options.checkpoint,
                                        "Save the search to this file, and at ^C");
  check->add_option("--every", options.save_every_seconds, "Seconds between saves")
      ->capture_default_str()
      ->needs(file);
  check->add_flag("--resume", options.resume, "Go on from the checkpoint")->needs(file);
  CLI::App* simulate = add_model_verb(*model, options, "simulate", "Random runs");
  simulate->add_option("--seed", options.seed, "Other runs")->capture_default_str();
  simulate->add_option("--runs", options.runs, "How many")->capture_default_str();
  simulate->add_option("--steps", options.steps_max, "Of a run, at most")->capture_default_str();
  for (CLI::App* verb : {check, simulate}) {
    verb->add_option("--out", options.out, "Write the counterexample as a recorded run");
    verb->add_flag("--json", options.json, "The result as one JSON object");
  }
  CLI::App* graph = add_model_verb(*model, options, "graph", "A small state graph for Graphviz");
  graph->add_flag("--symmetry", options.symmetry, "One state for all that differ in names only");
  CLI::App* schedule = model->add_subcommand(
      "schedule", "A counterexample of idempotence as a scenario for `faultline run`");
  schedule->add_option("RUN", options.name, "What `model check --out` wrote")->required();
  schedule->add_flag("--all-rules", options.all_rules, "The same with every rule in force");
  schedule->callback([&options] { options.verb = "schedule"; });
}

void add_explanations(CLI::App& app, Parsed& parsed) {
  CLI::App* why = app.add_subcommand("why", "Tell what led to the verdict of a run");
  why->add_option("RUN", parsed.why.run, "A recorded run, or a scenario file")->required();
  why->add_option("--seed", parsed.why.seed, "Of a scenario, instead of its own");
  why->add_option("--property", parsed.why.property, "Explain this one, as in S1");
  why->add_flag("--json", parsed.why.json, "The explanation as one JSON object");

  CLI::App* shrink = app.add_subcommand("shrink", "Find the smallest scenario that fails alike");
  shrink->add_option("RUN", parsed.shrink.run, "A recorded run, or a scenario file")->required();
  shrink->add_option("--seed", parsed.shrink.seed, "Of a scenario, instead of its own");
  shrink->add_option("--property", parsed.shrink.property,
                     "Keep the failure of this one, as in S1");
  shrink->add_option("--budget", parsed.shrink.budget, "Stop after this time")
      ->capture_default_str();
  shrink->add_option("-o,--out", parsed.shrink.out, "Write the scenario to this file");
}

void add_museum(CLI::App& app, MuseumOptions& options) {
  CLI::App* museum = app.add_subcommand("museum", "Find, shrink and show bugs of real systems");
  museum->add_flag("--json", options.json, "One JSON object for each entry");
  museum->require_subcommand(0, 1);
  CLI::App* list = museum->add_subcommand("list", "The entries");
  list->add_flag("--json", options.json, "One JSON object for each entry");
  CLI::App* run = museum->add_subcommand("run", "Hunt for one of them, or for all");
  run->add_option("ID", options.id, "As in the list; all: each of them")->capture_default_str();
  run->add_flag("--json", options.json, "One JSON object for each entry");
  run->add_option("--seeds", options.seeds_max, "Give up after so many")->capture_default_str();
  run->add_flag("--no-shrink", options.no_shrink, "Only find it");
  run->add_option("--clean", options.clean, "Run so many seeds with the rule on: none may fail");
  run->add_option("--write", options.write, "Write the shrunk scenarios into this folder");
  run->callback([&options] { options.runs = true; });
}

void add_calibrate(CLI::App& app, CalibrateOptions& options) {
  CLI::App* verb = app.add_subcommand("calibrate", "Measure a broker; write a profile of it");
  verb->add_option("--bootstrap", options.bootstrap, "HOST:PORT of the broker")->required();
  verb->add_option("--out", options.out, "Where to write the profile; - is the standard output")
      ->capture_default_str();
  verb->add_option("--seconds", options.seconds, "To measure for")
      ->check(CLI::Range(1, 600))
      ->capture_default_str();
  verb->add_option("--pid", options.pid, "The broker's process on this machine: finer costs")
      ->check(CLI::PositiveNumber);
  verb->add_option("--note", options.note, "What is measured, for the notes of the profile");
  verb->add_flag("--validate", options.validate,
                 "Then compare other loads, measured and simulated, for as long again");
  verb->add_option("--rounds", options.rounds, "Of --validate; medians count")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  verb->add_flag("--json", options.json, "All figures as one JSON object");
}

Exit run_verb(const CLI::App& app, const Parsed& parsed, const Console& console) {
  if (app.got_subcommand("lint")) {
    if (parsed.lint.files.empty() && !parsed.lint.schema && !parsed.lint.keys) {
      console.complain("faultline lint: name a scenario file, or --schema or --keys\n");
      return Exit::kBadUsage;
    }
    return lint(parsed.lint, console);
  }
  if (app.got_subcommand("init")) return init(parsed.init, console);
  if (app.got_subcommand("run")) return run(parsed.run, console);
  if (app.got_subcommand("replay")) return replay(parsed.replay, console);
  if (app.got_subcommand("check")) return check(parsed.check, console);
  if (app.got_subcommand("merge")) return merge(parsed.merge, console);
  if (app.got_subcommand("events")) return events(parsed.events, console);
  if (app.got_subcommand("diff")) return diff(parsed.diff, console);
  if (app.got_subcommand("report")) return report(parsed.report, console);
  if (app.got_subcommand("dump")) return dump(parsed.dump, console);
  if (app.got_subcommand("why")) return why(parsed.why, console);
  if (app.got_subcommand("shrink")) return shrink(parsed.shrink, console);
  if (app.got_subcommand("museum")) return museum_verb(parsed.museum, console);
  if (app.got_subcommand("demo")) return demo(parsed.demo, console);
  if (app.got_subcommand("calibrate")) return calibrate(parsed.calibrate, console);
  if (app.got_subcommand("model")) return model_verb(parsed.model, console);
  console.print(app.help());
  return Exit::kBadUsage;
}

}  // namespace

Exit run_command_line(std::span<const std::string> arguments, const Console& process_console) {
  Console console = process_console;
  CLI::App app("Deterministic simulation of a Kafka-compatible log under faults.", "faultline");
  Parsed parsed;
  app.set_version_flag("--version", std::string(kVersion));
  app.add_option("--color", parsed.color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.require_subcommand(0, 1);
  app.fallthrough();
  app.footer(kFooter);
  add_lint(app, parsed);
  add_init(app, parsed);
  add_runs(app, parsed);
  add_traces(app, parsed);
  add_model(app, parsed);
  add_explanations(app, parsed);
  add_museum(app, parsed.museum);
  add_calibrate(app, parsed.calibrate);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    console.print(app.help());
    return Exit::kHeld;
  } catch (const CLI::CallForVersion&) {
    console.print(fmt::format("{}\n", kVersion));
    return Exit::kHeld;
  } catch (const CLI::Error& error) {
    console.complain(fmt::format("faultline: {}\nTry: faultline --help\n", error.what()));
    return Exit::kBadUsage;
  }
  if (parsed.color != "auto") console.color = console.color_err = parsed.color == "always";
  return run_verb(app, parsed, console);
}

}  // namespace faultline::cli
