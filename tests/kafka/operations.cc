// SPDX-License-Identifier: Apache-2.0
// Which operation comes next, and what it is about.
#include "tests/kafka/operations.h"

#include <array>

#include "broker/wire/messages_producer_id.h"

namespace faultline::differential {

Operations::Operations(Differential& differential, uint64_t seed)
    : differential_(differential), draws_(seed, stream_id("differential"), 0) {
  const auto has_id = [](const wire::InitProducerIdResponse& answer) {
    return answer.error_code == wire::KafkaError::kNone;
  };
  differential_.await<wire::InitProducerIdRequest>(4, {}, has_id);
  // The first look for a coordinator makes __consumer_offsets; then each part of it is loaded.
  for (int i = 0; i < kGroups; ++i) {
    wire::FindCoordinatorRequest find;
    find.key = "group-" + std::to_string(i);
    differential_.await<wire::FindCoordinatorRequest>(
        2, find, [](const auto& answer) { return answer.error_code == wire::KafkaError::kNone; });
  }
  for (const char* group : {"group-0", "group-1", "group-2", "no-group", "other"}) {
    wire::HeartbeatRequest heartbeat;
    heartbeat.group_id = group;
    differential_.await<wire::HeartbeatRequest>(3, heartbeat, [](const auto& answer) {
      return answer.error_code == wire::KafkaError::kUnknownMemberId;
    });
  }
}

void Operations::run_one() {
  static constexpr std::array kSteps = {
      Weighted{4, &Operations::create_topic},
      Weighted{4, &Operations::create_illegal_topic},
      Weighted{1, &Operations::delete_topic},
      Weighted{2, &Operations::create_partitions},
      Weighted{2, &Operations::alter_configs},
      Weighted{3, &Operations::alter_configs_incrementally},
      Weighted{3, &Operations::describe_configs},
      Weighted{3, &Operations::ask_metadata},
      Weighted{1, &Operations::describe_cluster},
      Weighted{2, &Operations::describe_topic_partitions},
      Weighted{1, &Operations::describe_log_dirs},
      Weighted{16, &Operations::produce},
      Weighted{8, &Operations::produce_damaged},
      Weighted{3, &Operations::produce_nowhere},
      Weighted{2, &Operations::produce_unacked},
      Weighted{2, &Operations::init_producer},
      Weighted{8, &Operations::produce_in_sequence},
      Weighted{6, &Operations::produce_out_of_sequence},
      Weighted{16, &Operations::fetch},
      Weighted{8, &Operations::list_offsets},
      Weighted{3, &Operations::delete_records},
      Weighted{4, &Operations::ask_leader_epoch},
      Weighted{3, &Operations::join_and_leave},
      Weighted{2, &Operations::join_two},
      Weighted{3, &Operations::join_wrongly},
      Weighted{3, &Operations::heartbeat_wrongly},
      Weighted{2, &Operations::sync_wrongly},
      Weighted{2, &Operations::leave_wrongly},
      Weighted{4, &Operations::commit_offsets},
      Weighted{4, &Operations::fetch_offsets},
      Weighted{2, &Operations::find_coordinator},
      Weighted{3, &Operations::describe_groups},
      Weighted{2, &Operations::list_groups},
      Weighted{2, &Operations::delete_groups},
      Weighted{2, &Operations::delete_offsets},
  };
  differential_.about("");
  if (topics_.empty()) return create_topic();
  int64_t sum = 0;
  for (const Weighted& each : kSteps) sum += each.weight;
  auto drawn = static_cast<int64_t>(draws_.below(static_cast<uint64_t>(sum)));
  for (const Weighted& each : kSteps) {
    drawn -= each.weight;
    if (drawn < 0) return (this->*each.step)();
  }
}

std::string Operations::real_topic() {
  auto found = topics_.begin();
  std::advance(found, static_cast<std::ptrdiff_t>(draws_.below(topics_.size())));
  return found->first;
}

std::string Operations::some_topic() {
  if (topics_.empty() || one_in(8)) return pick<std::string>({"nowhere", "", "not legal!"});
  return real_topic();
}

Operations::Place Operations::real_place() {
  const std::string topic = real_topic();
  const auto partitions = static_cast<uint64_t>(topics_.at(topic).partitions);
  return {topic, static_cast<int32_t>(draws_.below(partitions))};
}

Operations::Place Operations::some_place() {
  Place place = real_place();
  if (one_in(10)) place.partition = pick({-1, 17, INT32_MAX});
  return place;
}

void Operations::note_end(const Place& place, int64_t end) {
  std::vector<int64_t>& ends = topics_.at(place.topic).ends;
  if (ends.size() <= static_cast<size_t>(place.partition))
    ends.resize(static_cast<size_t>(place.partition) + 1);
  ends[static_cast<size_t>(place.partition)] = end;
}

int64_t Operations::some_offset(const Place& place) {
  const auto found = topics_.find(place.topic);
  int64_t end = 0;
  if (found != topics_.end() && place.partition >= 0 &&
      static_cast<size_t>(place.partition) < found->second.ends.size())
    end = found->second.ends[static_cast<size_t>(place.partition)];
  if (one_in(8)) return pick<int64_t>({-1, -2, end + 1, INT64_MAX});
  return draws_.between(0, end);
}

}  // namespace faultline::differential
