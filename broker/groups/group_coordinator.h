// SPDX-License-Identifier: Apache-2.0
// GroupCoordinator: classic consumer groups and their offsets, kept in the partitions of
// __consumer_offsets that this broker leads. A thin driver of the core: it routes requests to
// groups, replies to those who wait, writes to the log and time to whom it is due. One loop;
// destroying it does no I/O.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/env/alarm.h"
#include "broker/env/env.h"
#include "broker/env/scope.h"
#include "broker/groups/coordinator_shard.h"

namespace faultline::groups {

struct CoordinatorConfig {
  GroupConfig group;
  int32_t partitions = 50;                                 // offsets.topic.num.partitions
  size_t metadata_bytes_max = 4096;                        // offset.metadata.max.bytes
  Duration offsets_retention = seconds(7 * 24 * 60 * 60);  // offsets.retention.minutes
};

// The partition of __consumer_offsets that keeps a group, by Java's String.hashCode.
int32_t partition_of_group(std::string_view group, int32_t partitions);

struct OffsetCommit {
  CommitCheck who;
  std::map<OffsetKey, CommittedOffset> offsets;
};
struct GroupListing {
  std::string id;
  std::string protocol_type;
  GroupPhase phase = GroupPhase::kEmpty;
};

class GroupCoordinator {
 public:
  using Error = wire::KafkaError;
  // Told of every error of a log; may end the broker.
  using OnError = std::function<void(const faultline::Error&)>;

  GroupCoordinator(Env& env, CoordinatorConfig config, GroupRules rules, OnError on_error);
  GroupCoordinator(const GroupCoordinator&) = delete;
  GroupCoordinator& operator=(const GroupCoordinator&) = delete;

  // This broker leads the partition now: its groups are read before this returns.
  Task<Result<void>> lead(int32_t partition, log::Log& log, LeaderEpoch epoch);
  // Whoever waits for others is answered now: the broker is about to stop.
  void release_waiters();
  // All of them no longer: the topic is deleted.
  void resign();
  // Waits for what is being written, then ends; or ends at once.
  Task<Result<void>> stop();
  Task<Result<void>> abort();

  // How many partitions the topic really has, before the first lead().
  void set_partition_count(int32_t count) { config_.partitions = count; }
  const CoordinatorConfig& config() const { return config_; }
  // kNone, kInvalidGroupId, kNotCoordinator or kCoordinatorLoadInProgress.
  Error check_group(const std::string& group) const;

  // The request number of each input is given here. They answer what check_group() says if that is
  // not kNone.
  Task<JoinReply> join(std::string group, Join join);
  Task<SyncReply> sync(std::string group, Sync sync);
  PlainReply heartbeat(const std::string& group, Heartbeat heartbeat);
  PlainReply leave(const std::string& group, Leave leave);
  // One error for all offsets, or one each (kOffsetMetadataTooLarge), in their order.
  Task<std::vector<Error>> commit(std::string group, OffsetCommit commit);
  Task<Error> remove(std::string group);
  // Deletes offsets of a group; those of topics that a member may read are refused by the caller.
  Task<Error> forget_offsets(std::string group, std::vector<OffsetKey> keys);
  // Null: no such group here.
  const Group* find(const std::string& group) const;
  std::vector<GroupListing> list() const;

  // Forgets offsets that nobody has used for the time of retention, and empty groups without any.
  void expire_offsets();
  // The offsets of a topic that is gone.
  void forget_topic(const std::string& topic);

 private:
  using GroupPlace = std::pair<int32_t, std::string>;  // partition, group
  // Somebody who waits for the outcome of a request; forgotten when its frame dies.
  class Waiter;

  CoordinatorShard* shard_of(const std::string& group) const;
  Group* find_group(const std::string& group);
  // A refused request leaves no group behind that it had made.
  void forget_unused(const std::string& group);
  Group& find_or_make(const std::string& group);
  // Steps the group's core and does what it says, except for the reply of `request`, which is
  // returned.
  std::optional<Output> step_group(const std::string& group, const Input& input, RequestId request);
  // For what is answered at once.
  PlainReply step_plain(const std::string& group, const Input& input, RequestId request);
  void deliver(RequestId request, Output output);
  void on_written(const ShardWrite& write, const Result<void>& outcome);
  void write(const std::string& group, ShardWrite write);
  Task<Error> write_and_wait(std::string group, ShardWrite write);
  void schedule(const std::string& group);
  Task<void> keep_time();

  Env& env_;
  CoordinatorConfig config_;
  const GroupRules rules_;
  const OnError on_error_;
  std::map<int32_t, std::unique_ptr<CoordinatorShard>> shards_;
  std::map<RequestId, Waiter*> waiters_;
  RequestId last_request_ = 0;
  bool is_stopping_ = false;
  // When which group wants a Tick, soonest first.
  std::set<std::pair<Instant, std::string>> agenda_;
  Alarm agenda_alarm_;  // for the task that keeps it
  std::map<int32_t, std::unique_ptr<Scope>> writers_;
  Scope scope_;  // last: its frames use the rest
};

}  // namespace faultline::groups
