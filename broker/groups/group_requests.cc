// SPDX-License-Identifier: Apache-2.0
// The coordinator's requests, one function each.
#include <algorithm>

#include "broker/groups/group_coordinator.h"

namespace faultline::groups {

Task<std::vector<wire::KafkaError>> GroupCoordinator::commit(std::string group,
                                                             OffsetCommit commit) {
  const size_t count = commit.offsets.size();
  Error error = check_group(group);
  // A group that only keeps offsets comes into being with the first of them.
  const bool is_simple = commit.who.generation < 0;
  const bool is_known = find(group) != nullptr;
  if (error == Error::kNone && !is_known && !is_simple) error = Error::kIllegalGeneration;
  if (error == Error::kNone) {
    find_or_make(group);
    commit.who.request = ++last_request_;
    error = step_plain(group, commit.who, commit.who.request).error;
  }
  std::vector<Error> errors(count, error);
  if (error != Error::kNone) {
    if (!is_known) forget_unused(group);
    co_return errors;
  }

  ShardWrite to_write;
  std::vector<size_t> accepted;
  size_t index = 0;
  for (auto& [key, offset] : commit.offsets) {
    const size_t place = index++;
    if (offset.metadata.size() > config_.metadata_bytes_max) {
      errors[place] = Error::kOffsetMetadataTooLarge;
      continue;
    }
    offset.commit_ms = env_.clock.wall_now().to_ms();
    to_write.records.push_back(offset_record(group, key, offset));
    to_write.offsets[key] = offset;
    accepted.push_back(place);
  }
  if (accepted.empty()) {
    if (!is_known) forget_unused(group);
    co_return errors;
  }
  const Error written = co_await write_and_wait(group, std::move(to_write));
  for (const size_t place : accepted) errors[place] = written;
  co_return errors;
}

void GroupCoordinator::forget_unused(const std::string& group) {
  const Group* found = find(group);
  if (found == nullptr || !found->state.members.empty() || !found->state.promised_ids.empty())
    return;
  if (found->state.generation > 0 || !found->offsets.empty()) return;
  if (found->scheduled) agenda_.erase({*found->scheduled, group});
  shard_of(group)->groups.erase(group);
}

PlainReply GroupCoordinator::heartbeat(const std::string& group, Heartbeat heartbeat) {
  const Error error = check_group(group);
  // As in Kafka, a client need not notice that the coordinator is still reading.
  if (error == Error::kCoordinatorLoadInProgress) return {};
  if (error != Error::kNone) return {0, error, {}};
  if (find(group) == nullptr) return {0, Error::kUnknownMemberId, {}};
  heartbeat.request = ++last_request_;
  return step_plain(group, heartbeat, heartbeat.request);
}

PlainReply GroupCoordinator::leave(const std::string& group, Leave leave) {
  const Error error = check_group(group);
  if (error != Error::kNone) return {0, error, {}};
  if (find(group) == nullptr)
    return {0, Error::kNone, std::vector<Error>(leave.members.size(), Error::kUnknownMemberId)};
  leave.request = ++last_request_;
  return step_plain(group, leave, leave.request);
}

Task<wire::KafkaError> GroupCoordinator::remove(std::string group) {
  const Error error = check_group(group);
  if (error != Error::kNone) co_return error;
  const Group* found = find(group);
  if (found == nullptr) co_return Error::kGroupIdNotFound;
  const RequestId request = ++last_request_;
  const Error refused = step_plain(group, Delete{request}, request).error;
  if (refused != Error::kNone) co_return refused;
  ShardWrite to_write;
  for (const auto& [key, offset] : found->offsets)
    to_write.records.push_back(offset_record(group, key, std::nullopt));
  to_write.records.push_back(group_record(group, std::nullopt));
  if (found->scheduled) agenda_.erase({*found->scheduled, group});
  shard_of(group)->groups.erase(group);
  co_return co_await write_and_wait(group, std::move(to_write));
}

Task<wire::KafkaError> GroupCoordinator::forget_offsets(std::string group,
                                                        std::vector<OffsetKey> keys) {
  const Error error = check_group(group);
  if (error != Error::kNone) co_return error;
  const Group* found = find(group);
  if (found == nullptr) co_return Error::kGroupIdNotFound;
  ShardWrite to_write;
  for (const OffsetKey& key : keys) {
    if (!found->offsets.contains(key)) continue;
    to_write.records.push_back(offset_record(group, key, std::nullopt));
    to_write.offsets[key] = std::nullopt;
  }
  if (to_write.records.empty()) co_return Error::kNone;
  co_return co_await write_and_wait(group, std::move(to_write));
}

std::vector<GroupListing> GroupCoordinator::list() const {
  std::vector<GroupListing> listings;
  for (const auto& [partition, shard] : shards_)
    for (const auto& [name, group] : shard->groups)
      listings.push_back({name, group.state.protocol_type.value_or(""), group.state.phase});
  std::ranges::sort(listings, {}, &GroupListing::id);
  return listings;
}

// KIP-211: the clock of an offset starts when the group has become empty, or with the commit of a
// simple consumer.
void GroupCoordinator::expire_offsets() {
  const int64_t oldest = env_.clock.wall_now().to_ms() - config_.offsets_retention.to_ms();
  std::vector<std::string> gone;
  for (const auto& [partition, shard] : shards_) {
    for (auto& [name, group] : shard->groups) {
      if (group.state.phase != GroupPhase::kEmpty || !group.state.promised_ids.empty()) continue;
      ShardWrite to_write;
      for (const auto& [key, offset] : group.offsets) {
        if (std::max(offset.commit_ms, group.state.phase_since_ms) >= oldest) continue;
        to_write.records.push_back(offset_record(name, key, std::nullopt));
        to_write.offsets[key] = std::nullopt;
      }
      const bool empties = to_write.offsets.size() == group.offsets.size();
      if (empties && group.state.phase_since_ms < oldest) {
        to_write.records.push_back(group_record(name, std::nullopt));
        gone.push_back(name);
      }
      if (!to_write.records.empty()) write(name, std::move(to_write));
    }
  }
  for (const std::string& name : gone) {
    const Group* group = find(name);
    if (group->scheduled) agenda_.erase({*group->scheduled, name});
    shard_of(name)->groups.erase(name);
  }
}

void GroupCoordinator::forget_topic(const std::string& topic) {
  for (const auto& [partition, shard] : shards_) {
    for (const auto& [name, group] : shard->groups) {
      ShardWrite to_write;
      for (const auto& [key, offset] : group.offsets) {
        if (key.topic != topic) continue;
        to_write.records.push_back(offset_record(name, key, std::nullopt));
        to_write.offsets[key] = std::nullopt;
      }
      if (!to_write.records.empty()) write(name, std::move(to_write));
    }
  }
}

}  // namespace faultline::groups
