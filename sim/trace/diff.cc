// SPDX-License-Identifier: Apache-2.0
// Fingerprints are chains: once two runs differ they differ at every later checkpoint, so the last
// equal one is found by bisection.
#include "sim/trace/diff.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/trace/print.h"

namespace faultline::sim {
namespace {

// How many checkpoints the runs share, counted from the start.
size_t common_checkpoints(const RunFile& left, const RunFile& right) {
  size_t equal = 0;
  size_t unequal = std::min(left.checkpoints.size(), right.checkpoints.size()) + 1;
  while (unequal - equal > 1) {
    const size_t middle = equal + (unequal - equal) / 2;
    const bool is_equal = left.checkpoints[middle - 1] == right.checkpoints[middle - 1];
    (is_equal ? equal : unequal) = middle;
  }
  return equal;
}

std::optional<EventView> event_at(const RunFile& run, uint64_t index) {
  if (index >= run.events.end_index() || index < run.events.first_index()) return std::nullopt;
  return run.events.at(index);
}

bool are_equal(const EventView& a, const EventView& b) {
  return a.header == b.header && as_text(a.payload) == as_text(b.payload);
}

std::vector<std::string> differences_of(const EventView& a, const EventView& b) {
  std::vector<std::string> names;
  if (a.header.time_ns != b.header.time_ns) names.push_back("time");
  if (a.header.node != b.header.node) names.push_back("node");
  if (a.header.kind != b.header.kind) names.push_back("kind");
  if (a.header.entity != b.header.entity) names.push_back("entity");
  if (a.header.cause != b.header.cause) names.push_back("cause");
  if (a.header.id != b.header.id) names.push_back("id");
  if (as_text(a.payload) != as_text(b.payload)) names.push_back("payload");
  return names;
}

// The chain of causes of `event` among the events before `end`, newest first.
// NOLINTNEXTLINE(readability-function-size): where to look, from where, how far, and what is found
void add_causes(const RunFile& run, const EventIndex& places, const EventView& event, uint64_t end,
                size_t context, std::vector<uint64_t>& indices) {
  EventId cause = event.header.cause;
  for (size_t i = 0; i < context; ++i) {
    const uint64_t index = places.find(cause);
    if (index == EventIndex::kNone || index >= end) return;
    indices.push_back(index);
    end = index;  // causes come earlier; a damaged file must not lead round in a circle
    cause = run.events.at(index).header.cause;
  }
}

void add_last_of_node(const RunFile& run, int32_t node, uint64_t end, size_t context,
                      std::vector<uint64_t>& indices) {
  for (uint64_t index = end; index > run.events.first_index() && context > 0; --index) {
    if (run.events.at(index - 1).header.node != node) continue;
    indices.push_back(index - 1);
    --context;
  }
}

void sort_and_unite(std::vector<uint64_t>& indices) {
  std::sort(indices.begin(), indices.end());
  indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
}

void add_context(const RunFile& run, size_t context, RunDiff& diff) {
  const EventIndex places(run.events);
  for (const std::optional<EventView>& event : {diff.left, diff.right}) {
    if (!event) continue;
    add_causes(run, places, *event, diff.index, context, diff.causes);
    add_last_of_node(run, event->header.node, diff.index, context, diff.before);
  }
  if (!diff.left && !diff.right) return;
  sort_and_unite(diff.causes);
  sort_and_unite(diff.before);
}

bool has_events_from(const RunFile& run, uint64_t index) {
  return run.events.first_index() <= index && run.events.end_index() == run.info.event_count;
}

}  // namespace

RunDiff diff_runs(const RunFile& left, const RunFile& right, size_t context) {
  RunDiff diff;
  if (left.info.event_count == right.info.event_count &&
      left.info.fingerprint == right.info.fingerprint) {
    diff.is_equal = true;
    return diff;
  }
  const size_t common = common_checkpoints(left, right);
  diff.index = common == 0 ? 0 : left.checkpoints[common - 1].event_count;
  diff.index_at_latest = std::min(left.info.event_count, right.info.event_count);
  if (common < std::min(left.checkpoints.size(), right.checkpoints.size()))
    diff.index_at_latest = left.checkpoints[common].event_count - 1;
  if (!has_events_from(left, diff.index) || !has_events_from(right, diff.index)) return diff;
  const uint64_t end = std::min(left.events.end_index(), right.events.end_index());
  while (diff.index < end && are_equal(left.events.at(diff.index), right.events.at(diff.index)))
    ++diff.index;
  diff.is_exact = true;
  diff.index_at_latest = diff.index;
  diff.left = event_at(left, diff.index);
  diff.right = event_at(right, diff.index);
  if (diff.left && diff.right) diff.differences = differences_of(*diff.left, *diff.right);
  add_context(left, context, diff);
  return diff;
}

std::string diff_text(const RunFile& left, const RunFile& right, const RunDiff& diff,
                      const std::string& left_name, const std::string& right_name) {
  if (diff.is_equal)
    return fmt::format("equal: {} events, fingerprint {}\n", left.info.event_count,
                       left.info.fingerprint.to_string());
  if (!diff.is_exact)
    return fmt::format(
        "the runs part between event {} and event {}; record their events to see where\n",
        diff.index, diff.index_at_latest);
  const EventPrinter left_printer(left);
  const EventPrinter right_printer(right);
  std::string text = fmt::format("the runs part at event {}", diff.index);
  if (!diff.differences.empty())
    text += fmt::format(": {}", fmt::join(diff.differences, ", "));
  else
    text += fmt::format(": {} ends here", diff.left ? right_name : left_name);
  text += fmt::format("\n\nA = {}\nB = {}\n", left_name, right_name);
  if (diff.left) text += "A " + left_printer.line(*diff.left) + "\n";
  if (diff.right) text += "B " + right_printer.line(*diff.right) + "\n";
  if (!diff.causes.empty()) text += "\nwhat caused them, in both runs:\n";
  for (uint64_t index : diff.causes) text += "  " + left_printer.line(left.events.at(index)) + "\n";
  if (!diff.before.empty()) text += "\nwhat these nodes did before, in both runs:\n";
  for (uint64_t index : diff.before) text += "  " + left_printer.line(left.events.at(index)) + "\n";
  return text;
}

}  // namespace faultline::sim
