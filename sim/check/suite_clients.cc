// SPDX-License-Identifier: Apache-2.0
// The part of CheckSuite that follows clients: what they were told, and which slot that means.
#include <algorithm>

#include "sim/check/suite.h"

namespace faultline::sim {

void CheckSuite::handle(const Step& step, const history::SendInvoked& event) {
  for (auto& [fault, is_overlapping] : active_faults_) is_overlapping = true;
  const PartitionHistory& target = partition(event.topic, event.partition);
  const Send& send = clients_.on_send(step, event);
  for (Checker* checker : with(Hook::kSend)) checker->on_send(step, target, send);
}

void CheckSuite::resolve_send(const Step& step, int64_t send_id, SendOutcome outcome) {
  const Send* send = clients_.resolve(step, send_id, outcome);
  if (send == nullptr) return;
  for (Checker* checker : with(Hook::kResolved)) checker->after_resolved(step, *send);
}

void CheckSuite::handle(const Step& step, const history::SendFailed& event) {
  resolve_send(step, event.send_id, SendOutcome::kFailed);
}

void CheckSuite::handle(const Step& step, const history::SendUnknown& event) {
  resolve_send(step, event.send_id, SendOutcome::kUnknown);
}

void CheckSuite::handle(const Step& step, const history::SendAcked& event) {
  Send* send = clients_.resolve(step, event.send_id, SendOutcome::kAcked);
  if (send == nullptr) return;
  for (Checker* checker : with(Hook::kResolved)) checker->after_resolved(step, *send);
  if (event.offset < 0) return;  // acks=0: nobody knows where it is, if it is
  PartitionHistory& log = partition(send->request.topic, send->request.partition);
  Claim claim =
      resolve(log, event.offset, send->request.digest, step.header.id, send->invoked.place, true);
  for (Checker* checker : with(Hook::kClaim)) checker->on_claim(step, log, claim);
  settle(log, claim);
  if (claim.slot != nullptr) {
    if (claim.slot->acked_ns == 0) claim.slot->acked_ns = step.header.time_ns;
    claim.slot->is_client_acked = true;
    claim.slot->client_ack = step.header.id;
    if (claim.is_in_current_incarnation) log.on_client_acked(step, event.offset);
  }
  for (Checker* checker : with(Hook::kClientAcked)) checker->after_client_acked(step, log, claim);
}

void CheckSuite::handle(const Step& step, const history::FetchSent& event) {
  PartitionHistory& log = partition(event.topic, event.partition);
  ReaderHistory& reader = clients_.reader(step, log.name());
  for (Checker* checker : with(Hook::kFetch)) checker->on_fetch(step, log, reader, event.offset);
  if (reader.next != event.offset) reader.next = reader.contiguous_from = event.offset;
  if (reader.fetches.size() == ClientHistory::kFetchesInFlightMax) reader.fetches.pop_front();
  reader.fetches.push_back(
      {step.header.id, step.place, event.offset, log.incarnation(), log.acked_end()});
}

void CheckSuite::handle(const Step& step, const history::Polled& event) {
  PartitionHistory& log = partition(event.topic, event.partition);
  ReaderHistory& reader = clients_.reader(step, log.name());
  FetchInFlight fetch;
  const bool is_known = ClientHistory::take_fetch(reader, event.fetch, fetch);
  for (Checker* checker : with(Hook::kPolled))
    checker->on_polled(step, log, reader, is_known ? &fetch : nullptr, event);
  for (size_t i = 0; i < event.records.size(); ++i) {
    look_ahead(event.records, i);
    const history::PolledRecord& record = event.records[i];
    const Claim claim = resolve(log, record.offset, record.digest, step.header.id,
                                is_known ? fetch.place : 0, false);
    for (Checker* checker : with(Hook::kClaim)) checker->on_claim(step, log, claim);
    for (Checker* checker : with(Hook::kRecordRead))
      checker->on_record_read(step, log, reader, claim);
    settle(log, claim);
    if (claim.slot != nullptr) {
      claim.slot->read = step.header.id;
      claim.slot->reader = reader.number;
    }
    if (record.offset != reader.next) reader.contiguous_from = record.offset;
    reader.next = next_offset(record.offset);
    ++counts_.records_read;
  }
}

// An audit reads what was sent long ago.
void CheckSuite::look_ahead(const std::vector<history::PolledRecord>& records, size_t at) {
  constexpr size_t kSoon = 6;
  constexpr size_t kLater = 12;
  if (at + kLater < records.size()) clients_.expect_digest(records[at + kLater].digest);
  if (at + kSoon < records.size()) clients_.expect_send(records[at + kSoon].digest);
}

void CheckSuite::handle(const Step& step, const history::PositionReset& event) {
  ReaderHistory& reader = clients_.reader(step, {event.topic, event.partition});
  reader.next = reader.contiguous_from = event.offset;
}

void CheckSuite::handle(const Step& step, const history::ReadThrough& event) {
  PartitionHistory& log = partition(event.topic, event.partition);
  const ReaderHistory& reader = clients_.reader(step, log.name());
  for (const auto& checker : checkers_) checker->on_read_through(step, log, reader, event);
}

void CheckSuite::handle(const Step& step, const history::Unreadable& event) {
  const PartitionHistory& log = partition(event.topic, event.partition);
  for (const auto& checker : checkers_) checker->on_unreadable(step, log, event);
}

void CheckSuite::handle(const Step& step, const history::OffsetFound& event) {
  const PartitionHistory& log = partition(event.topic, event.partition);
  const ReaderHistory& reader = clients_.reader(step, log.name());
  for (const auto& checker : checkers_) checker->on_offset_found(step, log, reader, event);
}

// NOLINTNEXTLINE(readability-function-size): what a client says of one record
Claim CheckSuite::resolve(PartitionHistory& log, Offset offset, uint64_t digest, EventId event,
                          uint64_t since, bool is_ack) {
  Claim claim{.offset = offset, .digest = digest, .event = event, .is_ack = is_ack};
  claim.send = clients_.find_digest(digest);
  // What was in the log at some time since the question was asked.
  Slot* const current = log.slot(offset);
  std::vector<Slot*>& candidates = candidates_;
  candidates.clear();
  if (current != nullptr) candidates.push_back(current);
  log.add_retired_slots(offset, since, candidates);
  const auto was_acked = [since](const Slot* slot) { return slot->broker_acked_place > since; };
  if (is_ack && std::any_of(candidates.begin(), candidates.end(), was_acked))
    std::erase_if(candidates, [&](const Slot* slot) { return !was_acked(slot); });
  Slot* free = nullptr;
  size_t free_count = 0;
  for (Slot* slot : candidates) {
    if (slot->has_digest && slot->digest == digest) {
      claim.slot = slot;
      claim.is_confirmed = true;
      break;
    }
    if (slot->has_digest) continue;
    free = slot;
    ++free_count;
  }
  if (!claim.is_confirmed && free_count == 1) claim.slot = free;
  if (!claim.is_confirmed && free_count == 0 && !candidates.empty()) {
    const Slot& holder = *candidates.front();
    claim.contradicts = true;
    claim.other = record_text(clients_.find_digest(holder.digest), holder.digest);
    claim.other_event = holder.read != 0 ? holder.read : holder.client_ack;
  }
  claim.is_in_current_incarnation = claim.slot != nullptr && claim.slot == current;
  return claim;
}

void CheckSuite::settle(const PartitionHistory& log, const Claim& claim) {
  if (claim.slot == nullptr) return;
  claim.slot->has_digest = true;
  claim.slot->digest = claim.digest;
  if (!claim.is_in_current_incarnation || claim.send == nullptr) return;
  claim.send->placed_at = claim.offset;
  claim.send->placed_in = log.incarnation();
}

}  // namespace faultline::sim
