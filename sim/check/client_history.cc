// SPDX-License-Identifier: Apache-2.0
// Sends are numbered per producer; a number that does not rise means that the producer started
// anew.
#include "sim/check/client_history.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "broker/base/assert.h"

namespace faultline::sim {

std::string Send::to_string() const {
  return fmt::format("record {} of producer {}", request.send_id, producer);
}

std::string record_text(const Send* send, uint64_t digest) {
  return send != nullptr ? send->to_string() : fmt::format("an unknown record, {:016x}", digest);
}

uint32_t DigestIndex::find(uint64_t digest) {
  put_newest();
  return entries_.empty() ? kNone : entries_[place_of(digest)].send;
}

void DigestIndex::put(uint64_t digest, uint32_t send) {
  ASSERT_OP(send, !=, kNone);
  put_newest();
  newest_ = {digest, send};
  expect(digest);
}

void DigestIndex::put_newest() {
  if (newest_.send == kNone) return;
  if (2 * (used_ + 1) > entries_.size()) grow();
  Entry& entry = entries_[place_of(newest_.digest)];
  used_ += entry.send == kNone ? 1 : 0;
  entry = std::exchange(newest_, {});
}

// Where the digest is, or would be.
size_t DigestIndex::place_of(uint64_t digest) const {
  const size_t mask = entries_.size() - 1;
  size_t place = digest & mask;
  while (entries_[place].send != kNone && entries_[place].digest != digest)
    place = (place + 1) & mask;
  return place;
}

void DigestIndex::grow() {
  const std::vector<Entry> old = std::move(entries_);
  entries_.assign(std::max<size_t>(1024, 2 * old.size()), {});
  for (const Entry& entry : old)
    if (entry.send != kNone) entries_[place_of(entry.digest)] = entry;
}

Send& ClientHistory::on_send(const Step& step, history::SendInvoked event) {
  Producer& producer = producers_[{step.header.node, step.header.entity}];
  if (producer.sends.empty() || event.send_id <= producer.sends.back().first) {
    producer = {};
    producer.number = ++producer_count_;
  }
  const auto number = static_cast<uint32_t>(sends_.size());
  producer.sends.emplace_back(event.send_id, number);
  by_digest_.put(event.digest, number);
  Send& send = sends_.emplace_back();
  send.request = std::move(event);
  send.producer = producer.number;
  send.invoked = step;
  ++counts_[static_cast<size_t>(SendOutcome::kPending)];
  return send;
}

std::optional<uint32_t> ClientHistory::Producer::place_of(int64_t send_id) const {
  ASSERT(!sends.empty());
  // Nearly always the ids count up by one.
  const uint64_t guess =
      static_cast<uint64_t>(send_id) - static_cast<uint64_t>(sends.front().first);
  if (guess < sends.size() && sends[guess].first == send_id) return sends[guess].second;
  const auto place = std::lower_bound(sends.begin(), sends.end(), std::pair(send_id, uint32_t{0}));
  if (place == sends.end() || place->first != send_id) return std::nullopt;
  return place->second;
}

Send* ClientHistory::resolve(const Step& step, int64_t send_id, SendOutcome outcome) {
  const auto producer = producers_.find({step.header.node, step.header.entity});
  if (producer == producers_.end()) return nullptr;
  const std::optional<uint32_t> place = producer->second.place_of(send_id);
  if (!place) return nullptr;
  Send& send = sends_[*place];
  if (send.outcome != SendOutcome::kPending) return nullptr;
  --counts_[static_cast<size_t>(SendOutcome::kPending)];
  ++counts_[static_cast<size_t>(outcome)];
  send.outcome = outcome;
  send.resolved = step.header.id;
  return &send;
}

Send* ClientHistory::find_digest(uint64_t digest) {
  const uint32_t send = by_digest_.find(digest);
  return send == DigestIndex::kNone ? nullptr : &sends_[send];
}

void ClientHistory::expect_send(uint64_t digest) {
  constexpr size_t kLineBytes = 64;
  const Send* send = find_digest(digest);
  if (send == nullptr) return;
  for (size_t at = 0; at < sizeof(Send); at += kLineBytes)
    __builtin_prefetch(reinterpret_cast<const char*>(send) + at);
}

ReaderHistory& ClientHistory::reader(const Step& step, const TopicPartition& partition) {
  auto*& recent =
      recent_readers_[static_cast<uint32_t>(partition.partition) % recent_readers_.size()];
  const ReaderKey* const key = recent == nullptr ? nullptr : &recent->first;
  const bool is_it = key != nullptr && std::get<0>(*key) == step.header.node &&
                     std::get<1>(*key) == step.header.entity && std::get<2>(*key) == partition;
  if (is_it) return recent->second;
  recent = &*readers_.try_emplace({step.header.node, step.header.entity, partition}).first;
  ReaderHistory& reader = recent->second;
  if (reader.number == 0) reader.number = ++reader_count_;
  return reader;
}

bool ClientHistory::take_fetch(ReaderHistory& reader, EventId id, FetchInFlight& fetch) {
  while (!reader.fetches.empty()) {
    fetch = reader.fetches.front();
    reader.fetches.pop_front();
    if (fetch.id == id) return true;
  }
  return false;
}

}  // namespace faultline::sim
