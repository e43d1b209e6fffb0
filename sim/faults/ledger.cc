// SPDX-License-Identifier: Apache-2.0
#include "sim/faults/ledger.h"

#include <algorithm>
#include <array>

namespace faultline::sim {

// The payload type of each kind of event that matters, as a table by kind.
template <class... Payloads>
struct FaultLedger::Dispatch {
  using Handler = void (*)(FaultLedger&, const EventView&);
  static constexpr size_t kKinds = std::max({Payloads::kType.id...}) + 1;

  template <class Payload>
  static void take(FaultLedger& ledger, const EventView& event) {
    with_payload<Payload>(event.contents(),
                          [&](const Payload& payload) { ledger.handle(event.header, payload); });
  }
  static constexpr std::array<Handler, kKinds> make_table() {
    std::array<Handler, kKinds> table{};
    ((table[Payloads::kType.id] = &take<Payloads>), ...);
    return table;
  }
  static void run(FaultLedger& ledger, const EventView& event) {
    static constexpr std::array<Handler, kKinds> kTable = make_table();
    const size_t kind = event.header.kind;
    if (kind < kKinds && kTable[kind] != nullptr) kTable[kind](ledger, event);
  }
};

void FaultLedger::on_event(const EventView& event) {
  using namespace history;
  Dispatch<LogAppended, BrokerAcked, LogFlushed, LogRecovered, LogTruncated, LogStartMoved,
           LogDeleted, NodeCrashed, DiskLost, DiskDamaged>::run(*this, event);
}

FaultLedger::Partition& FaultLedger::partition(const std::string& topic, int32_t number) {
  auto*& recent = recent_[static_cast<uint32_t>(number) % recent_.size()];
  const bool is_it =
      recent != nullptr && recent->first.second == number && recent->first.first == topic;
  if (!is_it) recent = &*partitions_.try_emplace({topic, number}).first;
  return recent->second;
}

void FaultLedger::handle(const EventHeader& header, const history::LogAppended& event) {
  Copy& copy = partition(event.topic, event.partition).copies[header.node];
  copy.end = std::max(copy.end, event.batch.last_offset + 1);
}

void FaultLedger::handle(const EventHeader& header, const history::LogFlushed& event) {
  Copy& copy = partition(event.topic, event.partition).copies[header.node];
  copy.durable_end = std::max(copy.durable_end, std::min(event.end_offset, copy.end));
}

void FaultLedger::handle(const EventHeader& header, const history::BrokerAcked& event) {
  if (event.is_duplicate || event.last_offset < event.base_offset) return;
  Partition& partition = this->partition(event.topic, event.partition);
  const Range range{event.base_offset, event.last_offset + 1};
  report_.acked += static_cast<uint64_t>(range.end - range.from);
  // Nearly always the next one; after requests that overtook each other, nearly the last.
  auto place = partition.acked.end();
  while (place != partition.acked.begin() && std::prev(place)->from > range.from) --place;
  place = partition.acked.insert(place, range);
  while (place != partition.acked.begin() && std::prev(place)->end >= place->from) {
    std::prev(place)->end = std::max(std::prev(place)->end, place->end);
    place = std::prev(partition.acked.erase(place));
  }
  while (std::next(place) != partition.acked.end() && place->end >= std::next(place)->from) {
    place->end = std::max(place->end, std::next(place)->end);
    partition.acked.erase(std::next(place));
  }
  Offset durable_end = 0;
  for (const auto& [node, copy] : partition.copies)
    durable_end = std::max(durable_end, copy.durable_end);
  const Offset exposed = partition.acked.back().end - std::max(durable_end, partition.log_start);
  report_.exposed_max =
      std::max(report_.exposed_max, static_cast<uint64_t>(std::max<Offset>(0, exposed)));
  (void)header;
}

void FaultLedger::handle(const EventHeader& header, const history::LogRecovered& event) {
  const Key key{event.topic, event.partition};
  shorten(header, key, event.end_offset);
  Copy& copy = partition(event.topic, event.partition).copies[header.node];
  copy.end = event.end_offset;
  copy.durable_end = copy.lost_power ? copy.end : std::min(copy.durable_end, copy.end);
  copy.was_hit = copy.is_damaged;
  copy.lost_power = false;
}

void FaultLedger::handle(const EventHeader& header, const history::LogTruncated& event) {
  shorten(header, {event.topic, event.partition}, event.end_offset);
}

void FaultLedger::handle(const EventHeader& header, const history::LogStartMoved& event) {
  Partition& partition = this->partition(event.topic, event.partition);
  partition.copies[header.node].start = event.start_offset;
  partition.log_start = std::max(partition.log_start, event.start_offset);
}

void FaultLedger::handle(const EventHeader&, const history::LogDeleted& event) {
  recent_ = {};
  partitions_.erase({event.topic, event.partition});
}

void FaultLedger::handle(const EventHeader& header, const history::NodeCrashed& event) {
  if (event.how == "power_loss") hit(header.node, true, false);
}

void FaultLedger::handle(const EventHeader& header, const history::DiskLost&) {
  hit(header.node, false, false);
}

void FaultLedger::handle(const EventHeader& header, const history::DiskDamaged&) {
  hit(header.node, false, true);
}

// A disk or machine holds every partition of its node; which files were hit does not matter here:
// whether the promise covered the loss is the checkers' question.
void FaultLedger::hit(int32_t node, bool power, bool damage) {
  for (auto& [key, partition] : partitions_) {
    const auto found = partition.copies.find(node);
    if (found == partition.copies.end()) continue;
    found->second.was_hit = true;
    found->second.lost_power |= power;
    found->second.is_damaged |= damage;
  }
}

// One node's log now ends at `end`: what was acknowledged beyond it is lost if no other node has
// it.
void FaultLedger::shorten(const EventHeader& header, const Key& key, Offset end) {
  Partition& partition = partitions_[key];
  Copy& copy = partition.copies[header.node];
  if (end >= copy.end) return;
  Offset elsewhere = end;
  for (const auto& [node, other] : partition.copies) {
    if (node != header.node) elsewhere = std::max(elsewhere, other.end);
  }
  if (elsewhere < copy.end) lose(header, key, partition, elsewhere);
  copy.end = end;
  copy.durable_end = std::min(copy.durable_end, end);
}

void FaultLedger::lose(const EventHeader& header, const Key& key, Partition& partition,
                       Offset from) {
  const bool is_silent =
      std::ranges::any_of(partition.copies, [&](const auto& each) { return !each.second.was_hit; });
  while (!partition.acked.empty() && partition.acked.back().end > from) {
    Range& last = partition.acked.back();
    const Offset begin = std::max({last.from, from, partition.log_start});
    const Offset end = last.end;
    const bool is_all = last.from >= from;
    if (is_all) {
      partition.acked.pop_back();
    } else {
      last.end = from;
    }
    if (begin < end) {
      const auto count = static_cast<uint64_t>(end - begin);
      report_.lost += count;
      report_.lost_silent += is_silent ? count : 0;
      if (report_.losses.size() < LedgerReport::kLossesMax)
        report_.losses.push_back(
            {key.first, key.second, begin, end, header.time_ns, header.id, is_silent});
    }
    if (!is_all) break;
  }
}

const FaultLedger::Partition* FaultLedger::find(const std::string& topic, int32_t partition) const {
  const auto found = partitions_.find({topic, partition});
  return found == partitions_.end() ? nullptr : &found->second;
}

std::set<int32_t> FaultLedger::holders(const std::string& topic, int32_t partition,
                                       Offset offset) const {
  std::set<int32_t> nodes;
  if (const Partition* found = find(topic, partition))
    for (const auto& [node, copy] : found->copies)
      if (offset >= copy.start && offset < copy.end) nodes.insert(node);
  return nodes;
}

std::set<int32_t> FaultLedger::durable_holders(const std::string& topic, int32_t partition,
                                               Offset offset) const {
  std::set<int32_t> nodes;
  if (const Partition* found = find(topic, partition))
    for (const auto& [node, copy] : found->copies)
      if (offset >= copy.start && offset < copy.durable_end) nodes.insert(node);
  return nodes;
}

}  // namespace faultline::sim
