// SPDX-License-Identifier: Apache-2.0
// `faultline museum`: bugs that real systems had, found, shrunk and shown.
#include <algorithm>
#include <ctime>
#include <span>

#include <fmt/format.h>

#include "analysis/cli/files.h"
#include "analysis/cli/verbs.h"
#include "analysis/museum/catalogue.h"
#include "analysis/museum/tour.h"
#include "analysis/shrink/shrink.h"
#include "broker/base/notation_print.h"

namespace faultline::cli {
namespace {

using museum::Entry;
using museum::Room;

double processor_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

std::vector<std::string> rules_of(const Entry& entry) {
  const auto hunt = museum::load(entry, Room::kHunt);
  if (!hunt) return {};
  if (entry.is_permitted) return {"enable.idempotence=false"};
  return hunt->rules_off;
}

std::string quoted(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

void list(const MuseumOptions& options, const Console& console) {
  for (const Entry& entry : museum::entries()) {
    const std::string rules = fmt::format("{}", fmt::join(rules_of(entry), " "));
    if (options.json) {
      console.print(fmt::format(
          R"({{"id":{},"bug":{},"title":{},"source":{},"property":{},"permitted":{},"off":{}}})"
          "\n",
          quoted(entry.id), quoted(entry.bug), quoted(entry.title), quoted(entry.source),
          quoted(entry.property), entry.is_permitted, quoted(rules)));
      continue;
    }
    console.print(fmt::format("{:<10} {:<3} {}{}\n{:<14} {} off; {}\n", entry.id, entry.property,
                              entry.title, entry.is_permitted ? " (permitted)" : "", "", rules,
                              entry.source));
  }
  if (!options.json)
    console.print(
        "See one: faultline museum run ID; faultline why scenarios/museum/ID-found.json\n");
}

void print_visit(const Entry& entry, const museum::Visit& visit, const MuseumOptions& options,
                 const Console& console) {
  if (options.json) {
    console.print(fmt::format(
        R"({{"id":{},"property":{},"good":{},"seeds":{},"seconds":{:.3f},"steps":{},)"
        R"("shrink_runs":{},"shrink_seconds":{:.3f},"complaint":{}}})"
        "\n",
        quoted(entry.id), quoted(entry.property), visit.is_good(), visit.runs, visit.hunt_seconds,
        visit.steps, visit.shrink_runs, visit.shrink_seconds, quoted(visit.complaint)));
    return;
  }
  const std::string verdict = visit.is_good() ? console.styled(Style::kGreen, "FOUND ")
                                              : console.styled(Style::kRed, "WRONG ");
  std::string line =
      fmt::format("{} {:<10} {:<3} {:>4} seed{} {:>7.2f} s", verdict, entry.id, entry.property,
                  visit.runs, visit.runs == 1 ? " " : "s", visit.hunt_seconds);
  if (visit.is_shrunk)
    line += fmt::format("  shrunk to {} step{} by {} runs in {:.1f} s", visit.steps,
                        visit.steps == 1 ? "" : "s", visit.shrink_runs, visit.shrink_seconds);
  console.print(line + "\n");
  if (!visit.is_good()) console.print("       " + visit.complaint + "\n");
}

bool write_exhibits(const Entry& entry, const museum::Visit& visit, const std::string& folder,
                    const Console& console) {
  if (!visit.is_shrunk) return false;
  scenarios::Scenario twin = museum::in_order(entry, visit.shrunk);
  twin.name = std::string(entry.id) + "-twin";
  const auto write = [&](Room room, const scenarios::Scenario& scenario, std::string_view about) {
    const std::string text =
        fmt::format("// {}: {}. {}\n{}", entry.bug, entry.title, about, shrink::to_text(scenario));
    const std::string path = folder + "/" + museum::file_name(entry, room);
    const auto written = write_file(path, text);
    if (!written)
      console.complain(
          fmt::format("faultline: cannot write {}: {}\n", path, written.error().detail));
    return written.has_value();
  };
  return write(Room::kFound, visit.shrunk, "What random search found, shrunk.") &&
         write(Room::kTwin, twin, "The same faults with everything in order.");
}

Exit run_clean(const Entry& entry, const MuseumOptions& options, const Console& console) {
  const museum::CleanRuns clean = museum::run_clean(entry, 1, options.clean, {});
  const bool is_good = !clean.false_alarm && clean.runs == options.clean;
  console.print(fmt::format(
      "{} {:<10} {} clean seeds, {} unknown{}\n",
      is_good ? console.styled(Style::kGreen, "HELD  ") : console.styled(Style::kRed, "WRONG "),
      entry.id, clean.runs, clean.unknown,
      clean.false_alarm ? fmt::format("; seed {} is a false alarm", *clean.false_alarm) : ""));
  return is_good ? Exit::kHeld : Exit::kViolated;
}

Exit run_entry(const Entry& entry, const MuseumOptions& options, const Console& console) {
  if (options.clean > 0) return run_clean(entry, options, console);
  museum::VisitOptions visit_options;
  visit_options.seeds_max = options.seeds_max;
  visit_options.shrinks = !options.no_shrink;
  visit_options.seconds = processor_seconds;
  const museum::Visit visit = museum::visit(entry, visit_options);
  print_visit(entry, visit, options, console);
  if (!options.write.empty() && !write_exhibits(entry, visit, options.write, console))
    return Exit::kNoInput;
  return visit.is_good() ? Exit::kHeld : Exit::kViolated;
}

}  // namespace

Exit museum_verb(const MuseumOptions& options, const Console& console) {
  if (!options.runs) {
    list(options, console);
    return Exit::kHeld;
  }
  if (options.id != "all") {
    const Entry* entry = museum::find_entry(options.id);
    if (entry != nullptr) return run_entry(*entry, options, console);
    console.complain(
        fmt::format("faultline: the museum has no {}; see faultline museum list\n", options.id));
    return Exit::kBadUsage;
  }
  Exit exit = Exit::kHeld;
  for (const Entry& entry : museum::entries()) {
    const Exit one = run_entry(entry, options, console);
    if (one != Exit::kHeld) exit = one;
  }
  return exit;
}

}  // namespace faultline::cli
