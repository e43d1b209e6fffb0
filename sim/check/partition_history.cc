// SPDX-License-Identifier: Apache-2.0
// Bookkeeping; judges nothing but whether a loss was permitted.
#include "sim/check/partition_history.h"

#include <algorithm>

namespace faultline::sim {

LossJudgement judge_loss(const Circumstances& circumstances, Offset offset, const Slot& slot) {
  if (circumstances.damaged_from <= offset)
    return {true, "the disk was damaged and there is no other replica"};
  if (slot.promises_flush) return {false, "the ack promised that it had been flushed"};
  if (circumstances.power_lost) return {true, "the power failed before it was flushed"};
  if (circumstances.dropped_from <= offset)
    return {true, "a failed fsync dropped it before it was flushed"};
  return {false, "nothing happened that an unflushed record need not survive"};
}

std::string PartitionHistory::subject(Offset offset) const {
  return name_.to_string() + "@" + std::to_string(offset);
}

std::string PartitionHistory::subject(Offset from, Offset end) const {
  if (end - from == 1) return subject(from);
  return subject(from) + ".." + std::to_string(end - 1);
}

void PartitionHistory::extend_to(Offset end) {
  // Wild offsets are reported by checkers, not followed.
  if (end > end_ && end - end_ <= kStepMax) {
    slots_.resize(slots_.size() + static_cast<size_t>(end - end_));
    end_ = end;
  }
  end_max_ = std::max(end_max_, end_);
}

void PartitionHistory::on_appended(const history::LogAppended& event) {
  constexpr int64_t kPositionMax = int64_t{1} << 60;
  const int64_t position = std::clamp<int64_t>(event.position, -1, kPositionMax);
  batches_.push_back({event.batch, file_, position, std::max(0, event.bytes)});
  extend_to(event.batch.last_offset + 1);
}

void PartitionHistory::on_flushed(Offset end_offset) {
  circumstances_.flushed_end = std::max(circumstances_.flushed_end, end_offset);
}

size_t PartitionHistory::batch_index(Offset offset) const {
  // Recoveries ask for one batch after the other.
  const size_t next = asked_for_ + 1;
  if (next < batches_.size() && batches_[next].batch.last_offset >= offset &&
      batches_[asked_for_].batch.last_offset < offset)
    return asked_for_ = next;
  const auto place = std::partition_point(
      batches_.begin(), batches_.end(),
      [offset](const StoredBatch& stored) { return stored.batch.last_offset < offset; });
  return asked_for_ = static_cast<size_t>(place - batches_.begin());
}

const Retirement* PartitionHistory::retire(const Step& step, Offset from) {
  from = std::max(from, slots_from_);
  if (from >= end_) return nullptr;
  Retirement& retired = retired_.emplace_back();
  retired.from = from;
  const auto first = slots_.begin() + static_cast<ptrdiff_t>(from - slots_from_);
  retired.slots.assign(first, slots_.end());
  retired.incarnation = incarnation_++;
  retired.place = step.place;
  retired.circumstances = circumstances_;
  slots_.erase(first, slots_.end());
  end_ = from;
  acked_end_ = std::min(acked_end_, end_);
  const auto first_batch = batches_.begin() + static_cast<ptrdiff_t>(batch_index(from));
  retired.batches.assign(first_batch, batches_.end());
  batches_.erase(first_batch, batches_.end());
  Circumstances& now = circumstances_;
  now.flushed_end = std::min(now.flushed_end, end_);
  if (now.dropped_from >= end_) now.dropped_from = kNoOffset;
  if (now.damaged_from >= end_) now.damaged_from = kNoOffset;
  return &retired;
}

const Retirement* PartitionHistory::on_cut(const Step& step, Offset end_offset) {
  return retire(step, end_offset);
}

const Retirement* PartitionHistory::on_recovered(const Step& step,
                                                 const history::LogRecovered& event) {
  if (end_max_ == 0) {
    // What is there from before the run is nobody's business here.
    const Offset end = std::max<Offset>(0, event.end_offset);
    start_ = std::clamp<Offset>(event.start_offset, 0, end);
    slots_from_ = end_ = end_max_ = end;
  }
  const Retirement* retired = retire(step, kept_end(event));
  for (const history::Batch& batch : event.scanned)
    if (batch.base_offset >= end_) batches_.push_back({batch, file_, -1, 0});
  extend_to(event.end_offset);
  for (const history::Batch& batch : event.scanned) {
    // The damage did no harm where the platter gave the batch back as it was. After a mere kill the
    // page cache may have hidden it.
    Offset& damaged = circumstances_.damaged_from;
    const bool is_whole =
        batch.base_offset <= damaged && damaged <= batch.last_offset && damaged < end_;
    if (circumstances_.power_lost && is_whole) damaged = kNoOffset;
  }
  circumstances_.power_lost = false;
  circumstances_.dropped_from = kNoOffset;  // what was read back is there
  on_start_moved(event.start_offset);
  return retired;
}

// What was read back counts, where it is not what was appended too.
Offset PartitionHistory::kept_end(const history::LogRecovered& event) const {
  const Offset end = std::min(event.end_offset, end_);
  for (const history::Batch& batch : event.scanned) {
    if (batch.base_offset >= end) break;
    if (batch.last_offset < start_) continue;
    const size_t index = batch_index(batch.base_offset);
    if (index >= batches_.size() || batches_[index].batch != batch)
      return std::max(batch.base_offset, start_);
  }
  return end;
}

void PartitionHistory::on_start_moved(Offset start_offset) {
  start_ = std::max(start_, std::min(start_offset, end_));
  while (slots_from_ < start_ && !slots_.empty()) {
    slots_.pop_front();
    ++slots_from_;
  }
  while (!batches_.empty() && batches_.front().batch.last_offset < start_) batches_.pop_front();
}

void PartitionHistory::on_deleted(const Step& step) {
  retire(step, slots_from_);
  start_ = end_ = end_max_ = slots_from_ = acked_end_ = 0;
  batches_.clear();
  files_.clear();
  circumstances_ = {};
}

void PartitionHistory::on_broker_acked(const Step& step, const history::BrokerAcked& event) {
  if (!has_log() && event.last_offset < kStepMax) (void)slot(event.last_offset);
  const Offset end = std::min(event.last_offset, end_ - 1) + 1;
  for (Offset offset = std::max(event.base_offset, slots_from_); offset < end; ++offset) {
    Slot* acked = slot(offset);
    if (acked == nullptr) continue;
    if (acked->broker_acked_place == 0) acked->acked_ns = step.header.time_ns;
    acked->broker_acked_place = step.place;
    acked->broker_ack = step.header.id;
    acked->promises_flush |= event.promises_flush;
  }
}

void PartitionHistory::on_client_acked(const Step&, Offset offset) {
  acked_end_ = std::max(acked_end_, offset + 1);
}

std::pair<size_t, size_t> PartitionHistory::batches_in(const std::string& path, int64_t offset,
                                                       int64_t length) {
  const auto file = files_.find(path);
  if (file == files_.end() || offset < 0 || length <= 0) return {0, 0};
  const auto first =
      std::partition_point(batches_.begin(), batches_.end(), [&](const StoredBatch& stored) {
        if (stored.file != file->second) return stored.file < file->second;
        return stored.position + stored.bytes <= offset;
      });
  const int64_t end = length > INT64_MAX - offset ? INT64_MAX : offset + length;
  auto last = first;
  while (last != batches_.end() && last->file == file->second && last->position < end) ++last;
  return {static_cast<size_t>(first - batches_.begin()),
          static_cast<size_t>(last - batches_.begin())};
}

void PartitionHistory::on_disk_lost(const history::DiskLost& event) {
  const auto [first, last] = batches_in(event.path, event.offset, event.length);
  if (first == last) return;
  Offset& from = circumstances_.dropped_from;
  from = std::min(from, batches_[first].batch.base_offset);
}

void PartitionHistory::on_disk_damaged(const history::DiskDamaged& event) {
  const std::string stem = event.path.substr(0, event.path.rfind('.'));
  const auto file = files_.lower_bound(stem);
  const bool is_beside = file != files_.end() && file->first != event.path &&
                         file->first.substr(0, file->first.rfind('.')) == stem;
  circumstances_.index_damaged |= is_beside;
  const auto [first, last] = batches_in(event.path, event.offset, event.length);
  if (first == last) return;
  Offset& from = circumstances_.damaged_from;
  from = std::min(from, batches_[first].batch.base_offset);
}

Slot* PartitionHistory::slot(Offset offset) {
  if (offset < slots_from_ || offset < start_) return nullptr;
  if (offset >= end_) {
    if (has_log() || offset - end_ >= kStepMax) return nullptr;
    extend_to(offset + 1);
  }
  return &slots_[static_cast<size_t>(offset - slots_from_)];
}

const Slot* PartitionHistory::slot_at(Offset offset) const {
  if (offset < slots_from_ || offset < start_ || offset >= end_) return nullptr;
  return &slots_[static_cast<size_t>(offset - slots_from_)];
}

void PartitionHistory::add_retired_slots(Offset offset, uint64_t place, std::vector<Slot*>& slots) {
  for (auto retired = retired_.rbegin(); retired != retired_.rend(); ++retired) {
    if (retired->place < place) break;
    if (offset >= retired->from && offset < retired->end())
      slots.push_back(&retired->slots[static_cast<size_t>(offset - retired->from)]);
  }
}

}  // namespace faultline::sim
