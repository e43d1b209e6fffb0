// SPDX-License-Identifier: Apache-2.0
// Goal: whatever members do, every request is answered exactly once, a generation has one protocol,
// and what a member is assigned is what the leader of its generation said. Method: random inputs,
// among them nonsense; then time passes until nobody may wait any more.
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/broker/groups/group_story.h"

namespace faultline::groups {
namespace {

class RandomGroup {
 public:
  void act() {
    const std::string id = *rc::gen::element<std::string>("", "a", "b", "c", "zz");
    const int32_t generation = group_.state.generation - *rc::gen::inRange(0, 2);
    switch (*rc::gen::inRange(0, 8)) {
      case 0:
      case 1: return join(id);
      case 2: return sync(id, generation);
      case 3: return ask(Heartbeat{next(), {id, std::nullopt}, generation});
      case 4: return ask(CommitCheck{next(), {id, std::nullopt}, generation});
      case 5: return ask(Leave{next(), {{id, std::nullopt}}});
      case 6: return store();
      case 7: return pass(milliseconds(*rc::gen::inRange(1, 12'000)));
    }
  }
  // Members are silent from here on.
  void end() {
    while (!stores_.empty()) store();
    for (int i = 0; i < 4; ++i) {
      pass(seconds(400));
      while (!stores_.empty()) store();
    }
    RC_ASSERT(open_.empty());
    RC_ASSERT(group_.state.members.empty());
    RC_ASSERT(group_.state.phase == GroupPhase::kEmpty);
  }

 private:
  RequestId next() {
    open_.insert(++group_.last_request);
    return group_.last_request;
  }

  void join(const std::string& id) {
    Join join;
    join.request = next();
    join.sender.member_id = id;
    if (*rc::gen::inRange(0, 3) == 0)
      join.sender.instance_id = *rc::gen::element<std::string>("s1", "s2");
    join.session_timeout = seconds(10);
    join.rebalance_timeout = seconds(*rc::gen::element(10, 30));
    join.protocol_type = "consumer";
    join.protocols = {{*rc::gen::element<std::string>("range", "sticky"), Slice()},
                      {"cooperative", Slice()}};
    join.can_learn_id = *rc::gen::arbitrary<bool>();
    for (const char* fresh : {"a", "b", "c", "d", "e"}) {
      if (group_.state.find(fresh) == nullptr && !group_.state.promised_ids.contains(fresh)) {
        join.fresh_member_id = fresh;
        return ask(join);
      }
    }
    join.fresh_member_id = "f" + std::to_string(join.request);
    ask(join);
  }

  void sync(const std::string& id, int32_t generation) {
    Sync sync;
    sync.request = next();
    sync.sender.member_id = id;
    sync.generation = generation;
    for (const auto& [member, unused] : group_.state.members)
      sync.assignments[member] = to_slice(id + " says in " + std::to_string(generation));
    ask(sync);
  }

  void store() {
    if (stores_.empty()) return;
    const uint64_t id = *stores_.begin();
    stores_.erase(stores_.begin());
    const bool fails = *rc::gen::inRange(0, 4) == 0;
    ask(Stored{id, fails ? wire::KafkaError::kNotCoordinator : wire::KafkaError::kNone});
  }

  void pass(Duration time) {
    const Instant until = group_.now + time;
    while (group_.state.next_deadline() && *group_.state.next_deadline() <= until) {
      const Instant next = *group_.state.next_deadline();
      group_.now = std::max(group_.now, next);
      ask(Tick{});
      const bool moves_on =
          !group_.state.next_deadline() || *group_.state.next_deadline() > group_.now;
      RC_ASSERT(moves_on);
    }
    group_.now = until;
  }

  void ask(const Input& input) {
    const Moment moment{group_.now, 0};
    for (const Output& output : step(group_.state, group_.rules, group_.config, moment, input)) {
      if (const auto* store = std::get_if<Store>(&output)) {
        stores_.insert(store->id);
        if (!store->record.members.empty()) note(*store);
      } else if (const auto* join = std::get_if<JoinReply>(&output)) {
        RC_ASSERT(open_.erase(join->request) == 1U);
        if (join->error != wire::KafkaError::kNone) continue;
        const auto [known, unused] = protocols_.emplace(join->generation, join->protocol);
        RC_ASSERT(known->second == join->protocol);
      } else if (const auto* sync = std::get_if<SyncReply>(&output)) {
        RC_ASSERT(open_.erase(sync->request) == 1U);
        if (sync->error == wire::KafkaError::kNone && sync->assignment.size() > 0)
          RC_ASSERT(assigned_[group_.state.generation].contains(to_text(sync->assignment)));
      } else {
        RC_ASSERT(open_.erase(std::get<PlainReply>(output).request) == 1U);
      }
    }
  }

  void note(const Store& store) {
    for (const auto& member : store.record.members)
      assigned_[store.record.generation].insert(to_text(member.assignment));
  }

  GroupStory group_;
  std::set<RequestId> open_;  // asked, not answered
  std::set<uint64_t> stores_;
  std::map<int32_t, std::optional<std::string>> protocols_;  // by generation
  std::map<int32_t, std::set<std::string>> assigned_;        // stored, by generation
};

RC_GTEST_PROP(GroupProperty, every_request_is_answered_once_and_generations_agree, ()) {
  RandomGroup group;
  const int actions = *rc::gen::inRange(1, 60);
  for (int i = 0; i < actions; ++i) group.act();
  group.end();
}

}  // namespace
}  // namespace faultline::groups
