// SPDX-License-Identifier: Apache-2.0
// Fetch sessions (KIP-227): the broker remembers what a client reads, so that requests name only
// what changed and answers hold only partitions with news. Pure: time and chance are handed in. A
// fetch is begin(), reading every target of the plan, finish(). Memory is bounded: a session that
// finds no room is not opened, which clients understand, and one that outgrows it is forgotten.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "broker/base/ids.h"
#include "broker/base/time.h"
#include "broker/wire/messages_fetch.h"

namespace faultline::server {

struct FetchTarget {
  std::string topic;  // empty where the request names it by id
  Uuid topic_id;
  wire::FetchRequest::Topic::Partition partition;
};

struct FetchPlan {
  enum class Kind : uint8_t { kSessionless, kFull, kIncremental };
  wire::KafkaError error = wire::KafkaError::kNone;  // then there is nothing to read
  Kind kind = Kind::kSessionless;
  int32_t session_id = 0;
  int32_t session_epoch = -1;  // of the request
  bool has_ids = false;
  bool is_follower = false;
  std::vector<FetchTarget> targets;
};

class FetchSessionCache {
 public:
  struct Limits {
    size_t sessions = 1'000;                 // max.incremental.fetch.session.cache.slots
    size_t bytes = 64 << 20;                 // of all that is remembered, roughly
    Duration stale = milliseconds(120'000);  // unused for longer, a session gives way to any other
  };
  explicit FetchSessionCache(Limits limits) : limits_(limits) {}

  // `has_ids`: the request's version names topics by id.
  FetchPlan begin(const wire::FetchRequest& request, bool has_ids, Instant now);

  using Answer = wire::FetchResponse::Topic::Partition;
  struct Outcome {
    wire::KafkaError error = wire::KafkaError::kNone;
    int32_t session_id = 0;
    std::vector<size_t> kept;  // the targets whose answers are sent, in order
  };
  // `answers` are in the order of the plan's targets. `chance` makes the id of a new session.
  Outcome finish(const FetchPlan& plan, const std::vector<Answer>& answers, uint64_t chance,
                 Instant now);

  size_t size() const { return sessions_.size(); }
  size_t partition_count() const;
  size_t bytes() const { return bytes_; }

 private:
  using Key = std::tuple<Uuid, std::string, int32_t>;
  struct Cached {
    FetchTarget target;
    int64_t high_watermark = -1;
    int64_t log_start_offset = -1;
  };
  struct Session {
    int32_t id = 0;
    int32_t epoch = 1;  // that the next request must have
    bool has_ids = false;
    bool is_follower = false;
    Instant created;
    Instant used;
    size_t ranked_size = 0;  // under which it stands in evictable_
    size_t bytes = 0;
    std::list<Cached> partitions;  // those that had records last go to the end
    std::map<Key, std::list<Cached>::iterator> index;
  };
  // Who gives way first: consumers before followers, small before large.
  using Rank = std::tuple<bool, size_t, int32_t>;

  static Key key_of(const FetchTarget& target);
  static Rank rank_of(const Session& session);
  void put(Session& session, const FetchTarget& target);
  void forget(Session& session, const Key& key);
  void update(Session& session, const wire::FetchRequest& request,
              const std::vector<FetchTarget>& targets);
  int32_t open(const FetchPlan& plan, const std::vector<Answer>& answers, uint64_t chance,
               Instant now);
  bool make_room(const FetchPlan& plan, size_t bytes, Instant now);
  bool evict_one(bool is_follower, size_t size, Instant now);
  void rank(Session& session, Instant now);
  void unrank(const Session& session);
  void remove(int32_t id);

  const Limits limits_;
  size_t bytes_ = 0;
  std::map<int32_t, Session> sessions_;
  std::set<std::pair<Instant, int32_t>> by_use_;
  std::set<Rank> evictable_by_all_;  // neither new nor, for consumers, followers
  std::set<Rank> evictable_by_followers_;
};

}  // namespace faultline::server
