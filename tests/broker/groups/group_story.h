// SPDX-License-Identifier: Apache-2.0
// A group told line by line: what members ask, as text, and what the coordinator answers.
#pragma once

#include <string>

#include "broker/groups/core/group_core.h"

namespace faultline::groups {

std::string to_text(const Slice& bytes);
Slice to_slice(std::string_view text);
// "join#1 gen 1 range leader a members a=A b=B", "sync#2 assigned A1", "#3 error 27", "store 1 gen
// 1 a=A1"
std::string to_text(const Output& output);

class GroupStory {
 public:
  // Every call steps the core and returns its outputs, one a line. `id` is "" for a client without
  // one; the client is named after the member that it is to become.
  std::string join(const std::string& id, const std::string& fresh = "",
                   const std::string& protocols = "range");
  std::string join_static(const std::string& instance, const std::string& id,
                          const std::string& fresh);
  // `assignments` as "a=A1 b=B1".
  std::string sync(const std::string& id, int32_t generation, const std::string& assignments = "");
  std::string heartbeat(const std::string& id, int32_t generation);
  std::string leave(const std::string& id);
  std::string commit(const std::string& id, int32_t generation);
  std::string stored(uint64_t id, wire::KafkaError error = wire::KafkaError::kNone);
  std::string remove();
  std::string wait_ms(int64_t ms);  // ticks at every deadline on the way
  // Two members of generation 1, "a" the leader, both assigned.
  void make_stable_pair();

  GroupState state;
  GroupRules rules;
  GroupConfig config;
  Instant now;
  RequestId last_request = 0;
  bool can_learn_id = true;

  std::string step_text(const Input& input);

 private:
  Join join_input(const std::string& id, const std::string& fresh, const std::string& protocols);
};

}  // namespace faultline::groups
