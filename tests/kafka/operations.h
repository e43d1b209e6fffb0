// SPDX-License-Identifier: Apache-2.0
// The seeded generator of client operations, legal and illegal. It knows what exists by what it has
// asked for, draws the next operation, and has the Differential ask it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "broker/base/prng.h"
#include "broker/wire/batch_builder.h"
#include "broker/wire/messages_group_session.h"
#include "broker/wire/messages_join_group.h"
#include "tests/kafka/differential.h"

namespace faultline::differential {

class Operations {
 public:
  Operations(Differential& differential, uint64_t seed);
  // One operation, which may be several questions.
  void run_one();

 private:
  static constexpr int kGroups = 3;
  struct Topic {
    int32_t partitions = 1;
    std::vector<int64_t> ends;  // log end offset of each partition, as the judge said
  };
  struct Producer {
    std::map<std::string, int32_t> next_sequence;  // by "topic/partition"
  };
  struct Place {
    std::string topic;
    int32_t partition = 0;
  };
  using Step = void (Operations::*)();
  struct Weighted {
    int weight;
    Step step;
  };

  // Topics and configurations: operations_topics.cc.
  void create_topic();
  void create_illegal_topic();
  void delete_topic();
  void create_partitions();
  void alter_configs();
  void alter_configs_incrementally();
  void describe_configs();
  void ask_metadata();
  void describe_cluster();
  void describe_topic_partitions();
  void describe_log_dirs();

  // Records: operations_records.cc.
  void produce();
  void produce_damaged();
  void produce_nowhere();
  void produce_unacked();
  void init_producer();
  void produce_in_sequence();
  void produce_out_of_sequence();
  void fetch();
  void list_offsets();
  void delete_records();
  void ask_leader_epoch();

  // Groups: operations_groups.cc.
  void join_and_leave();
  void join_two();
  void join_wrongly();
  void heartbeat_wrongly();
  void sync_wrongly();
  void leave_wrongly();
  void commit_offsets();
  void fetch_offsets();
  void find_coordinator();
  void describe_groups();
  void list_groups();
  void delete_groups();
  void delete_offsets();

  Question<wire::JoinGroupRequest> join_question(const std::string& group,
                                                 const std::string& member, int version);
  Question<wire::SyncGroupRequest> sync_question(const std::string& group,
                                                 const std::string& member, int version,
                                                 int32_t generation,
                                                 std::vector<std::string> assigned);
  // The generation, or -1.
  int32_t join_alone(const std::string& group, const std::string& member, int version);
  void beat(const std::string& group, const std::string& member, int32_t generation);
  void leave(const std::string& group, const std::string& member);
  void commit(const std::string& group, const std::string& member, int32_t generation);

  // --- draws ---
  bool one_in(uint64_t count) { return draws_.below(count) == 0; }
  template <class T>
  T pick(std::initializer_list<T> from) {
    return *(from.begin() + draws_.below(from.size()));
  }
  template <class Request>
  int version_of(int at_least = 0) {
    const wire::ApiInfo& api = wire::api_of<Request>;
    return static_cast<int>(draws_.between(std::max(at_least, api.min), api.max_stable));
  }
  // A topic that exists, or, sometimes, none that does.
  std::string some_topic();
  std::string real_topic();
  Place some_place();
  Place real_place();
  std::string some_group() { return "group-" + std::to_string(draws_.below(kGroups)); }
  Slice some_batch(int version, const wire::BatchOptions& options = {});
  // True when the judge has appended it.
  bool put(const Place& place, int version, int16_t acks,
           const std::function<Slice(const Ids&)>& batch);
  void note_end(const Place& place, int64_t end);
  int64_t some_offset(const Place& place);

  Differential& differential_;
  Draws draws_;
  std::map<std::string, Topic> topics_;
  std::map<std::string, Producer> producers_;
  int topics_made_ = 0;
  int producers_made_ = 0;
  int members_made_ = 0;
};

}  // namespace faultline::differential
