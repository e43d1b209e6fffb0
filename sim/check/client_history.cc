// SPDX-License-Identifier: Apache-2.0
// Sends are numbered per producer; a number that does not rise means that the producer started
// anew.
#include "sim/check/client_history.h"

#include <fmt/format.h>

namespace faultline::sim {

std::string Send::to_string() const {
  return fmt::format("record {} of producer {}", request.send_id, producer);
}

std::string record_text(const Send* send, uint64_t digest) {
  return send != nullptr ? send->to_string() : fmt::format("an unknown record, {:016x}", digest);
}

Send& ClientHistory::on_send(const Step& step, history::SendInvoked event) {
  Producer& producer = producers_[{step.header.node, step.header.entity}];
  if (producer.number == 0 || event.send_id <= producer.last_send_id) {
    producer = {};
    producer.number = ++producer_count_;
  }
  producer.last_send_id = event.send_id;
  producer.pending[event.send_id] = sends_.size();
  by_digest_[event.digest] = sends_.size();
  Send& send = sends_.emplace_back();
  send.request = std::move(event);
  send.producer = producer.number;
  send.invoked = step;
  ++counts_[static_cast<size_t>(SendOutcome::kPending)];
  return send;
}

Send* ClientHistory::resolve(const Step& step, int64_t send_id, SendOutcome outcome) {
  const auto producer = producers_.find({step.header.node, step.header.entity});
  if (producer == producers_.end()) return nullptr;
  const auto pending = producer->second.pending.find(send_id);
  if (pending == producer->second.pending.end()) return nullptr;
  Send& send = sends_[pending->second];
  producer->second.pending.erase(pending);
  --counts_[static_cast<size_t>(SendOutcome::kPending)];
  ++counts_[static_cast<size_t>(outcome)];
  send.outcome = outcome;
  send.resolved = step.header.id;
  return &send;
}

Send* ClientHistory::find_digest(uint64_t digest) {
  const auto place = by_digest_.find(digest);
  return place == by_digest_.end() ? nullptr : &sends_[place->second];
}

ReaderHistory& ClientHistory::reader(const Step& step, const TopicPartition& partition) {
  ReaderHistory& reader = readers_[{step.header.node, step.header.entity, partition}];
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
