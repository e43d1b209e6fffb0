// SPDX-License-Identifier: Apache-2.0
// Matching of faults and counting of effects.
#include "sim/disk/disk_faults.h"

#include <algorithm>

#include "broker/base/assert.h"

namespace faultline::sim {
namespace {

constexpr uint64_t kStrikeStream = stream_id("disk.fault.strike");
constexpr uint64_t kPlaceStream = stream_id("disk.fault.place");

}  // namespace

std::string_view to_string(DiskFaultKind kind) {
  switch (kind) {
    case DiskFaultKind::kReadError: return "read_error";
    case DiskFaultKind::kWriteError: return "write_error";
    case DiskFaultKind::kSyncError: return "sync_error";
    case DiskFaultKind::kNameError: return "name_error";
    case DiskFaultKind::kReadOnly: return "read_only";
    case DiskFaultKind::kNoSpace: return "no_space";
    case DiskFaultKind::kStall: return "stall";
    case DiskFaultKind::kSlow: return "slow";
    case DiskFaultKind::kMisdirectedWrite: return "misdirected_write";
    case DiskFaultKind::kLostWrite: return "lost_write";
    case DiskFaultKind::kLatentSectorError: return "latent_sector_error";
    case DiskFaultKind::kBitRot: return "bit_rot";
    case DiskFaultKind::kCacheEviction: return "cache_eviction";
  }
  UNREACHABLE();
}

bool matches_pattern(std::string_view pattern, std::string_view path) {
  size_t p = 0;
  size_t i = 0;
  size_t star = pattern.npos;  // the latest one, and where its match may be made longer
  size_t retry = 0;
  while (i < path.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = i;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == path[i])) {
      ++p;
      ++i;
    } else if (star != pattern.npos) {
      p = star + 1;
      i = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

void DiskFaults::inject(DiskFaultSpec spec) {
  ASSERT(!effects_.contains(spec.id));
  ASSERT_OP(spec.probability.numerator, <=, spec.probability.denominator);
  ASSERT_OP(spec.probability.denominator, >, 0u);
  effects_[spec.id] = {};
  rules_.push_back({.spec = std::move(spec)});
  index();
}

void DiskFaults::end(uint64_t id) {
  for (Rule& rule : rules_)
    if (rule.spec.id == id) rule.is_over = true;
  index();
}

void DiskFaults::index() {
  std::erase_if(rules_, [](const Rule& rule) { return rule.is_over; });
  kinds_ = 0;
  next_due_ = Instant::far_future();
  for (const Rule& rule : rules_) {
    kinds_ |= uint64_t{1} << static_cast<int>(rule.spec.kind);
    if (happens_once(rule.spec.kind)) next_due_ = std::min(next_due_, rule.spec.from);
  }
}

bool DiskFaults::is_active(const Rule& rule, Instant time) {
  return rule.spec.from <= time && time < rule.spec.until;
}

const DiskFaultSpec* DiskFaults::strike(DiskFaultKind kind, const Subject& subject) {
  if (!has(kind)) return nullptr;
  // Every rule is asked, even behind the one that strikes: none may depend on the others.
  const DiskFaultSpec* first = nullptr;
  for (Rule& rule : rules_) {
    const DiskFaultSpec& spec = rule.spec;
    if (spec.kind != kind || !is_active(rule, subject.time)) continue;
    if (spec.hits_max > 0 && rule.hits >= spec.hits_max) continue;
    if (!matches_pattern(spec.paths, subject.path)) continue;
    ++rule.candidates;
    if (spec.nth > 0 && rule.candidates != spec.nth) continue;
    const uint64_t entity = mix64(subject.file ^ mix64(spec.id)) ^ subject.number;
    Draws draws(seed_, kStrikeStream, entity);
    if (!draws.chance(spec.probability)) continue;
    ++rule.hits;
    if (first == nullptr) first = &spec;
  }
  if (first != nullptr) ++effects_[first->id].hits;
  return first;
}

const DiskFaultSpec* DiskFaults::find_active(DiskFaultKind kind, std::string_view path,
                                             Instant time) const {
  if (!has(kind)) return nullptr;
  const DiskFaultSpec* longest = nullptr;
  for (const Rule& rule : rules_) {
    if (rule.spec.kind != kind || !is_active(rule, time)) continue;
    if (!matches_pattern(rule.spec.paths, path)) continue;
    if (longest == nullptr || rule.spec.until > longest->until) longest = &rule.spec;
  }
  return longest;
}

std::vector<DiskFaultSpec> DiskFaults::take_due(Instant time) {
  std::vector<DiskFaultSpec> due;
  if (!has_due(time)) return due;
  for (Rule& rule : rules_) {
    if (!happens_once(rule.spec.kind) || rule.spec.from > time) continue;
    due.push_back(rule.spec);
    rule.is_over = true;
  }
  index();
  return due;
}

Draws DiskFaults::draws(uint64_t fault, uint64_t file) const {
  return Draws(seed_, kPlaceStream, mix64(file ^ mix64(fault)));
}

void DiskFaults::count_observed(uint64_t fault, uint64_t times, uint64_t bytes) {
  DiskFaultEffects& effects = effects_[fault];
  effects.observed += times;
  effects.bytes += bytes;
}

DiskFaultEffects DiskFaults::effects(uint64_t fault) const {
  const auto found = effects_.find(fault);
  return found == effects_.end() ? DiskFaultEffects{} : found->second;
}

}  // namespace faultline::sim
