// SPDX-License-Identifier: Apache-2.0
// Checkpoints of the breadth-first search: all that it is between two rounds.
#include <utility>

#include "broker/base/prng.h"
#include "model/explore/level_search.h"

namespace faultline::model {
namespace {

constexpr uint64_t kMagic = stream_id("faultline.model.checkpoint.2");

// What a checkpoint may only be resumed with.
uint64_t identity_of(const SearchOptions& options) {
  const uint64_t flags =
      (options.symmetry ? 1U : 0U) | (options.reduce ? 2U : 0U) | (options.keep_going ? 4U : 0U);
  return mix(stream_id(options.identity), kMagic, flags, 0);
}

}  // namespace

Result<> LevelSearch::save() const {
  FileWriter file(options_.checkpoint);
  file.number(kMagic);
  file.number(identity_of(options_));
  file.number(result_.initial);
  file.number(next_chunk_);
  Tally sum;
  sum.taken.resize(space_.info().actions.size());
  for (const Worker& worker : worker_) {
    sum.generated += worker.tally.generated;
    sum.cut += worker.tally.cut;
    for (size_t i = 0; i < sum.taken.size(); ++i) sum.taken[i] += worker.tally.taken[i];
  }
  file.number(sum.generated);
  file.number(sum.cut);
  file.list(sum.taken);
  file.number(violations_);
  file.number(violation_ ? 1 : 0);
  if (violation_) {
    file.number(static_cast<uint64_t>(violation_->kind));
    file.number(static_cast<uint64_t>(violation_->property));
    file.number(violation_->level);
    file.number(violation_->rank);
    file.list(violation_->last);
  }
  store_.save(file);
  return file.commit();
}

Result<> LevelSearch::load() {
  FileReader file(options_.checkpoint);
  if (!file.is_good()) return fail(ErrorCode::kNotFound, "cannot read it, or it is not whole");
  if (file.number() != kMagic) return fail(ErrorCode::kCorrupt, "it is no checkpoint");
  if (file.number() != identity_of(options_))
    return fail(ErrorCode::kInvalidArgument, "it is of another model, other bounds or options");
  result_.initial = file.number();
  next_chunk_ = file.number();
  Tally& tally = worker_.front().tally;
  tally.generated = file.number();
  tally.cut = file.number();
  tally.taken = file.list<uint64_t>();
  violations_ = file.number();
  if (file.number() != 0) {
    Violation violation{};
    violation.kind = static_cast<ViolationKind>(file.number());
    violation.property = static_cast<int32_t>(file.number());
    violation.level = file.number();
    violation.rank = static_cast<uint32_t>(file.number());
    violation.last = file.list<uint8_t>();
    violation_ = std::move(violation);
  }
  if (!store_.load(file) || tally.taken.size() != space_.info().actions.size() ||
      next_chunk_ > store_.chunks().size())
    return fail(ErrorCode::kCorrupt, "it is damaged");
  if (!file.is_at_end()) return fail(ErrorCode::kCorrupt, "it is damaged");
  return {};
}

}  // namespace faultline::model
