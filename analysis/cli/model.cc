// SPDX-License-Identifier: Apache-2.0
// `faultline model`: lists, explains, checks, simulates and draws the models that ship.
#include <chrono>
#include <csignal>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/cli/files.h"
#include "analysis/cli/processors.h"
#include "analysis/cli/verbs.h"
#include "model/explore/depth_first.h"
#include "model/explore/graph.h"
#include "model/explore/liveness.h"
#include "model/explore/search.h"
#include "model/explore/simulate.h"
#include "model/explore/trace.h"
#include "model/specs/models.h"

namespace faultline::cli {
namespace {

using model::ModelEntry;
using model::SearchResult;

// The one thing that a signal handler may touch.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
volatile std::sig_atomic_t interrupted = 0;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// One line of err, rewritten in place; and the way that ^C takes into a search.
class ProgressLine final : public model::Watcher {
 public:
  explicit ProgressLine(const Console& console, double seconds_between_saves = 60)
      : console_(console), seconds_between_saves_(seconds_between_saves) {}
  ~ProgressLine() { clear(); }

  Wish on_progress(const model::Progress& progress) override {
    const double seconds = seconds_since(start_);
    if (console_.progress && seconds > shown_at_ + 0.5) {
      const auto rate = static_cast<uint64_t>(static_cast<double>(progress.distinct) / seconds);
      const std::string risk = progress.missed > 0
                                   ? fmt::format("{:.2g} missed on average", progress.missed)
                                   : "exact: no collisions";
      console_.complain(fmt::format(
          "\r{} states  depth {}  queue {}  {}/s  {} MiB  {}\x1b[K", grouped(progress.distinct),
          progress.depth, grouped(progress.queue), grouped(rate), progress.bytes >> 20, risk));
      shown_at_ = seconds;
    }
    if (interrupted != 0) return Wish::kStop;
    if (seconds < saved_at_ + seconds_between_saves_) return Wish::kGoOn;
    saved_at_ = seconds;
    return Wish::kSave;
  }
  void clear() {
    if (shown_at_ > 0) console_.complain("\r\x1b[K");
    shown_at_ = 0;
  }

 private:
  const Console& console_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double seconds_between_saves_;
  double shown_at_ = 0;
  double saved_at_ = 0;
};

// A model that the command line named, with its bounds.
struct Chosen {
  ModelEntry entry;
  std::string variant;
  model::Parameters parameters;
  std::unique_ptr<model::Space> space;

