// SPDX-License-Identifier: Apache-2.0
// PartitionTable: the partitions that this broker hosts, what it knows of each besides its log, and
// who waits for one to change. Follows the metadata image; owns no log. Handlers that await while
// they use a partition hold a PartitionPin, so that a deletion waits for them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/base/ids.h"
#include "broker/env/alarm.h"
#include "broker/env/sync.h"
#include "broker/log/log.h"
#include "broker/server/settings.h"

namespace faultline::server {

// Keeps groups and their offsets.
inline constexpr const char* kOffsetsTopic = "__consumer_offsets";

// Somebody who waits for any of several partitions.
struct PartitionWaiter {
  explicit PartitionWaiter(Timers& timers) : alarm(timers) {}

  bool is_notified = false;
  Alarm alarm;

  void notify() {
    is_notified = true;
    alarm.ring();
  }
};

struct HostedTopic {
  std::string name;
  Uuid id;
  TopicSettings settings;
};

struct Partition {
  const HostedTopic* topic = nullptr;
  int32_t index = 0;
  log::Log* log = nullptr;
  LeaderEpoch leader_epoch = 0;
  bool is_leader = false;
  bool is_deleted = false;  // takes no new users
  int pins = 0;
  Notifier unpinned;
  std::vector<PartitionWaiter*> waiters;

  void notify_waiters() {
    for (PartitionWaiter* waiter : waiters) waiter->notify();
  }
};

class PartitionPin {
 public:
  PartitionPin() = default;
  explicit PartitionPin(Partition& partition) : partition_(&partition) { ++partition.pins; }
  PartitionPin(PartitionPin&& other) noexcept : partition_(std::exchange(other.partition_, {})) {}
  PartitionPin& operator=(PartitionPin&& other) noexcept {
    std::swap(partition_, other.partition_);
    return *this;
  }
  ~PartitionPin() {
    if (partition_ != nullptr && --partition_->pins == 0) partition_->unpinned.notify_all();
  }

  explicit operator bool() const { return partition_ != nullptr; }
  Partition& operator*() const { return *partition_; }
  Partition* operator->() const { return partition_; }

 private:
  Partition* partition_ = nullptr;
};

// Registers a waiter with a pinned partition, until it dies.
class PartitionWatch {
 public:
  PartitionWatch(Partition& partition, PartitionWaiter& waiter)
      : pin_(partition), waiter_(&waiter) {
    partition.waiters.push_back(&waiter);
  }
  PartitionWatch(PartitionWatch&& other) noexcept
      : pin_(std::move(other.pin_)), waiter_(std::exchange(other.waiter_, nullptr)) {}
  PartitionWatch& operator=(PartitionWatch&&) = delete;
  ~PartitionWatch() {
    if (waiter_ != nullptr) std::erase(pin_->waiters, waiter_);
  }

 private:
  PartitionPin pin_;
  PartitionWaiter* waiter_ = nullptr;
};

class PartitionTable {
 public:
  // Null when this broker does not host it, or is deleting it.
  Partition* find(std::string_view topic, int32_t index);
  const HostedTopic* find_topic(std::string_view name) const;

  // Adds a topic, or changes its settings and those of its logs.
  void put_topic(const std::string& name, const Uuid& id, const TopicSettings& settings);
  void put_partition(const std::string& topic, int32_t index, log::Log* log,
                     LeaderEpoch leader_epoch, bool is_leader);
  // What belongs to no topic of `image`, by name.
  std::vector<std::string> topics_gone(const metadata::MetadataImage& image) const;
  // All partitions of the topic take no new users; those who wait are woken. Returns them.
  std::vector<Partition*> begin_delete(const std::string& topic);
  // Requires that nobody has them pinned.
  void end_delete(const std::string& topic);

  // Wakes whoever waits for any partition.
  void notify_all_waiters();

  size_t partition_count() const;
  // By topic and index, without those that are being deleted.
  std::vector<const Partition*> all() const;

 private:
  struct Entry {
    HostedTopic topic;
    std::map<int32_t, Partition> partitions;
  };
  std::map<std::string, Entry, std::less<>> topics_;
};

}  // namespace faultline::server
