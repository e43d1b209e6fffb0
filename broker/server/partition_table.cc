// SPDX-License-Identifier: Apache-2.0
// The table of hosted partitions.
#include "broker/server/partition_table.h"

#include "broker/base/assert.h"

namespace faultline::server {

Partition* PartitionTable::find(std::string_view topic, int32_t index) {
  const auto entry = topics_.find(topic);
  if (entry == topics_.end()) return nullptr;
  const auto found = entry->second.partitions.find(index);
  if (found == entry->second.partitions.end()) return nullptr;
  Partition& partition = found->second;
  return partition.is_deleted ? nullptr : &partition;
}

const HostedTopic* PartitionTable::find_topic(std::string_view name) const {
  const auto entry = topics_.find(name);
  return entry == topics_.end() ? nullptr : &entry->second.topic;
}

void PartitionTable::put_topic(const std::string& name, const Uuid& id,
                               const TopicSettings& settings) {
  Entry& entry = topics_[name];
  ASSERT(entry.topic.name.empty() || entry.topic.id == id);
  entry.topic.name = name;
  entry.topic.id = id;
  entry.topic.settings = settings;
  for (auto& [index, partition] : entry.partitions) partition.log->set_config(settings.log);
}

void PartitionTable::put_partition(const std::string& topic, int32_t index, log::Log* log,
                                   LeaderEpoch leader_epoch, bool is_leader) {
  ASSERT(log != nullptr);
  const auto entry = topics_.find(topic);
  ASSERT(entry != topics_.end());
  Partition& partition = entry->second.partitions[index];
  ASSERT(partition.log == nullptr || partition.log == log);
  ASSERT_OP(leader_epoch, >=, partition.leader_epoch);
  partition.topic = &entry->second.topic;
  partition.index = index;
  partition.log = log;
  partition.leader_epoch = leader_epoch;
  partition.is_leader = is_leader;
}

std::vector<std::string> PartitionTable::topics_gone(const metadata::MetadataImage& image) const {
  std::vector<std::string> gone;
  for (const auto& [name, entry] : topics_) {
    const metadata::TopicImage* topic = image.find_topic(name);
    if (topic == nullptr || topic->id != entry.topic.id) gone.push_back(name);
  }
  return gone;
}

std::vector<Partition*> PartitionTable::begin_delete(const std::string& topic) {
  std::vector<Partition*> partitions;
  const auto entry = topics_.find(topic);
  ASSERT(entry != topics_.end());
  for (auto& [index, partition] : entry->second.partitions) {
    partition.is_deleted = true;
    partition.notify_waiters();
    partitions.push_back(&partition);
  }
  return partitions;
}

void PartitionTable::end_delete(const std::string& topic) {
  const auto entry = topics_.find(topic);
  ASSERT(entry != topics_.end());
  for (const auto& [index, partition] : entry->second.partitions) {
    ASSERT(partition.is_deleted);
    ASSERT_OP(partition.pins, ==, 0);
  }
  topics_.erase(entry);
}

void PartitionTable::notify_all_waiters() {
  for (auto& [name, entry] : topics_)
    for (auto& [index, partition] : entry.partitions) partition.notify_waiters();
}

std::vector<const Partition*> PartitionTable::all() const {
  std::vector<const Partition*> partitions;
  for (const auto& [name, entry] : topics_)
    for (const auto& [index, partition] : entry.partitions)
      if (!partition.is_deleted) partitions.push_back(&partition);
  return partitions;
}

size_t PartitionTable::partition_count() const {
  size_t count = 0;
  for (const auto& [name, entry] : topics_) count += entry.partitions.size();
  return count;
}

}  // namespace faultline::server
