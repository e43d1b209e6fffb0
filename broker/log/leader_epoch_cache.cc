// SPDX-License-Identifier: Apache-2.0
// Bookkeeping and text form of leader epochs.
#include "broker/log/leader_epoch_cache.h"

#include <algorithm>

#include <fmt/format.h>

#include "broker/base/assert.h"
#include "broker/log/text_lines.h"

namespace faultline::log {

bool LeaderEpochCache::assign(LeaderEpoch epoch, Offset start_offset) {
  if (epoch < 0) return false;
  if (!entries_.empty() && epoch == entries_.back().epoch &&
      start_offset >= entries_.back().start_offset)
    return false;
  // B24: strictly increasing in epoch and offset, so what contradicts the new entry goes.
  while (!entries_.empty() &&
         (entries_.back().epoch >= epoch || entries_.back().start_offset >= start_offset))
    entries_.pop_back();
  entries_.push_back({epoch, start_offset});
  return true;
}

std::optional<LeaderEpoch> LeaderEpochCache::latest() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.back().epoch;
}

std::optional<LeaderEpoch> LeaderEpochCache::epoch_of(Offset offset) const {
  const auto after = std::upper_bound(
      entries_.begin(), entries_.end(), offset,
      [](Offset value, const EpochStart& entry) { return value < entry.start_offset; });
  if (after == entries_.begin()) return std::nullopt;
  return std::prev(after)->epoch;
}

EpochEnd LeaderEpochCache::end_of(LeaderEpoch epoch, Offset log_end) const {
  if (epoch < 0 || entries_.empty()) return {};
  if (epoch == entries_.back().epoch) return {epoch, log_end};
  const auto higher = std::upper_bound(
      entries_.begin(), entries_.end(), epoch,
      [](LeaderEpoch value, const EpochStart& entry) { return value < entry.epoch; });
  if (higher == entries_.end()) return {};  // an epoch that this log has not seen yet
  if (higher == entries_.begin()) return {epoch, higher->start_offset};
  return {std::prev(higher)->epoch, higher->start_offset};
}

bool LeaderEpochCache::truncate_from_end(Offset end_offset) {
  const size_t before = entries_.size();
  while (!entries_.empty() && entries_.back().start_offset >= end_offset) entries_.pop_back();
  return entries_.size() != before;
}

bool LeaderEpochCache::truncate_from_start(Offset start_offset) {
  size_t gone = 0;  // entries that lie wholly before the new start, less the one that covers it
  while (gone < entries_.size() && entries_[gone].start_offset <= start_offset) ++gone;
  if (gone == 0) return false;
  EpochStart& first = entries_[gone - 1];
  const bool changed = gone > 1 || first.start_offset != start_offset;
  first.start_offset = start_offset;
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<ptrdiff_t>(gone - 1));
  return changed;
}

std::string LeaderEpochCache::format() const {
  std::string text = fmt::format("0\n{}\n", entries_.size());
  for (const EpochStart& entry : entries_)
    text += fmt::format("{} {}\n", entry.epoch, entry.start_offset);
  return text;
}

Result<LeaderEpochCache> LeaderEpochCache::parse(std::string_view text) {
  TRY_ASSIGN(const std::vector<Fields> lines, parse_checkpoint_lines(text, 2));
  LeaderEpochCache cache;
  for (const Fields& fields : lines) {
    EpochStart entry;
    if (!parse_integer(fields[0], &entry.epoch) || !parse_integer(fields[1], &entry.start_offset) ||
        entry.epoch < 0 || entry.start_offset < 0)
      return fail(ErrorCode::kCorrupt, "leader epoch checkpoint");
    cache.assign(entry.epoch, entry.start_offset);
  }
  return cache;
}

}  // namespace faultline::log