  std::string title() const {
    std::string text = fmt::format("{}/{}", entry.name, variant);
    for (const auto& [name, value] : parameters) text += fmt::format(" {}={}", name, value);
    return text;
  }
};

std::expected<Chosen, Exit> choose(const ModelOptions& options, const Console& console) {
  const auto refuse = [&](const std::string& why) {
    console.complain(fmt::format("faultline model: {}\n", why));
    return std::unexpected(Exit::kBadUsage);
  };
  for (const ModelEntry& entry : model::all_models()) {
    if (entry.name != options.name) continue;
    Chosen chosen{.entry = entry, .variant = {}, .parameters = {}, .space = nullptr};
    const auto variant = model::resolve_variant(entry, options.variant);
    if (!variant) return refuse(variant.error().detail);
    auto parameters = model::resolve_parameters(entry, options.sets);
    if (!parameters) return refuse(parameters.error().detail);
    chosen.variant = *variant;
    chosen.parameters = std::move(*parameters);
    chosen.space = entry.make(chosen.variant, chosen.parameters);
    if (options.symmetry && chosen.space->info().symmetry.empty())
      return refuse(fmt::format("{} declares no symmetry", entry.name));
    if (options.reduce && !chosen.space->info().has_independence)
      return refuse(fmt::format("{} declares no independence", entry.name));
    return chosen;
  }
  return refuse(fmt::format("no model {}; see: faultline model list", options.name));
}

Exit exit_of(model::Verdict verdict) {
  if (interrupted != 0) return Exit::kInterrupted;
  switch (verdict) {
    case model::Verdict::kHeld: return Exit::kHeld;
    case model::Verdict::kViolated: return Exit::kViolated;
    case model::Verdict::kUnknown: return Exit::kUnknown;
  }
  return Exit::kToolBug;
}

std::vector<std::string> never_taken(const Chosen& chosen, const SearchResult& result) {
  std::vector<std::string> names;
  for (size_t i = 0; i < result.taken.size(); ++i)
    if (result.taken[i] == 0) names.push_back(chosen.space->info().actions[i].name);
  return names;
}

std::string result_json(const Chosen& chosen, const SearchResult& result, double seconds) {
  nlohmann::ordered_json json;
  json["model"] = chosen.entry.name;
  json["variant"] = chosen.variant;
  json["parameters"] = chosen.parameters;
  json["verdict"] = model::to_string(result.verdict);
  if (result.verdict == model::Verdict::kUnknown) json["why"] = result.why_unknown;
  json["initial"] = result.initial;
  json["generated"] = result.generated;
  json["distinct"] = result.distinct;
  json["depth"] = result.depth;
  json["cut"] = result.cut;
  json["bytes_packed"] = result.bytes_packed;
  json["bytes_stored"] = result.bytes_stored;
  json["seconds"] = seconds;
  for (size_t i = 0; i < result.taken.size(); ++i)
    json["taken"][chosen.space->info().actions[i].name] = result.taken[i];
  json["never_taken"] = never_taken(chosen, result);
  json["violations"] = result.violations;
  if (result.counterexample) {
    json["violated"] = result.counterexample->property;
    json["steps"] = result.counterexample->steps();
    const auto expander = chosen.space->expander({});
    for (const auto& moment : result.counterexample->moments)
      json["run"].push_back(&moment == &result.counterexample->moments.front()
                                ? "initially"
                                : expander->step_text(moment.step));
    if (result.counterexample->loop) json["loop_from"] = *result.counterexample->loop;
  }
  return json.dump() + "\n";
}

std::string counts_text(const SearchResult& result, double seconds) {
  const auto per_second = [&](uint64_t count) {
    return grouped(static_cast<uint64_t>(static_cast<double>(count) / std::max(seconds, 1e-6)));
  };
  std::string text;
  if (result.distinct > 0) {
    text += fmt::format("  states    {} distinct, {} generated, depth {}\n",
                        grouped(result.distinct), grouped(result.generated), result.depth);
    text += fmt::format(
        "  memory    {} MiB: {:.1f} bytes a state, {:.1f} of them packed\n",
        result.bytes_stored >> 20,
        static_cast<double>(result.bytes_stored) / static_cast<double>(result.distinct),
        static_cast<double>(result.bytes_packed) / static_cast<double>(result.distinct));
    text += fmt::format("  rate      {} distinct/s, {} generated/s, {:.2f} s\n",
                        per_second(result.distinct), per_second(result.generated), seconds);
  } else {
    text += fmt::format("  steps     {} looked at in {:.2f} s, longest run {}\n",
                        grouped(result.generated), seconds, result.depth);
  }
  if (result.cut > 0)
    text += fmt::format("  cut off   {} steps, by the constraint\n", grouped(result.cut));
  return text;
}

std::string result_text(const ModelOptions& options, const Chosen& chosen,
                        const SearchResult& result, double seconds, const Console& console) {
  const bool is_held = result.verdict == model::Verdict::kHeld;
  const Style style = is_held                                       ? Style::kGreen
                      : result.verdict == model::Verdict::kViolated ? Style::kRed
                                                                    : Style::kYellow;
  const std::string_view word = is_held                                       ? "HELD    "
                                : result.verdict == model::Verdict::kViolated ? "VIOLATED"
                                                                              : "UNKNOWN ";
  std::string text = fmt::format("{}  {}", console.styled(style, word), chosen.title());
  if (result.counterexample)
    text += fmt::format("  {} after {} steps", result.counterexample->property,
                        result.counterexample->steps());
  text += '\n';
  if (result.verdict == model::Verdict::kUnknown)
    text += fmt::format("  because   {}\n", result.why_unknown);
  text += counts_text(result, seconds);
  const model::SpaceInfo& info = chosen.space->info();
  if (is_held && !info.liveness.empty())
    text +=
        options.symmetry || options.reduce
            ? "  liveness  not checked under --symmetry or --reduce\n"
            : fmt::format("  liveness  {} properties, in all fair runs\n", info.liveness.size());
  if (options.keep_going && result.violations > 1)
    text += fmt::format("  violated  {} times\n", grouped(result.violations));
  if (result.verdict != model::Verdict::kViolated)
    for (const std::string& name : never_taken(chosen, result))
      text +=
          fmt::format("  never     {}: no state allows it, so nothing is proved about it\n", name);
  if (result.counterexample)
    text += "\n" + model::counterexample_text(*chosen.space, *result.counterexample);
  return text;
}

Exit report(const ModelOptions& options, const Chosen& chosen, const SearchResult& result,
            double seconds, const Console& console) {
  console.print(options.json ? result_json(chosen, result, seconds)
                             : result_text(options, chosen, result, seconds, console));
  if (options.out.empty() || !result.counterexample) return exit_of(result.verdict);
  const sim::RunFile run = recorded_run(*chosen.space, *result.counterexample, chosen.title());
  if (const auto written = write_file(options.out, sim::encode_run(run).text()); !written) {
    console.complain(
        fmt::format("faultline: cannot write {}: {}\n", options.out, written.error().detail));
    return Exit::kNoInput;
  }
  return exit_of(result.verdict);
}

// --search dfs and iddfs, and --bitstate.
Exit check_depth_first(const ModelOptions& options, const Chosen& chosen, const Console& console) {
  if (options.reduce || options.keep_going || !options.checkpoint.empty()) {
    console.complain(
        "faultline model: --reduce, --continue and --checkpoint need --search bfs, exact\n");
    return Exit::kBadUsage;
  }
  ProgressLine line(console);
  const auto start = std::chrono::steady_clock::now();
  const SearchResult result =
      model::search_depth_first(*chosen.space, {.symmetry = options.symmetry,
                                                .is_iterative = options.search == "iddfs",
                                                .bitstate_bytes = options.bitstate_mib << 20,
                                                .depth_max = options.depth_max,
                                                .states_max = options.states_max,
                                                .bytes_max = options.memory_mib << 20,
                                                .watcher = &line});
  line.clear();
  return report(options, chosen, result, seconds_since(start), console);
}

Exit check_model(const ModelOptions& options, const Chosen& chosen, const Console& console) {
  if (options.search != "bfs" || options.bitstate_mib > 0)
    return check_depth_first(options, chosen, console);
  ProgressLine line(console, static_cast<double>(options.save_every_seconds));
  const auto start = std::chrono::steady_clock::now();
  const model::SearchOptions search{.symmetry = options.symmetry,
                                    .reduce = options.reduce,
                                    .keep_going = options.keep_going,
                                    .jobs = static_cast<unsigned>(jobs_or_all(options.jobs)),
                                    .states_max = options.states_max,
                                    .bytes_max = options.memory_mib << 20,
                                    .depth_max = options.depth_max,
                                    .watcher = &line,
                                    .checkpoint = options.checkpoint,
                                    .resume = options.resume,
                                    .identity = chosen.title()};
  SearchResult result = model::search_breadth_first(*chosen.space, search);
  // Liveness needs every state and the steps between them.
  const bool is_full = !options.symmetry && !options.reduce;
  if (result.verdict == model::Verdict::kHeld && !chosen.space->info().liveness.empty() &&
      is_full) {
    SearchResult liveness = model::check_liveness(*chosen.space, search);
    result.verdict = liveness.verdict;
    result.why_unknown = "liveness: " + liveness.why_unknown;
    result.violations = liveness.violations;
    result.counterexample = std::move(liveness.counterexample);
  }
  line.clear();
  return report(options, chosen, result, seconds_since(start), console);
}

Exit simulate_model(const ModelOptions& options, const Chosen& chosen, const Console& console) {
  ProgressLine line(console);
  const auto start = std::chrono::steady_clock::now();
  const SearchResult result = model::simulate(*chosen.space, {.seed = options.seed,
                                                              .runs = options.runs,
                                                              .steps_max = options.steps_max,
                                                              .watcher = &line});
  line.clear();
  return report(options, chosen, result, seconds_since(start), console);
}

Exit draw_model(const ModelOptions& options, const Chosen& chosen, const Console& console) {
  const auto graph = model::graphviz(
      *chosen.space, options.symmetry,
      static_cast<size_t>(std::min(options.states_max, ModelOptions::kGraphStatesMax)));
  if (!graph) {
    console.complain(fmt::format("faultline model graph: {}\n", graph.error().detail));
    return Exit::kBadUsage;
  }
  console.print(*graph);
  return Exit::kHeld;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

Exit explain_model(const Chosen& chosen, const Console& console) {
  const ModelEntry& entry = chosen.entry;
  const model::SpaceInfo& info = chosen.space->info();
  std::string text = fmt::format("{}: {}\n\n{}\n", console.styled(Style::kBold, entry.name),
                                 entry.about, entry.page);
  text += "variants\n";
  for (const model::VariantInfo& variant : entry.variants)
    text += fmt::format("  {:<28} {}{}\n", variant.name, variant.about,
                        variant.violates.empty() ? "" : fmt::format(" [{}]", variant.violates));
  text += "parameters\n";
  for (const model::ParameterInfo& each : entry.parameters)
    text += fmt::format("  {:<4} = {:<4} {}, {} to {}\n", each.name, each.value, each.about,
                        each.least, each.most);
  text += "actions\n";
  for (const model::ActionInfo& action : info.actions)
    text += fmt::format(
        "  {}{}\n", action.name,
        action.parameters.empty() ? "" : fmt::format(" ({})", joined(action.parameters)));
  std::vector<std::string> liveness;
  for (const auto& each : info.liveness) liveness.push_back(each.name);
  std::vector<std::string> symmetry;
  for (const auto& each : info.symmetry)
    symmetry.push_back(fmt::format("{} x{}", each.name, each.size));
  text += fmt::format(
      "invariants: {}\nof steps: {}\nliveness: {}\ndeadlock: {}\n"
      "symmetry: {}\nindependence: {}\n",
      joined(info.invariants), joined(info.action_properties), joined(liveness),
      info.checks_deadlock ? "checked" : "not checked", joined(symmetry),
      info.has_independence ? "declared" : "not declared");
  console.print(text);
  return Exit::kHeld;
}

Exit list_models(const ModelOptions& options, const Console& console) {
  for (const ModelEntry& entry : model::all_models()) {
    if (options.json) {
      nlohmann::ordered_json json{{"name", entry.name}, {"about", entry.about}};
      for (const auto& variant : entry.variants)
        json["variants"].push_back(
            {{"name", variant.name}, {"about", variant.about}, {"violates", variant.violates}});
      for (const auto& each : entry.parameters)
        json["parameters"][std::string(each.name)] = each.value;
      console.print(json.dump() + "\n");
      continue;
    }
    std::string variants;
    for (const auto& variant : entry.variants)
      variants += fmt::format("{}{}", variants.empty() ? "" : ", ", variant.name);
    console.print(fmt::format("{:<18} {}\n{:<18} variants: {}\n",
                              console.styled(Style::kBold, entry.name), entry.about, "", variants));
  }
  return Exit::kHeld;
}

}  // namespace

Exit model_verb(const ModelOptions& options, const Console& console) {
  if (options.verb == "list") return list_models(options, console);
  if (options.verb == "schedule") return model_schedule(options, console);
  const auto chosen = choose(options, console);
  if (!chosen) return chosen.error();
  std::signal(SIGINT, [](int) { interrupted = 1; });
  if (options.verb == "check") return check_model(options, *chosen, console);
  if (options.verb == "simulate") return simulate_model(options, *chosen, console);
  if (options.verb == "graph") return draw_model(options, *chosen, console);
  return explain_model(*chosen, console);
}

}  // namespace faultline::cli
