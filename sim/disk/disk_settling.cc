// SPDX-License-Identifier: Apache-2.0
// How operations reach the platter, and how some of them miss it.
#include <algorithm>

#include "broker/base/assert.h"
#include "sim/disk/disk_core.h"

namespace faultline::sim {

void DiskCore::settle_old(NodeRef node, Instant now) {
  const std::vector<DataOp>& pending = tree_.file(node).pending();
  if (pending.empty() || config_.write_back_after == kNever) return;
  const Instant limit = now - config_.write_back_after;
  if (pending.front().stamp.time >= limit) return;
  const auto young = std::partition_point(pending.begin(), pending.end(),
                                          [&](const DataOp& op) { return op.stamp.time < limit; });
  settle(node, static_cast<size_t>(young - pending.begin()));
}

// Waits until half of the operations are old, so that a long queue is not moved for each of them.
void DiskCore::settle_old_lazily(NodeRef node, Instant now) {
  const std::vector<DataOp>& pending = tree_.file(node).pending();
  if (pending.empty() || config_.write_back_after == kNever) return;
  const OpStamp& middle = pending[pending.size() / 2].stamp;
  if (middle.time < now - config_.write_back_after) settle_old(node, now);
}

void DiskCore::settle(NodeRef node, size_t count) {
  if (count == 0) return;
  CachedFile& file = tree_.file(node);
  const bool may_miss =
      faults_.has(DiskFaultKind::kLostWrite) || faults_.has(DiskFaultKind::kMisdirectedWrite);
  for (const DataOp& op : file.take_oldest(count)) {
    if (may_miss && op.kind == DataOp::Kind::kWrite) {
      land_under_faults(node, op);
    } else {
      file.land(op);
    }
  }
}

void DiskCore::settle_before(uint64_t sequence) {
  for (const NodeRef node : tree_.all_files()) {
    const std::vector<DataOp>& pending = tree_.file(node).pending();
    const auto end = std::partition_point(pending.begin(), pending.end(), [&](const DataOp& op) {
      return op.stamp.sequence <= sequence;
    });
    settle(node, static_cast<size_t>(end - pending.begin()));
  }
  tree_.sync_until(sequence);
}

void DiskCore::settle_everything() {
  settle_before(sequence_);
  for (const NodeRef node : tree_.all_files()) tree_.file(node).evict();
}

void DiskCore::land_under_faults(NodeRef node, const DataOp& op) {
  CachedFile& file = tree_.file(node);
  const DiskFaults::Subject subject = this->subject(node, op.stamp.number, op.stamp.time);
  if (const DiskFaultSpec* fault = faults_.strike(DiskFaultKind::kLostWrite, subject)) {
    file.land_size(op.size_after(file.platter().size()));
    file.add_damage({.fault = fault->id, .kind = MediaDamage::Kind::kStale, .place = op.range()});
    tell_damage(node, op.range(), fault->kind);
    return;
  }
  const DiskFaultSpec* fault = faults_.strike(DiskFaultKind::kMisdirectedWrite, subject);
  if (fault == nullptr) return file.land(op);
  misdirect(node, op, *fault);
}

// Another file of the disk, or half of the time the same one. Only identities decide, not what
// other faults did to the candidates.
NodeRef DiskCore::choose_victim(NodeRef file, Draws& draws) const {
  const bool is_same = draws.chance({1, 2});
  const uint64_t salt = draws.next();
  if (is_same) return file;
  NodeRef best = file;
  uint64_t best_key = UINT64_MAX;
  for (const NodeRef other : tree_.all_files()) {
    const uint64_t key = mix64(tree_.identity(other) ^ salt);
    if (other == file || key >= best_key) continue;
    best = other;
    best_key = key;
  }
  return best;
}

void DiskCore::misdirect(NodeRef node, const DataOp& op, const DiskFaultSpec& fault) {
  CachedFile& file = tree_.file(node);
  Draws draws = faults_.draws(fault.id, mix64(tree_.identity(node)) ^ op.stamp.number);
  const ByteRange range = op.range();
  const uint64_t first_page = range.from / kPageBytes;
  const uint64_t page = first_page + draws.below((range.to - 1) / kPageBytes - first_page + 1);
  const ByteRange strayed = intersection(range, {page * kPageBytes, (page + 1) * kPageBytes});
  for (const ByteRange part :
       {ByteRange{range.from, strayed.from}, ByteRange{strayed.to, range.to}})
    if (!part.empty())
      file.land(
          {op.kind, op.stamp, part.from, op.bytes.subslice(part.from - range.from, part.size())});
  file.land_size(op.size_after(file.platter().size()));

  const NodeRef victim_ref = choose_victim(node, draws);
  CachedFile& victim = tree_.file(victim_ref);
  const uint64_t pages = round_up(victim.platter().size(), kPageBytes) / kPageBytes;
  const uint64_t place =
      draws.below(std::max<uint64_t>(pages, 1)) * kPageBytes + strayed.from % kPageBytes;
  const Slice bytes = op.bytes.subslice(strayed.from - range.from, strayed.size());
  const ByteRange hit = intersection({place, place + bytes.size()}, {0, victim.platter().size()});
  // Hitting its own place by chance, or a page's unused end, is only a lost write.
  const bool has_victim = !hit.empty() && (victim_ref != node || place != strayed.from);
  if (has_victim) {
    victim.misplace(place, bytes);
    victim.chill(hit);
    victim.add_damage({.fault = fault.id, .kind = MediaDamage::Kind::kForeign, .place = hit});
    tell_damage(victim_ref, hit, fault.kind);
  }
  file.add_damage({.fault = fault.id, .kind = MediaDamage::Kind::kStale, .place = strayed});
  tell_damage(node, strayed, fault.kind);
}

}  // namespace faultline::sim
