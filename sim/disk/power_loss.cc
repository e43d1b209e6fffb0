// SPDX-License-Identifier: Apache-2.0
// Choosing and carrying out what is left after a power loss.
#include "sim/disk/power_loss.h"

#include <algorithm>
#include <map>

#include "broker/base/assert.h"

namespace faultline::sim {
namespace {

constexpr uint64_t kFileStream = stream_id("disk.power-loss.file");
constexpr uint64_t kPageStream = stream_id("disk.power-loss.page");
constexpr uint64_t kGarbageStream = stream_id("disk.power-loss.garbage");

uint64_t size_at_version(const CachedFile& file, uint32_t version) {
  uint64_t size = file.platter().size();
  for (uint32_t i = 0; i < version; ++i) size = file.pending()[i].size_after(size);
  return size;
}

// Where the op changes bytes, given the sizes that the file ever had: a truncation up to there.
ByteRange touched(const DataOp& op, uint64_t size_max) {
  if (op.kind == DataOp::Kind::kWrite) return op.range();
  return {op.offset, std::max(op.offset, size_max)};
}

uint64_t largest_size(const CachedFile& file) {
  uint64_t size = file.platter().size();
  uint64_t largest = size;
  for (const DataOp& op : file.pending()) {
    size = op.size_after(size);
    largest = std::max(largest, size);
  }
  return largest;
}

// Page number -> the pending operations that touch it, ascending. A truncation counts only where
// another operation or the platter has bytes, so a huge sparse file costs nothing.
std::map<uint64_t, std::vector<uint32_t>> operations_by_page(const CachedFile& file,
                                                             uint64_t page_bytes) {
  std::map<uint64_t, std::vector<uint32_t>> pages;
  const std::vector<DataOp>& pending = file.pending();
  for (const DataOp& op : pending) {
    if (op.kind != DataOp::Kind::kWrite) continue;
    const ByteRange whole = whole_units(op.range(), page_bytes);
    for (uint64_t at = whole.from; at < whole.to; at += page_bytes) pages[at / page_bytes];
  }
  const uint64_t size_max = largest_size(file);
  for (uint32_t i = 0; i < pending.size(); ++i) {
    const ByteRange range = touched(pending[i], size_max);
    if (pending[i].kind == DataOp::Kind::kTruncate) {
      file.platter().data().visit(range, [&](uint64_t at, const Slice& bytes) {
        const ByteRange whole = whole_units({at, at + bytes.size()}, page_bytes);
        for (uint64_t page = whole.from; page < whole.to; page += page_bytes)
          pages[page / page_bytes];
      });
    }
    if (range.empty()) continue;
    const auto end = pages.lower_bound(round_up(range.to, page_bytes) / page_bytes);
    for (auto page = pages.lower_bound(range.from / page_bytes); page != end; ++page)
      page->second.push_back(i);
  }
  return pages;
}

// A page that lies torn: cut between two sectors, or each sector for itself.
// NOLINTNEXTLINE(readability-function-size): a page in two versions, and how it may tear
void plan_torn_page(LossPlan& plan, ByteRange place, uint32_t newest, uint32_t older,
                    const PowerLossRules& rules, Draws& draws) {
  const uint64_t sectors = place.size() / rules.sector_bytes;
  const bool is_cut = draws.chance({1, 2});
  const bool has_head = draws.chance({1, 2});
  const uint64_t cut = draws.below(sectors + 1);
  for (uint64_t i = 0; i < sectors; ++i) {
    const uint64_t at = place.from + i * rules.sector_bytes;
    const uint64_t fate = draws.below(100);
    const bool is_new = is_cut ? (i < cut) == has_head : fate < 40;
    const bool is_garbage = !is_cut && rules.has_garbage && fate >= 80;
    plan.runs.push_back({{at, at + rules.sector_bytes}, is_new ? newest : older, is_garbage});
  }
}

// One page of a file whose pages were written back independently.
void plan_page(LossPlan& plan, uint64_t page, const std::vector<uint32_t>& operations,
               const PowerLossRules& rules, Draws draws) {
  const ByteRange place{page * rules.page_bytes, (page + 1) * rules.page_bytes};
  const uint32_t newest = operations.back() + 1;
  const bool survives = draws.chance(rules.keep);
  const bool is_torn = draws.chance(rules.torn);
  const bool is_untouched = draws.chance({1, 2});
  const uint32_t some = operations[draws.below(operations.size())];
  const uint32_t older = is_untouched ? operations.front() : some;
  if (survives && is_torn) return plan_torn_page(plan, place, newest, older, rules, draws);
  plan.runs.push_back({place, survives ? newest : older});
}

LossPlan plan_any_subset(const CachedFile& file, const PowerLossRules& rules, uint64_t seed,
                         uint64_t identity, Draws& draws) {
  LossPlan plan;
  const std::vector<DataOp>& pending = file.pending();
  for (const auto& [page, operations] : operations_by_page(file, rules.page_bytes)) {
    if (operations.empty()) continue;
    const uint64_t last = pending[operations.back()].stamp.number;
    const uint64_t entity = mix64(identity ^ mix64(page)) ^ last;
    plan_page(plan, page, operations, rules, Draws(seed, kPageStream, entity));
  }
  const auto count = static_cast<uint32_t>(pending.size());
  const bool has_newest_size = draws.chance(rules.keep);
  const auto some_version = static_cast<uint32_t>(draws.below(count + uint64_t{1}));
  plan.size = size_at_version(file, has_newest_size ? count : some_version);
  return plan;
}

// The version of each part of a range, ascending.
template <class Visit>
void visit_versions(const LossPlan& plan, ByteRange range, Visit visit) {
  auto run = std::partition_point(plan.runs.begin(), plan.runs.end(),
                                  [&](const LossPlan::Run& r) { return r.place.to <= range.from; });
  uint64_t position = range.from;
  for (; run != plan.runs.end() && run->place.from < range.to; ++run) {
    const ByteRange part = intersection(run->place, range);
    if (position < part.from) visit(ByteRange{position, part.from}, plan.default_version, false);
    visit(part, run->version, run->is_garbage);
    position = part.to;
  }
  if (position < range.to) visit(ByteRange{position, range.to}, plan.default_version, false);
}

Slice garbage(uint64_t size, Draws draws) {
  Buffer buffer;
  uint8_t* to = buffer.extend(size);
  for (uint64_t i = 0; i < size; ++i) to[i] = static_cast<uint8_t>(draws.next());
  return std::move(buffer).freeze();
}

struct Damage {
  ByteRanges lost;
  ByteRanges garbage;
};

// Lands what counts of one operation. True when some of it does not.
// NOLINTNEXTLINE(readability-function-size): the operation and what it is part of
bool land_part(CachedFile& file, const LossPlan& plan, uint32_t index, const DataOp& op,
               uint64_t size_max, Damage& damage) {
  bool is_partial = false;
  visit_versions(plan, touched(op, size_max), [&](ByteRange part, uint32_t version, bool noise) {
    const bool is_write = op.kind == DataOp::Kind::kWrite;
    if (is_write && noise) damage.garbage.add(part);
    if (version <= index) {
      is_partial = true;
      damage.lost.add(part);
      return;
    }
    damage.lost.remove(part);
    if (!is_write) return file.land_hole(part);
    const Slice bytes = op.bytes.subslice(part.from - op.offset, part.size());
    file.land({op.kind, op.stamp, part.from, bytes});
  });
  return is_partial;
}

}  // namespace

uint64_t FileLoss::lost_bytes() const {
  uint64_t sum = 0;
  for (const ByteRange& range : lost) sum += range.size();
  return sum;
}

uint32_t draw_prefix(uint32_t count, Ratio keep, Draws& draws) {
  const uint64_t a = draws.below(count + uint64_t{1});
  const uint64_t b = draws.below(count + uint64_t{1});
  const bool is_long = draws.chance(keep);
  if (keep.numerator == 0) return 0;
  if (keep.numerator == keep.denominator) return count;
  return static_cast<uint32_t>(is_long ? std::max(a, b) : std::min(a, b));
}

LossPlan plan_prefix(const CachedFile& file, uint32_t version, uint64_t tear_bytes) {
  ASSERT_OP(version, <=, file.pending().size());
  LossPlan plan;
  plan.default_version = version;
  plan.size = size_at_version(file, version);
  if (version == file.pending().size() || tear_bytes == 0) return plan;
  const DataOp& torn = file.pending()[version];
  if (torn.kind != DataOp::Kind::kWrite) return plan;
  const ByteRange part{torn.offset,
                       torn.offset + std::min<uint64_t>(tear_bytes, torn.bytes.size())};
  plan.runs.push_back({part, version + 1});
  plan.size = std::max(plan.size, part.to);
  return plan;
}

LossPlan plan_before(const CachedFile& file, uint64_t sequence, uint64_t tear_bytes) {
  const std::vector<DataOp>& pending = file.pending();
  const auto end = std::partition_point(pending.begin(), pending.end(), [&](const DataOp& op) {
    return op.stamp.sequence < sequence;
  });
  const bool is_torn_here = end != pending.end() && end->stamp.sequence == sequence;
  return plan_prefix(file, static_cast<uint32_t>(end - pending.begin()),
                     is_torn_here ? tear_bytes : 0);
}

LossPlan plan_loss(const CachedFile& file, const PowerLossRules& rules, uint64_t seed,
                   uint64_t identity) {
  const std::vector<DataOp>& pending = file.pending();
  if (pending.empty()) return {.size = file.platter().size()};
  const auto count = static_cast<uint32_t>(pending.size());
  Draws draws(seed, kFileStream, mix64(identity) ^ pending.back().stamp.number);
  const bool is_reordered = draws.chance(rules.reorder);
  if (rules.ordering == DiskOrdering::kWeak && is_reordered)
    return plan_any_subset(file, rules, seed, identity, draws);
  const uint32_t cut = draw_prefix(count, rules.keep, draws);
  const bool is_torn = draws.chance(rules.torn);
  if (cut == count || !is_torn) return plan_prefix(file, cut, 0);
  // The tear is where a page, or under weak rules a sector, of the file ends.
  const bool is_weak = rules.ordering == DiskOrdering::kWeak;
  const uint64_t unit = is_weak ? rules.sector_bytes : rules.page_bytes;
  const ByteRange range = pending[cut].range();
  const uint64_t tear = round_down(range.from + draws.below(range.size() + 1), unit);
  return plan_prefix(file, cut, tear > range.from ? tear - range.from : 0);
}

FileLoss lose_power(CachedFile& file, const LossPlan& plan, uint64_t seed, uint64_t identity) {
  FileLoss loss{.file = identity, .size_before = file.size()};
  Damage damage;
  for (const ByteRange& range : file.lost().ranges()) damage.lost.add(range);
  const uint64_t size_max = std::max(largest_size(file), plan.size);
  const std::vector<DataOp> pending = file.take_oldest(file.pending().size());
  for (uint32_t i = 0; i < pending.size(); ++i)
    if (land_part(file, plan, i, pending[i], size_max, damage)) ++loss.operations;
  file.land_size(plan.size);
  const uint64_t number = pending.empty() ? 0 : pending.back().stamp.number;
  for (const ByteRange& range : damage.garbage.ranges()) {
    const ByteRange part = intersection(range, {0, plan.size});
    if (part.empty()) continue;
    const uint64_t entity = mix64(identity ^ mix64(part.from)) ^ number;
    file.land(
        {.offset = part.from, .bytes = garbage(part.size(), Draws(seed, kGarbageStream, entity))});
    loss.garbage.push_back(part);
    damage.lost.add(part);
  }
  damage.lost.add({plan.size, loss.size_before});
  loss.lost = damage.lost.within({0, loss.size_before});
  file.restart();
  loss.size_after = file.size();
  return loss;
}

}  // namespace faultline::sim
