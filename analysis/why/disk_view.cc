// SPDX-License-Identifier: Apache-2.0
#include "analysis/why/disk_view.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "sim/disk/power_loss_events.h"

namespace faultline::why {
namespace {

using history::DiskDamaged;
using history::DiskLost;

// Losses of one instant on one disk: what the platter turned out not to have.
struct Losses {
  std::vector<DiskLost> lost;
  std::vector<DiskDamaged> damaged;
  std::set<std::string> names;
};

Losses losses_at(const RunEvents& events, uint64_t moment) {
  Losses losses;
  const EventHeader at = events.header(moment);
  uint64_t first = moment;
  while (first > 0 && events.header(first - 1).time_ns == at.time_ns) --first;
  for (uint64_t index = first; index < events.size(); ++index) {
    const EventHeader header = events.header(index);
    if (header.time_ns != at.time_ns) break;
    if (header.node != at.node) continue;
    if (auto lost = events.as<DiskLost>(index)) losses.lost.push_back(std::move(*lost));
    if (auto damaged = events.as<DiskDamaged>(index)) losses.damaged.push_back(std::move(*damaged));
    if (auto name = events.as<sim::DiskNameLost>(index)) losses.names.insert(name->path);
  }
  return losses;
}

int64_t overlap(int64_t a, int64_t a_length, int64_t b, int64_t b_length) {
  return std::max<int64_t>(0, std::min(a + a_length, b + b_length) - std::max(a, b));
}

int64_t missing_in(const Losses& losses, const std::string& path, int64_t offset, int64_t length) {
  int64_t bytes = 0;
  for (const DiskLost& lost : losses.lost)
    if (lost.path == path) bytes += overlap(offset, length, lost.offset, lost.length);
  return std::min(bytes, length);
}

std::string platter_text(const Losses& losses, const std::string& path, int64_t offset,
                         int64_t length) {
  for (const DiskDamaged& damaged : losses.damaged)
    if (damaged.path == path && overlap(offset, length, damaged.offset, damaged.length) > 0)
      return fmt::format("damaged: {}", damaged.why);
  const int64_t missing = missing_in(losses, path, offset, length);
  if (missing == 0) return "the same";
  if (missing == length) return "nothing of it";
  return fmt::format("torn: {} of {} bytes", with_commas(length - missing), with_commas(length));
}

// Where the log's file ended in the cache at `moment`.
int64_t cached_end(const RunEvents& events, const Appended& appended, uint64_t moment) {
  int64_t end = appended.event.position + appended.event.bytes;
  for (uint64_t index = appended.index; index < moment; ++index) {
    const auto later = events.as<history::LogAppended>(index);
    if (!later || later->topic != appended.event.topic) continue;
    if (later->partition != appended.event.partition) continue;
    if (later->position < end) break;  // another file
    end = later->position + later->bytes;
  }
  return end;
}

void add_files(const Losses& losses, const std::string& log_path, std::vector<DiskLine>& lines) {
  const size_t slash = log_path.rfind('/');
  const std::string directory = log_path.substr(0, slash == std::string::npos ? 0 : slash + 1);
  for (const DiskLost& lost : losses.lost) {
    constexpr size_t kLinesMax = 4;
    if (lines.size() >= kLinesMax) return;
    const bool is_neighbour = lost.path.starts_with(directory) && lost.path != log_path;
    const bool matters = lost.path.ends_with("checkpoint") || lost.path.ends_with(".snapshot");
    if (!is_neighbour && !matters) continue;
    if (!matters) continue;
    lines.push_back({file_text(lost.path), fmt::format("{} bytes", with_commas(lost.length)),
                     "nothing of them"});
  }
}

}  // namespace

DiskView view_disk(const RunEvents& events, const Chain& chain, uint64_t symptom) {
  DiskView view;
  const uint64_t moment = std::min(chain.moment(), symptom);
  const Appended* appended = nullptr;  // the last one that the moment found in place
  for (const Appended& each : chain.appends())
    if (each.index < moment) appended = &each;
  if (appended == nullptr) return view;
  const Losses losses = losses_at(events, moment);
  const bool is_told = !losses.lost.empty() || !losses.damaged.empty() || !losses.names.empty();
  if (!is_told) return view;
  const std::string& path = appended->path;
  const history::LogAppended& event = appended->event;
  view.title = fmt::format("{} of {}", file_text(path), events.node_name(appended->node));
  if (losses.names.contains(path))
    view.lines.push_back({"the name", "is there", "never synced: no such file"});
  if (event.position > 0)
    view.lines.push_back({fmt::format("bytes 0..{}", with_commas(event.position - 1)),
                          fmt::format("offsets below {}", event.batch.base_offset),
                          platter_text(losses, path, 0, event.position)});
  view.lines.push_back(
      {fmt::format("bytes {}..{}", with_commas(event.position),
                   with_commas(event.position + event.bytes - 1)),
       event.batch.base_offset == event.batch.last_offset
           ? fmt::format("offset {}", event.batch.base_offset)
           : fmt::format("offsets {}..{}", event.batch.base_offset, event.batch.last_offset),
       platter_text(losses, path, event.position, event.bytes)});
  const int64_t behind = event.position + event.bytes;
  const int64_t end = cached_end(events, *appended, moment);
  if (end > behind)
    view.lines.push_back({fmt::format("bytes {}..{}", with_commas(behind), with_commas(end - 1)),
                          fmt::format("offsets above {}", event.batch.last_offset),
                          platter_text(losses, path, behind, end - behind)});
  add_files(losses, path, view.lines);
  return view;
}

}  // namespace faultline::why
