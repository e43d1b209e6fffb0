// SPDX-License-Identifier: Apache-2.0
// Kafka's rules: which request belongs to which session, which partitions are news, and who gives
// way when all places are taken.
#include "broker/server/fetch_sessions.h"

#include <algorithm>

#include "broker/base/assert.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::FetchRequest;

constexpr int32_t kInitialEpoch = 0;
constexpr int32_t kFinalEpoch = -1;
constexpr size_t kBytesPerSession = 512;
constexpr size_t kBytesPerPartition = 320;

int32_t next_epoch(int32_t epoch) { return epoch == INT32_MAX ? 1 : epoch + 1; }

size_t bytes_of(const FetchTarget& target) { return kBytesPerPartition + 2 * target.topic.size(); }

using Mention = std::tuple<const Uuid&, const std::string&, int32_t>;

// Most clients name their partitions in order: then each is there once.
bool is_in_order(const Request& request) {
  const Request::Topic* last_topic = nullptr;
  int32_t last = 0;
  for (const Request::Topic& topic : request.topics) {
    for (const Request::Topic::Partition& partition : topic.partitions) {
      const bool is_later =
          last_topic == nullptr || Mention(last_topic->topic_id, last_topic->topic, last) <
                                       Mention(topic.topic_id, topic.topic, partition.partition);
      if (!is_later) return false;
      last_topic = &topic;
      last = partition.partition;
    }
  }
  return true;
}

// Each partition once: the last mention counts, at the place of the first.
std::vector<FetchTarget> targets_of(const Request& request) {
  std::vector<FetchTarget> targets;
  const bool is_each_once = is_in_order(request);
  std::map<Mention, size_t> places;
  for (const Request::Topic& topic : request.topics) {
    for (const Request::Topic::Partition& partition : topic.partitions) {
      if (!is_each_once) {
        const Mention mention(topic.topic_id, topic.topic, partition.partition);
        const auto [place, is_new] = places.try_emplace(mention, targets.size());
        if (!is_new) {
          targets[place->second].partition = partition;
          continue;
        }
      }
      targets.push_back({topic.topic, topic.topic_id, partition});
    }
  }
  return targets;
}

bool has_records(const FetchSessionCache::Answer& answer) {
  return answer.records && !answer.records->empty();
}

}  // namespace

FetchSessionCache::Key FetchSessionCache::key_of(const FetchTarget& target) {
  return {target.topic_id, target.topic, target.partition.partition};
}

FetchSessionCache::Rank FetchSessionCache::rank_of(const Session& session) {
  return {session.is_follower, session.ranked_size, session.id};
}

FetchPlan FetchSessionCache::begin(const Request& request, bool has_ids, Instant now) {
  FetchPlan plan;
  plan.session_id = request.session_id;
  plan.session_epoch = request.session_epoch;
  plan.has_ids = has_ids;
  plan.is_follower = request.replica_id >= 0 || request.replica_state.replica_id >= 0;
  std::vector<FetchTarget> targets = targets_of(request);
  const bool is_full =
      request.session_epoch == kInitialEpoch || request.session_epoch == kFinalEpoch;
  if (is_full) {
    remove(request.session_id);  // a client that begins anew is done with what it had
    const bool is_new = request.session_epoch == kInitialEpoch;
    plan.kind = is_new ? FetchPlan::Kind::kFull : FetchPlan::Kind::kSessionless;
    plan.targets = std::move(targets);
    return plan;
  }
  const auto found = sessions_.find(request.session_id);
  if (found == sessions_.end()) {
    plan.error = KafkaError::kFetchSessionIdNotFound;
    return plan;
  }
  Session& session = found->second;
  if (session.epoch != request.session_epoch) {
    plan.error = KafkaError::kInvalidFetchSessionEpoch;
    return plan;
  }
  if (session.has_ids != has_ids) {
    plan.error = KafkaError::kFetchSessionTopicIdError;
    return plan;
  }
  update(session, request, targets);
  if (session.partitions.empty()) {
    remove(session.id);
    plan.targets = std::move(targets);
    return plan;
  }
  if (bytes_ > limits_.bytes) {
    remove(session.id);
    plan.error = KafkaError::kFetchSessionIdNotFound;
    return plan;
  }
  unrank(session);
  session.used = now;
  rank(session, now);
  session.epoch = next_epoch(session.epoch);
  plan.kind = FetchPlan::Kind::kIncremental;
  for (const Cached& cached : session.partitions) plan.targets.push_back(cached.target);
  return plan;
}

void FetchSessionCache::update(Session& session, const Request& request,
                               const std::vector<FetchTarget>& targets) {
  for (const FetchTarget& target : targets) put(session, target);
  for (const Request::ForgottenTopic& topic : request.forgotten_topics_data)
    for (const int32_t partition : topic.partitions)
      forget(session, {topic.topic_id, topic.topic, partition});
}

void FetchSessionCache::put(Session& session, const FetchTarget& target) {
  const auto found = session.index.find(key_of(target));
  if (found != session.index.end()) {
    found->second->target.partition = target.partition;
    return;
  }
  session.partitions.push_back({target, -1, -1});
  session.index.emplace(key_of(target), std::prev(session.partitions.end()));
  session.bytes += bytes_of(target);
  bytes_ += bytes_of(target);
}

