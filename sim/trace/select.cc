// SPDX-License-Identifier: Apache-2.0
// One pass over the events with the kinds looked up once.
#include "sim/trace/select.h"

#include <algorithm>

namespace faultline::sim {

bool is_of_kind(std::string_view name, std::string_view kind) {
  if (kind.empty() || name == kind) return true;
  return name.size() > kind.size() && name.starts_with(kind) && name[kind.size()] == '.';
}

std::vector<uint64_t> select_events(const RunFile& run, const Selection& selection) {
  std::vector<bool> wanted(UINT16_MAX + size_t{1}, selection.kind.empty());
  for (const TypeInfo& type : run.types) wanted[type.id] = is_of_kind(type.name, selection.kind);
  std::vector<uint64_t> indices;
  for (uint64_t index = run.events.first_index(); index < run.events.end_index(); ++index) {
    const EventHeader header = run.events.at(index).header;
    const bool is_selected =
        wanted[header.kind] && header.node == selection.node.value_or(header.node) &&
        header.entity == selection.entity.value_or(header.entity) &&
        header.time_ns >= selection.from_ns && header.time_ns <= selection.until_ns;
    if (is_selected) indices.push_back(index);
  }
  return indices;
}

std::vector<std::string> kinds_named(const RunFile& run, std::string_view kind) {
  std::vector<std::string> names;
  for (const TypeInfo& type : run.types)
    if (is_of_kind(type.name, kind)) names.push_back(type.name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace faultline::sim
