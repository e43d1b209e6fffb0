// SPDX-License-Identifier: Apache-2.0
// FaultLedger: which nodes hold each acknowledged range of offsets, and which hold it durably, read
// from the events of a run. It says what was lost, whether a node still had it on disk, and whether
// anything destructive had happened to every copy: a loss without that is silent.
//
// A node that lost power holds durably what it recovers; before that, what its log has flushed.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "broker/base/ids.h"
#include "broker/env/history_events.h"
#include "broker/env/world_events.h"
#include "sim/trace/recorder.h"

namespace faultline::sim {

// Acknowledged offsets [from, end) that no node holds any more.
struct LedgerLoss {
  std::string topic;
  int32_t partition = 0;
  Offset from = 0;
  Offset end = 0;
  int64_t lost_ns = 0;
  EventId event = 0;      // that showed it
  bool is_silent = true;  // some node that held it met nothing that destroys
};

struct LedgerReport {
  uint64_t acked = 0;        // records
  uint64_t lost = 0;         // of them
  uint64_t lost_silent = 0;  // of them
  // The most acknowledged records at one time that were durable nowhere.
  uint64_t exposed_max = 0;
  std::vector<LedgerLoss> losses;  // the first kLossesMax
  static constexpr size_t kLossesMax = 16;
};

class FaultLedger final : public EventObserver {
 public:
  void on_event(const EventView& event) override;
  const LedgerReport& report() const { return report_; }

  // For tests and reports: nodes whose log holds the offset, or holds it durably.
  std::set<int32_t> holders(const std::string& topic, int32_t partition, Offset offset) const;
  std::set<int32_t> durable_holders(const std::string& topic, int32_t partition,
                                    Offset offset) const;

 private:
  struct Copy {  // one node's log, [start, end)
    Offset start = 0;
    Offset end = 0;
    Offset durable_end = 0;
    // Something destructive happened to the node since its log was last opened, or ever if it was
    // damage of the platter.
    bool was_hit = false;
    bool is_damaged = false;
    bool lost_power = false;
  };
  struct Range {  // acknowledged, [from, end)
    Offset from = 0;
    Offset end = 0;
  };
  struct Partition {
    std::map<int32_t, Copy> copies;
    std::vector<Range> acked;  // in order, disjoint, not touching
    Offset log_start = 0;      // below it records are gone by policy
  };
  using Key = std::pair<std::string, int32_t>;

  template <class... Payloads>
  struct Dispatch;
  void handle(const EventHeader& header, const history::LogAppended& event);
  void handle(const EventHeader& header, const history::LogFlushed& event);
  void handle(const EventHeader& header, const history::LogRecovered& event);
  void handle(const EventHeader& header, const history::LogTruncated& event);
  void handle(const EventHeader& header, const history::LogStartMoved& event);
  void handle(const EventHeader& header, const history::LogDeleted& event);
  void handle(const EventHeader& header, const history::BrokerAcked& event);
  void handle(const EventHeader& header, const history::NodeCrashed& event);
  void handle(const EventHeader& header, const history::DiskLost& event);
  void handle(const EventHeader& header, const history::DiskDamaged& event);

  void shorten(const EventHeader& header, const Key& key, Offset end);
  void lose(const EventHeader& header, const Key& key, Partition& partition, Offset from);
  void hit(int32_t node, bool power, bool damage);
  Partition& partition(const std::string& topic, int32_t number);
  const Partition* find(const std::string& topic, int32_t partition) const;

  std::map<Key, Partition> partitions_;
  // Asked for last, by the partition's index.
  std::array<std::pair<const Key, Partition>*, 8> recent_{};
  LedgerReport report_;
};

}  // namespace faultline::sim
