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

Exit run_verb(const CLI::App& app, const Parsed& parsed, const Console& console) {
  if (app.got_subcommand("lint")) {
    if (parsed.lint.files.empty() && !parsed.lint.schema && !parsed.lint.keys) {
      console.complain("faultline lint: name a scenario file, or --schema or --keys\n");
      return Exit::kBadUsage;
    }
    return lint(parsed.lint, console);
  }
  if (app.got_subcommand("init")) return init(parsed.init, console);
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
