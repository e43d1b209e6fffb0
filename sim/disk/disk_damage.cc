// SPDX-License-Identifier: Apache-2.0
// Damage of the medium, and power losses.
#include <algorithm>

#include "broker/base/assert.h"
#include "broker/env/world_events.h"
#include "sim/disk/disk_core.h"
#include "sim/disk/power_loss_events.h"

namespace faultline::sim {
namespace {

constexpr uint64_t kPowerLossStream = stream_id("disk.power-loss");

std::string_view to_string(MediaDamage::Kind kind) {
  switch (kind) {
    case MediaDamage::Kind::kUnreadable: return "unreadable";
    case MediaDamage::Kind::kFlippedBit: return "flipped_bit";
    case MediaDamage::Kind::kForeign: return "foreign_bytes";
    case MediaDamage::Kind::kStale: return "stale_bytes";
  }
  UNREACHABLE();
}

}  // namespace

void DiskCore::apply_due_faults(Instant now) {
  if (!faults_.has_due(now)) return;
  for (const DiskFaultSpec& fault : faults_.take_due(now)) {
    std::vector<NodeRef> files;
    for (const NodeRef file : tree_.files())
      if (matches_pattern(fault.paths, tree_.path_of(file))) files.push_back(file);
    for (const NodeRef file : files) settle_old(file, now);
    if (fault.kind == DiskFaultKind::kCacheEviction) {
      for (const NodeRef file : files) evict(fault, file);
      continue;
    }
    for (uint64_t hit = 0; hit < fault.amount; ++hit) {
      Draws draws = faults_.draws(fault.id, hit);
      if (draws.chance(fault.probability)) damage_one_place(fault, files, draws);
    }
  }
}

void DiskCore::tell_damage(NodeRef node, ByteRange place, DiskFaultKind why) {
  emit(probe_, tree_.identity(node),
       history::DiskDamaged{.path = tree_.path_of(node),
                            .offset = static_cast<int64_t>(place.from),
                            .length = static_cast<int64_t>(place.size()),
                            .why = std::string(to_string(why))});
}

void DiskCore::tell_lost(uint64_t file, const std::string& path, ByteRange place, const char* why) {
  emit(probe_, file,
       history::DiskLost{.path = path,
                         .offset = static_cast<int64_t>(place.from),
                         .length = static_cast<int64_t>(place.size()),
                         .why = why});
}

void DiskCore::tell_met(NodeRef node, uint64_t fault, ByteRange place, std::string_view what) {
  faults_.count_observed(fault, place.size());
  emit(probe_, tree_.identity(node),
       DiskDamageMet{.fault = fault,
                     .offset = static_cast<int64_t>(place.from),
                     .length = static_cast<int64_t>(place.size()),
                     .what = std::string(what)});
}

void DiskCore::evict(const DiskFaultSpec& fault, NodeRef node) {
  CachedFile& file = tree_.file(node);
  if (!faults_.draws(fault.id, tree_.identity(node)).chance(fault.probability)) return;
  const ByteRanges forgotten = file.lost();
  file.evict();
  faults_.count_hits(fault.id, 1);
  faults_.count_observed(fault.id, forgotten.total());
  for (const ByteRange& place : forgotten.ranges())
    tell_met(node, file.lost_by(), place, "forgotten_bytes");
}

// Some page of some of the files, each page as likely as any other. A page is chosen by its own
// name and not by its position among all, so that other files may come and go.
DiskCore::Page DiskCore::choose_page(const std::vector<NodeRef>& files, uint64_t salt) const {
  Page chosen;
  uint64_t best = UINT64_MAX;
  for (const NodeRef file : files) {
    const uint64_t pages = round_up(tree_.file(file).platter().size(), kPageBytes) / kPageBytes;
    for (uint64_t page = 0; page < pages; ++page) {
      const uint64_t key = mix64(tree_.identity(file) ^ mix64(page ^ salt));
      if (key >= best) continue;
      best = key;
      chosen = {file, page};
    }
  }
  return chosen;
}

void DiskCore::damage_one_place(const DiskFaultSpec& fault, const std::vector<NodeRef>& files,
                                Draws& draws) {
  const Page page = choose_page(files, draws.next());
  if (page.file == kNoNode) return;
  CachedFile& file = tree_.file(page.file);
  const uint64_t start = page.number * kPageBytes;
  const uint64_t end = std::min(start + kPageBytes, file.platter().size());
  const uint64_t position = start + draws.below(end - start);
  MediaDamage damage{.fault = fault.id};
  if (fault.kind == DiskFaultKind::kBitRot) {
    damage.kind = MediaDamage::Kind::kFlippedBit;
    damage.place = {position, position + 1};
    damage.mask = static_cast<uint8_t>(1u << draws.below(8));
    file.flip_bit(damage);
  } else {
    ASSERT(fault.kind == DiskFaultKind::kLatentSectorError);
    const uint64_t sector = round_down(position, kSectorBytes);
    damage.place = {sector, std::min(sector + kSectorBytes, end)};
    file.add_damage(damage);
  }
  file.chill(damage.place);
  faults_.count_hits(fault.id, 1);
  tell_damage(page.file, damage.place, fault.kind);
}

Result<void> DiskCore::fetch(NodeRef node, ByteRange range) {
  const CachedFile::Fetched fetched = tree_.file(node).fetch(range);
  for (const MediaDamage& damage : fetched.damage)
    if (fetched.is_readable || damage.kind == MediaDamage::Kind::kUnreadable)
      tell_met(node, damage.fault, damage.place, to_string(damage.kind));
  if (!fetched.is_readable)
    return fail(ErrorCode::kIo, "read " + tree_.path_of(node) + ": unreadable sector");
  return {};
}

void DiskCore::heal_media(uint64_t fault) {
  for (const NodeRef node : tree_.all_files()) tree_.file(node).heal(fault);
}

DiskCore::StrictCut DiskCore::choose_cut(const PowerLossRules& rules, Draws& draws) const {
  std::vector<std::pair<uint64_t, uint64_t>> all;  // sequence, bytes
  for (const uint64_t sequence : tree_.pending_sequences()) all.emplace_back(sequence, 0);
  for (const NodeRef node : tree_.all_files())
    for (const DataOp& op : tree_.file(node).pending())
      all.emplace_back(op.stamp.sequence, op.bytes.size());
  std::sort(all.begin(), all.end());
  const uint32_t kept = draw_prefix(static_cast<uint32_t>(all.size()), rules.keep, draws);
  const bool is_torn = draws.chance(rules.torn);
  if (kept == all.size()) return {.sequence = UINT64_MAX};
  StrictCut cut{.sequence = all[kept].first};
  if (is_torn) cut.tear_bytes = round_down(draws.below(all[kept].second + 1), rules.sector_bytes);
  return cut;
}

LossPlan DiskCore::choose_plan(NodeRef node, const PowerLossRules& rules,
                               const StrictCut& cut) const {
  const CachedFile& file = tree_.file(node);
  if (rules.ordering == DiskOrdering::kStrictPrefix || cut.sequence == UINT64_MAX)
    return plan_before(file, cut.sequence, cut.tear_bytes);
  return plan_loss(file, rules, seed_, tree_.identity(node));
}

FileLoss DiskCore::lose_file(NodeRef node, const LossPlan& plan) {
  CachedFile& file = tree_.file(node);
  const ByteRanges forgotten = file.lost();
  for (const ByteRange& place : forgotten.ranges())
    tell_met(node, file.lost_by(), place, "forgotten_bytes");
  return sim::lose_power(file, plan, seed_, tree_.identity(node));
}

void DiskCore::lose_names(PowerLossReport& report, const PowerLossRules& rules,
                          const StrictCut& cut, Draws& draws) {
  std::map<uint64_t, std::string> before;
  for (const NodeRef node : tree_.files()) before[tree_.identity(node)] = tree_.path_of(node);
  const auto changes = static_cast<uint32_t>(tree_.pending_count());
  if (changes == 0 || cut.sequence == UINT64_MAX) {
    report.names = tree_.lose_power_prefix(changes);
  } else if (rules.ordering == DiskOrdering::kStrictPrefix) {
    const std::vector<uint64_t> sequences = tree_.pending_sequences();
    const auto kept = std::lower_bound(sequences.begin(), sequences.end(), cut.sequence);
    report.names = tree_.lose_power_prefix(static_cast<uint64_t>(kept - sequences.begin()));
  } else if (rules.ordering == DiskOrdering::kOrdered) {
    report.names = tree_.lose_power_prefix(draw_prefix(changes, rules.keep, draws));
  } else {
    report.names = tree_.lose_power_weak(seed_, rules.keep);
  }
  std::map<uint64_t, std::string> after;
  for (const NodeRef node : tree_.files()) after[tree_.identity(node)] = tree_.path_of(node);
  for (const auto& [file, path] : before)
    if (!after.contains(file)) report.vanished.push_back({.file = file, .path = path});
  // What a file without a name loses nobody can miss; one that lost its removal is back.
  std::erase_if(report.files, [&](const FileLoss& loss) { return !after.contains(loss.file); });
  for (FileLoss& loss : report.files)
    loss.path = before.contains(loss.file) ? before[loss.file] : after[loss.file];
}

PowerLossReport DiskCore::lose_power(uint64_t fault, const PowerLossRules& rules, Instant now) {
  release_locks();
  ASSERT_OP(tree_.all_open_handles(), ==, 0u);
  apply_due_faults(now);
  if (config_.commit_names_after != kNever) tree_.sync_before(now - config_.commit_names_after);
  const std::vector<NodeRef> files = tree_.all_files();
  for (const NodeRef node : files) settle_old(node, now);

  Draws draws(seed_, kPowerLossStream, fault);
  PowerLossReport report{.kept_everything = draws.chance(rules.keep_everything)};
  StrictCut cut;
  if (report.kept_everything) {
    cut.sequence = UINT64_MAX;
  } else if (rules.ordering == DiskOrdering::kStrictPrefix) {
    cut = choose_cut(rules, draws);
  }
  std::map<uint64_t, uint64_t> sizes;
  for (const NodeRef node : files) {
    sizes[tree_.identity(node)] = tree_.file(node).size();
    FileLoss loss = lose_file(node, choose_plan(node, rules, cut));
    if (loss.operations > 0 || !loss.lost.empty()) report.files.push_back(std::move(loss));
  }
  std::sort(report.files.begin(), report.files.end(),
            [](const FileLoss& a, const FileLoss& b) { return a.file < b.file; });
  lose_names(report, rules, cut, draws);
  for (FileLoss& file : report.vanished) {
    file.size_before = sizes[file.file];
    if (file.size_before > 0) file.lost.push_back({0, file.size_before});
  }
  used_ = 0;
  for (const NodeRef node : tree_.files()) used_ += tree_.file(node).allocated();
  tell(fault, report);
  return report;
}

void DiskCore::tell(uint64_t fault, const PowerLossReport& report) {
  int64_t operations = 0;
  int64_t bytes = 0;
  for (const FileLoss& loss : report.files) {
    operations += static_cast<int64_t>(loss.operations);
    bytes += static_cast<int64_t>(loss.lost_bytes());
  }
  emit(probe_, 0,
       DiskPowerLost{.fault = fault,
                     .kept_everything = report.kept_everything,
                     .files = static_cast<int64_t>(report.files.size()),
                     .operations = operations,
                     .bytes = bytes,
                     .names = static_cast<int64_t>(report.names.size())});
  for (const FileLoss& loss : report.files) {
    int64_t garbage = 0;
    for (const ByteRange& range : loss.garbage) garbage += static_cast<int64_t>(range.size());
    emit(probe_, loss.file,
         DiskFileCut{.path = loss.path,
                     .size_before = static_cast<int64_t>(loss.size_before),
                     .size_after = static_cast<int64_t>(loss.size_after),
                     .operations = static_cast<int64_t>(loss.operations),
                     .lost_bytes = static_cast<int64_t>(loss.lost_bytes()),
                     .garbage_bytes = garbage});
    for (const ByteRange& range : loss.lost) tell_lost(loss.file, loss.path, range, "power_loss");
  }
  for (const NameLoss& loss : report.names)
    emit(probe_, loss.node,
         DiskNameLost{.change = std::string(to_string(loss.change)), .path = loss.path});
  for (const FileLoss& loss : report.vanished)
    for (const ByteRange& range : loss.lost) tell_lost(loss.file, loss.path, range, "power_loss");
  faults_.count_hits(fault, 1);
  faults_.count_observed(fault, static_cast<uint64_t>(operations) + report.names.size(),
                         static_cast<uint64_t>(bytes));
}

}  // namespace faultline::sim
