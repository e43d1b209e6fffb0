// SPDX-License-Identifier: Apache-2.0
// One step of a group in progress: the state it changes, the time it happens at, the outputs so
// far. Internal to the core; joining, syncing and leaving each have their .cc.
#pragma once

#include "broker/groups/core/group_core.h"

namespace faultline::groups {

class Stepper {
 public:
  Stepper(GroupState& state, const GroupRules& rules, const GroupConfig& config,
          const Moment& moment)
      : state_(state), rules_(rules), config_(config), moment_(moment) {}

  void on(const Join& join);
  void on(const Sync& sync);
  void on(const Heartbeat& heartbeat);
  void on(const Leave& leave);
  void on(const CommitCheck& check);
  void on(const Delete& request);
  void on(const Tick&);
  void on(const Stored& stored);
  Outputs take() { return std::move(outputs_); }

 private:
  using Error = wire::KafkaError;

  // Joining (stepper_join.cc).
  Error check(const Join& join) const;
  Error check_sender(const Sender& sender) const;
  void join_new(const Join& join);
  void join_again(Member& member, const Join& join);
  void replace_instance(const std::string& old_id, const Join& join);
  void add(const Join& join, std::string member_id);
  void update(Member& member, const Join& join);
  void tell_generation(Member& member, RequestId request);

  // Rebalancing (stepper_rebalance.cc).
  void rebalance_or_complete();
  void prepare_rebalance();
  void complete_join_if_all_there();
  void end_initial_wait();
  void complete_join();
  bool elect_joined_leader();
  void start_generation();

  // Syncing (stepper_sync.cc).
  void store(bool is_assignment, std::map<std::string, Slice> assignments);
  void assign(const std::map<std::string, Slice>& assignments);
  void release_syncs(Error error);
  void answer_sync(Member& member, RequestId request, Error error);

  // Leaving (stepper_leave.cc).
  Error leave(const Sender& sender);
  void remove(const std::string& member_id);
  void expire_sessions();
  void expire_syncs();

  void enter(GroupPhase phase);
  void keep_alive(Member& member);
  void refuse_join(RequestId request, const std::string& member_id, Error error);
  void answer(RequestId request, Error error);

  GroupState& state_;
  const GroupRules& rules_;
  const GroupConfig& config_;
  const Moment moment_;
  Outputs outputs_;
};

}  // namespace faultline::groups
