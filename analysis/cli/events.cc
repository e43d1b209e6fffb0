// SPDX-License-Identifier: Apache-2.0
// `faultline events`, `diff` and `dump`: what files say.
#include <fmt/format.h>

#include "analysis/cli/files.h"
#include "analysis/cli/verbs.h"
#include "broker/log/dump.h"
#include "sim/trace/diff.h"
#include "sim/trace/print.h"
#include "sim/trace/run_file.h"
#include "sim/trace/select.h"

namespace faultline::cli {
namespace {

std::expected<sim::RunFile, Exit> load_run(const std::string& path, const Console& console) {
  const Result<std::string> bytes = read_file(path);
  if (!bytes) {
    console.complain(fmt::format("faultline: cannot read {}: {}\n", path, bytes.error().detail));
    return std::unexpected(Exit::kNoInput);
  }
  Result<sim::RunFile> run = sim::decode_run(as_bytes(*bytes));
  if (!run) {
    console.complain(
        fmt::format("faultline: {} is no recorded run: {}\n", path, run.error().to_string()));
    return std::unexpected(Exit::kBadUsage);
  }
  return std::move(*run);
}

class ConsoleSink final : public log::TextSink {
 public:
  explicit ConsoleSink(const Console& console) : console_(console) {}
  void write(std::string_view text) override { console_.print(text); }

 private:
  const Console& console_;
};

}  // namespace

Exit events(const EventsOptions& options, const Console& console) {
  const auto run = load_run(options.run, console);
  if (!run) return run.error();
  const sim::EventPrinter printer(*run);
  sim::Selection selection;
  selection.kind = options.kind;
  if (!options.node.empty()) {
    selection.node = printer.find_node(options.node);
    if (!selection.node) {
      console.complain(fmt::format("faultline: {} has no node {}\n", options.run, options.node));
      return Exit::kBadUsage;
    }
  }
  if (!options.kind.empty() && sim::kinds_named(*run, options.kind).empty()) {
    console.complain(
        fmt::format("faultline: {} has no events of kind {}; it has", options.run, options.kind));
    for (const sim::TypeInfo& type : run->types) console.complain(" " + type.name);
    console.complain("\n");
    return Exit::kBadUsage;
  }
  for (const uint64_t index : sim::select_events(*run, selection)) {
    const sim::EventView event = run->events.at(index);
    console.print((options.json ? printer.json(index, event) : printer.line(event)) + "\n");
  }
  return Exit::kHeld;
}

Exit diff(const DiffOptions& options, const Console& console) {
  const auto left = load_run(options.left, console);
  if (!left) return left.error();
  const auto right = load_run(options.right, console);
  if (!right) return right.error();
  const sim::RunDiff found = sim::diff_runs(*left, *right);
  console.print(sim::diff_text(*left, *right, found, options.left, options.right));
  return found.is_equal ? Exit::kHeld : Exit::kDiverged;
}

Exit dump(const DumpOptions& options, const Console& console) {
  Exit exit = Exit::kHeld;
  ConsoleSink sink(console);
  for (const std::string& file : options.files) {
    const Result<std::string> bytes = read_file(file);
    if (!bytes) {
      console.complain(fmt::format("faultline: cannot read {}: {}\n", file, bytes.error().detail));
      exit = Exit::kNoInput;
      continue;
    }
    const Result<void> dumped = log::dump_file(file, Slice::copy_of(*bytes), sink);
    if (!dumped) {
      console.complain(fmt::format("faultline: {}: {}\n", file, dumped.error().to_string()));
      exit = Exit::kBadUsage;
    }
  }
  return exit;
}

}  // namespace faultline::cli
