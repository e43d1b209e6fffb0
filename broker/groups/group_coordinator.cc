// SPDX-License-Identifier: Apache-2.0
// Driving the cores of groups: requests in, replies out, time and writes.
#include "broker/groups/group_coordinator.h"

#include "broker/base/assert.h"

namespace faultline::groups {

class GroupCoordinator::Waiter {
 public:
  Waiter(GroupCoordinator& coordinator, RequestId request)
      : coordinator_(coordinator), request_(request) {
    coordinator_.waiters_[request_] = this;
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() { coordinator_.waiters_.erase(request_); }

  std::optional<Output> reply;
  bool waits_for_members = false;  // and may be told to come back later
  bool is_released = false;
  Notifier answered;

 private:
  GroupCoordinator& coordinator_;
  const RequestId request_;
};

int32_t partition_of_group(std::string_view group, int32_t partitions) {
  // Java hashes UTF-16 units; names of groups outside ASCII are rare, and any stable place is
  // right.
  uint32_t hash = 0;
  for (const char c : group) hash = 31 * hash + static_cast<uint8_t>(c);
  return static_cast<int32_t>(hash & 0x7fffffff) % partitions;
}

GroupCoordinator::GroupCoordinator(Env& env, CoordinatorConfig config, GroupRules rules,
                                   OnError on_error)
    : env_(env),
      config_(config),
      rules_(rules),
      on_error_(std::move(on_error)),
      agenda_alarm_(env.timers),
      scope_(env.executor) {
  scope_.spawn(keep_time());
}

Task<Result<void>> GroupCoordinator::lead(int32_t partition, log::Log& log, LeaderEpoch epoch) {
  if (shards_.contains(partition)) co_return Result<void>{};
  const auto on_written = [this](const ShardWrite& write, const Result<void>& outcome) {
    this->on_written(write, outcome);
  };
  CoordinatorShard& shard = *(
      shards_[partition] = std::make_unique<CoordinatorShard>(env_.clock, log, epoch, on_written));
  CO_TRY(co_await shard.load());
  for (const auto& [name, group] : shard.groups) schedule(name);
  auto& writer = writers_[partition] = std::make_unique<Scope>(env_.executor);
  writer->spawn(shard.run_writer());
  co_return Result<void>{};
}

void GroupCoordinator::release_waiters() {
  is_stopping_ = true;
  for (const auto& [request, waiter] : waiters_) {
    if (!waiter->waits_for_members) continue;
    waiter->is_released = true;
    waiter->answered.notify_all();
  }
}

void GroupCoordinator::resign() {
  for (const auto& [request, waiter] : waiters_) {
    waiter->is_released = true;
    waiter->answered.notify_all();
  }
  writers_.clear();
  shards_.clear();
  agenda_.clear();
}

Task<Result<void>> GroupCoordinator::stop() {
  for (const auto& [partition, shard] : shards_) CO_TRY(co_await shard->drained());
  CO_TRY(co_await abort());
  co_return Result<void>{};
}

Task<Result<void>> GroupCoordinator::abort() {
  for (const auto& [partition, writer] : writers_) {
    writer->cancel();
    CO_TRY(co_await writer->join());
  }
  scope_.cancel();
  CO_TRY(co_await scope_.join());
  co_return Result<void>{};
}

CoordinatorShard* GroupCoordinator::shard_of(const std::string& group) const {
  const auto found = shards_.find(partition_of_group(group, config_.partitions));
  return found == shards_.end() ? nullptr : found->second.get();
}

wire::KafkaError GroupCoordinator::check_group(const std::string& group) const {
  const CoordinatorShard* shard = shard_of(group);
  if (shard == nullptr) return Error::kNotCoordinator;
  return shard->is_loaded() ? Error::kNone : Error::kCoordinatorLoadInProgress;
}

const Group* GroupCoordinator::find(const std::string& group) const {
  const CoordinatorShard* shard = shard_of(group);
  if (shard == nullptr) return nullptr;
  const auto found = shard->groups.find(group);
  return found == shard->groups.end() ? nullptr : &found->second;
}

Group* GroupCoordinator::find_group(const std::string& group) {
  return const_cast<Group*>(std::as_const(*this).find(group));
}

Group& GroupCoordinator::find_or_make(const std::string& group) {
  Group& made = shard_of(group)->groups[group];
  made.state.id = group;
  return made;
}

std::optional<Output> GroupCoordinator::step_group(const std::string& name, const Input& input,
                                                   RequestId request) {
  Group& group = *find_group(name);
  const Moment moment{env_.clock.now(), env_.clock.wall_now().to_ms()};
  Outputs outputs = step(group.state, rules_, config_.group, moment, input);
  std::optional<Output> own;
  const auto route = [&](RequestId to, Output output) {
    if (to == request) {
      own = std::move(output);
    } else {
      deliver(to, std::move(output));
    }
  };
  for (Output& output : outputs) {
    if (const auto* store = std::get_if<Store>(&output)) {
      ShardWrite to_write;
      to_write.records.push_back(group_record(name, store->record));
      to_write.store = store->id;
      write(name, std::move(to_write));
    } else if (const auto* join = std::get_if<JoinReply>(&output)) {
      route(join->request, std::move(output));
    } else if (const auto* sync = std::get_if<SyncReply>(&output)) {
      route(sync->request, std::move(output));
    } else {
      route(std::get<PlainReply>(output).request, std::move(output));
    }
  }
  schedule(name);
  return own;
}

PlainReply GroupCoordinator::step_plain(const std::string& group, const Input& input,
                                        RequestId request) {
  const std::optional<Output> reply = step_group(group, input, request);
  ASSERT(reply.has_value());
  return std::get<PlainReply>(*reply);
}

void GroupCoordinator::deliver(RequestId request, Output output) {
  const auto waiter = waiters_.find(request);
  if (waiter == waiters_.end()) return;  // its connection is gone
  waiter->second->reply = std::move(output);
  waiter->second->answered.notify_all();
}

void GroupCoordinator::write(const std::string& group, ShardWrite write) {
  write.group = group;
  shard_of(group)->write(std::move(write));
}

void GroupCoordinator::on_written(const ShardWrite& write, const Result<void>& outcome) {
  if (!outcome) on_error_(outcome.error());
  const Error error = outcome ? Error::kNone : Error::kCoordinatorNotAvailable;
  Group* group = find_group(write.group);
  if (outcome && group != nullptr) {
    for (const auto& [key, offset] : write.offsets) {
      if (offset) {
        group->offsets[key] = *offset;
      } else {
        group->offsets.erase(key);
      }
    }
  }
  if (group != nullptr && write.store != 0) step_group(write.group, Stored{write.store, error}, 0);
  if (write.request != 0) deliver(write.request, PlainReply{write.request, error, {}});
}

Task<wire::KafkaError> GroupCoordinator::write_and_wait(std::string group, ShardWrite to_write) {
  to_write.request = ++last_request_;
  Waiter waiter(*this, to_write.request);
  write(group, std::move(to_write));
  while (!waiter.reply) {
    if (waiter.is_released) co_return Error::kNotCoordinator;
    const Result<void> woken = co_await waiter.answered.wait();
    if (!woken) co_return Error::kCoordinatorNotAvailable;
  }
  co_return std::get<PlainReply>(*waiter.reply).error;
}

// A join and a sync may be answered at once, or long after.
Task<JoinReply> GroupCoordinator::join(std::string group, Join join) {
  JoinReply refused;
  refused.member_id = join.sender.member_id;
  refused.error = check_group(group);
  if (refused.error != Error::kNone) co_return refused;
  refused.error = Error::kUnknownMemberId;
  const bool is_new = find(group) == nullptr;
  const bool is_stranger = find(group) == nullptr && !join.sender.member_id.empty();
  if (is_stranger) co_return refused;
  find_or_make(group);
  join.request = ++last_request_;
  Waiter waiter(*this, join.request);
  waiter.waits_for_members = true;
  waiter.reply = step_group(group, join, join.request);
  const bool is_refused = waiter.reply && std::get<JoinReply>(*waiter.reply).error != Error::kNone;
  if (is_new && is_refused) forget_unused(group);
  refused.error = Error::kCoordinatorNotAvailable;
  while (!waiter.reply) {
    if (waiter.is_released || is_stopping_) co_return refused;
    const Result<void> woken = co_await waiter.answered.wait();
    if (!woken) co_return refused;
  }
  co_return std::get<JoinReply>(std::move(*waiter.reply));
}

Task<SyncReply> GroupCoordinator::sync(std::string group, Sync sync) {
  SyncReply refused;
  refused.error = check_group(group);
  // Kafka has the client join again rather than wait for a coordinator that reads its log.
  if (refused.error == Error::kCoordinatorLoadInProgress)
    refused.error = Error::kRebalanceInProgress;
  if (refused.error != Error::kNone) co_return refused;
  refused.error = Error::kUnknownMemberId;
  if (find(group) == nullptr) co_return refused;
  sync.request = ++last_request_;
  Waiter waiter(*this, sync.request);
  waiter.waits_for_members = true;
  waiter.reply = step_group(group, sync, sync.request);
  refused.error = Error::kCoordinatorNotAvailable;
  while (!waiter.reply) {
    if (waiter.is_released || is_stopping_) co_return refused;
    const Result<void> woken = co_await waiter.answered.wait();
    if (!woken) co_return refused;
  }
  co_return std::get<SyncReply>(std::move(*waiter.reply));
}

// The agenda has one entry for each group that waits for time.
void GroupCoordinator::schedule(const std::string& name) {
  Group* group = find_group(name);
  if (group == nullptr) return;
  const std::optional<Instant> next = group->state.next_deadline();
  if (next == group->scheduled) return;
  if (group->scheduled) agenda_.erase({*group->scheduled, name});
  group->scheduled = next;
  if (!next) return;
  agenda_.insert({*next, name});
  const bool is_soonest = agenda_.begin()->second == name;
  if (is_soonest) agenda_alarm_.ring_by(*next);
}

Task<void> GroupCoordinator::keep_time() {
  while (true) {
    const Instant due = agenda_.empty() ? Instant::far_future() : agenda_.begin()->first;
    if (due > env_.clock.now()) {
      const Result<void> slept = co_await agenda_alarm_.sleep_until(due);
      if (!slept) co_return;
      continue;
    }
    const std::string name = agenda_.begin()->second;
    agenda_.erase(agenda_.begin());
    Group* group = find_group(name);
    if (group == nullptr) continue;
    group->scheduled.reset();
    step_group(name, Tick{}, 0);
  }
}

}  // namespace faultline::groups