void FetchSessionCache::forget(Session& session, const Key& key) {
  const auto found = session.index.find(key);
  if (found == session.index.end()) return;
  const size_t bytes = bytes_of(found->second->target);
  session.bytes -= bytes;
  bytes_ -= bytes;
  session.partitions.erase(found->second);
  session.index.erase(found);
}

FetchSessionCache::Outcome FetchSessionCache::finish(const FetchPlan& plan,
                                                     const std::vector<Answer>& answers,
                                                     uint64_t chance, Instant now) {
  ASSERT_OP(answers.size(), ==, plan.targets.size());
  Outcome outcome;
  outcome.error = plan.error;
  if (plan.kind == FetchPlan::Kind::kIncremental) outcome.session_id = plan.session_id;
  if (plan.kind == FetchPlan::Kind::kFull) outcome.session_id = open(plan, answers, chance, now);
  const auto found = sessions_.find(plan.session_id);
  const bool is_filtered = plan.kind == FetchPlan::Kind::kIncremental && found != sessions_.end();
  if (is_filtered && found->second.epoch != next_epoch(plan.session_epoch)) {
    // Another request of the same session came meanwhile: one of the two is a copy.
    outcome.error = KafkaError::kInvalidFetchSessionEpoch;
    return outcome;
  }
  outcome.kept.reserve(answers.size());
  for (size_t i = 0; i < answers.size(); ++i) {
    const Answer& answer = answers[i];
    if (!is_filtered) {
      outcome.kept.push_back(i);
      continue;
    }
    Session& session = found->second;
    const auto at = session.index.find(key_of(plan.targets[i]));
    if (at == session.index.end()) {
      outcome.kept.push_back(i);
      continue;
    }
    Cached& cached = *at->second;
    const bool has_error = answer.error_code != KafkaError::kNone;
    const bool is_news =
        has_records(answer) || has_error || answer.high_watermark != cached.high_watermark ||
        answer.log_start_offset != cached.log_start_offset || answer.preferred_read_replica != -1 ||
        answer.diverging_epoch.end_offset != -1;
    cached.high_watermark = has_error ? -1 : answer.high_watermark;
    cached.log_start_offset = answer.log_start_offset;
    if (is_news) outcome.kept.push_back(i);
    if (has_records(answer))
      session.partitions.splice(session.partitions.end(), session.partitions, at->second);
  }
  return outcome;
}

int32_t FetchSessionCache::open(const FetchPlan& plan, const std::vector<Answer>& answers,
                                uint64_t chance, Instant now) {
  size_t bytes = kBytesPerSession;
  for (const FetchTarget& target : plan.targets) bytes += bytes_of(target);
  if (!make_room(plan, bytes, now)) return 0;
  int32_t id = static_cast<int32_t>(chance % INT32_MAX) + 1;
  while (sessions_.contains(id)) id = next_epoch(id);
  Session& session = sessions_[id];
  session.id = id;
  session.has_ids = plan.has_ids;
  session.is_follower = plan.is_follower;
  session.created = session.used = now;
  session.bytes = kBytesPerSession;
  bytes_ += kBytesPerSession;
  for (size_t i = 0; i < plan.targets.size(); ++i) {
    put(session, plan.targets[i]);
    session.partitions.back().high_watermark = answers[i].high_watermark;
    session.partitions.back().log_start_offset = answers[i].log_start_offset;
  }
  rank(session, now);
  return id;
}

bool FetchSessionCache::make_room(const FetchPlan& plan, size_t bytes, Instant now) {
  if (bytes > limits_.bytes) return false;
  while (sessions_.size() >= limits_.sessions || bytes_ + bytes > limits_.bytes)
    if (!evict_one(plan.is_follower, plan.targets.size(), now)) return false;
  return true;
}

// A new session takes the place of one that was not used for long; or else, if it is larger, of
// the smallest that is not new. Followers may also take that of a consumer.
bool FetchSessionCache::evict_one(bool is_follower, size_t size, Instant now) {
  if (by_use_.empty()) return false;
  const auto [used, id] = *by_use_.begin();
  if (now - used > limits_.stale) {
    remove(id);
    return true;
  }
  const std::set<Rank>& ranks = is_follower ? evictable_by_followers_ : evictable_by_all_;
  if (ranks.empty() || Rank{is_follower, size, 0} < *ranks.begin()) return false;
  remove(std::get<int32_t>(*ranks.begin()));
  return true;
}

void FetchSessionCache::rank(Session& session, Instant now) {
  session.ranked_size = session.partitions.size();
  by_use_.emplace(session.used, session.id);
  const bool is_old = now - session.created > limits_.stale;
  if (is_old || !session.is_follower) evictable_by_followers_.insert(rank_of(session));
  if (is_old) evictable_by_all_.insert(rank_of(session));
}

void FetchSessionCache::unrank(const Session& session) {
  by_use_.erase({session.used, session.id});
  evictable_by_followers_.erase(rank_of(session));
  evictable_by_all_.erase(rank_of(session));
}

void FetchSessionCache::remove(int32_t id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  unrank(found->second);
  bytes_ -= found->second.bytes;
  sessions_.erase(found);
}

size_t FetchSessionCache::partition_count() const {
  size_t count = 0;
  for (const auto& [id, session] : sessions_) count += session.partitions.size();
  return count;
}

}  // namespace faultline::server
