// SPDX-License-Identifier: Apache-2.0
// Goal: fetch sessions follow Kafka's rules: epochs, ids, forgotten topics, what is news, who gives
// way, and how much memory they take. Method: requests and answers made by hand, time and chance
// handed in; a random walk compares what a session holds with a plain map.
#include "broker/server/fetch_sessions.h"

#include "broker/base/prng.h"

namespace faultline::server {
namespace {

using wire::FetchRequest;
using wire::KafkaError;
using Answer = FetchSessionCache::Answer;
using Kind = FetchPlan::Kind;

Instant at(int64_t s) { return Instant{} + seconds(s); }

FetchRequest request(int32_t id, int32_t epoch, const std::vector<std::string>& topics) {
  FetchRequest request;
  request.session_id = id;
  request.session_epoch = epoch;
  for (const std::string& topic : topics) {
    request.topics.push_back({topic, Uuid(), {}});
    request.topics.back().partitions.emplace_back();
  }
  return request;
}

Answer answer(int64_t high_watermark, std::string_view records = "",
              KafkaError error = KafkaError::kNone) {
  Answer answer;
  answer.high_watermark = high_watermark;
  answer.log_start_offset = 0;
  answer.error_code = error;
  answer.records = Slice::copy_of(records);
  return answer;
}

std::vector<std::string> topics_of(const FetchPlan& plan) {
  std::vector<std::string> topics;
  for (const FetchTarget& target : plan.targets) topics.push_back(target.topic);
  return topics;
}

class FetchSessions : public ::testing::Test {
 protected:
  // Opens a session over so many partitions; 0 when there is no room.
  int32_t open(size_t partitions, int64_t now_s, bool is_follower = false) {
    FetchRequest wanted = request(0, 0, {"t"});
    wanted.replica_id = is_follower ? 2 : -1;
    wanted.topics[0].partitions.clear();
    for (size_t i = 0; i < partitions; ++i)
      wanted.topics[0].partitions.emplace_back().partition = static_cast<int32_t>(i);
    const FetchPlan plan = cache_.begin(wanted, false, at(now_s));
    EXPECT_EQ(plan.kind, Kind::kFull);
    const std::vector<Answer> answers(partitions, answer(0));
    return cache_.finish(plan, answers, ++chance_, at(now_s)).session_id;
  }
  bool is_there(int32_t id) {
    const FetchPlan plan = cache_.begin(request(id, 77, {}), false, at(0));
    return plan.error == KafkaError::kInvalidFetchSessionEpoch;
  }
  // One incremental fetch; which topics the answer names.
  std::vector<std::string> fetch(const FetchRequest& wanted, std::map<std::string, Answer> news,
                                 int64_t now_s = 1) {
    const FetchPlan plan = cache_.begin(wanted, false, at(now_s));
    EXPECT_EQ(plan.error, KafkaError::kNone);
    std::vector<Answer> answers;
    for (const FetchTarget& target : plan.targets) {
      const auto found = news.find(target.topic);
      answers.push_back(found == news.end() ? answer(0) : found->second);
    }
    const auto outcome = cache_.finish(plan, answers, ++chance_, at(now_s));
    EXPECT_EQ(outcome.error, KafkaError::kNone);
    session_id_ = outcome.session_id;
    std::vector<std::string> topics;
    for (const size_t i : outcome.kept) topics.push_back(plan.targets[i].topic);
    return topics;
  }
  using Names = std::vector<std::string>;

  FetchSessionCache cache_{{3, 1 << 20, seconds(120)}};
  uint64_t chance_ = 100;
  int32_t session_id_ = 0;
};

TEST_F(FetchSessions, a_session_answers_with_news_only) {
  EXPECT_EQ(fetch(request(0, 0, {"a", "b"}), {}), (Names{"a", "b"}));
  const int32_t id = session_id_;
  EXPECT_NE(id, 0);
  EXPECT_EQ(fetch(request(id, 1, {}), {}), Names{});
  EXPECT_EQ(session_id_, id);
  EXPECT_EQ(fetch(request(id, 2, {}), {{"b", answer(0, "data")}}), Names{"b"});
  EXPECT_EQ(fetch(request(id, 3, {}), {{"a", answer(5)}}), Names{"a"}) << "a new high watermark";
  EXPECT_EQ(fetch(request(id, 4, {}), {{"a", answer(5)}}), Names{}) << "known by now";
  Answer cut = answer(5);
  cut.log_start_offset = 3;
  EXPECT_EQ(fetch(request(id, 5, {}), {{"a", cut}}), Names{"a"});
  cut.diverging_epoch = {1, 2};
  EXPECT_EQ(fetch(request(id, 6, {}), {{"a", cut}}), Names{"a"});
}

TEST_F(FetchSessions, an_error_is_news_every_time_and_so_is_its_end) {
  fetch(request(0, 0, {"a"}), {});
  const int32_t id = session_id_;
  const Answer bad = answer(0, "", KafkaError::kUnknownTopicOrPartition);
  EXPECT_EQ(fetch(request(id, 1, {}), {{"a", bad}}), Names{"a"});
  EXPECT_EQ(fetch(request(id, 2, {}), {{"a", bad}}), Names{"a"});
  EXPECT_EQ(fetch(request(id, 3, {}), {}), Names{"a"});
  EXPECT_EQ(fetch(request(id, 4, {}), {}), Names{});
}

TEST_F(FetchSessions, a_session_grows_and_forgets) {
  fetch(request(0, 0, {"a"}), {});
  const int32_t id = session_id_;
  EXPECT_EQ(fetch(request(id, 1, {"b", "c"}), {}), (Names{"b", "c"})) << "what is new is news";
  FetchRequest less = request(id, 2, {});
  less.forgotten_topics_data.push_back({"b", Uuid(), {0, 9}});
  less.forgotten_topics_data.push_back({"none", Uuid(), {0}});
  EXPECT_EQ(fetch(less, {{"a", answer(1)}, {"b", answer(1)}, {"c", answer(1)}}), (Names{"a", "c"}));
  EXPECT_EQ(cache_.partition_count(), 2u);
}

TEST_F(FetchSessions, what_a_request_says_of_a_partition_is_remembered) {
  fetch(request(0, 0, {"a"}), {});
  FetchRequest moved = request(session_id_, 1, {"a"});
  moved.topics[0].partitions[0].fetch_offset = 42;
  fetch(moved, {});
  const FetchPlan plan = cache_.begin(request(session_id_, 2, {}), false, at(1));
  ASSERT_EQ(plan.targets.size(), 1u);
  EXPECT_EQ(plan.targets[0].partition.fetch_offset, 42);
}

TEST_F(FetchSessions, who_had_records_waits_behind_the_others) {
  fetch(request(0, 0, {"a", "b", "c"}), {});
  const int32_t id = session_id_;
  fetch(request(id, 1, {}), {{"a", answer(0, "data")}});
  EXPECT_EQ(topics_of(cache_.begin(request(id, 2, {}), false, at(1))), (Names{"b", "c", "a"}));
}

TEST_F(FetchSessions, a_session_that_forgot_all_is_over) {
  fetch(request(0, 0, {"a"}), {});
  FetchRequest nothing = request(session_id_, 1, {});
  nothing.forgotten_topics_data.push_back({"a", Uuid(), {0}});
  EXPECT_EQ(fetch(nothing, {}), Names{});
  EXPECT_EQ(session_id_, 0);
  EXPECT_EQ(cache_.size(), 0u);
  EXPECT_EQ(cache_.bytes(), 0u);
}

TEST_F(FetchSessions, ids_and_epochs_must_fit) {
  fetch(request(0, 0, {"a"}), {});
  const int32_t id = session_id_;
  const auto error = [&](int32_t session, int32_t epoch, bool has_ids = false) {
    const FetchPlan plan = cache_.begin(request(session, epoch, {}), has_ids, at(1));
    EXPECT_TRUE(plan.targets.empty());
    EXPECT_EQ(cache_.finish(plan, {}, 1, at(1)).session_id, 0);
    return plan.error;
  };
  EXPECT_EQ(error(id + 1, 1), KafkaError::kFetchSessionIdNotFound);
  EXPECT_EQ(error(0, 1), KafkaError::kFetchSessionIdNotFound);
  EXPECT_EQ(error(id, 2), KafkaError::kInvalidFetchSessionEpoch);
  EXPECT_EQ(error(id, -7), KafkaError::kInvalidFetchSessionEpoch);
  EXPECT_EQ(error(id, 1, true), KafkaError::kFetchSessionTopicIdError);
  EXPECT_EQ(fetch(request(id, 1, {}), {}), Names{}) << "none of that did any harm";
  EXPECT_EQ(error(id, 1), KafkaError::kInvalidFetchSessionEpoch) << "a copy of the last request";
}

TEST_F(FetchSessions, of_two_requests_at_once_the_first_loses) {
  fetch(request(0, 0, {"a"}), {});
  const int32_t id = session_id_;
  const FetchPlan first = cache_.begin(request(id, 1, {}), false, at(1));
  const FetchPlan second = cache_.begin(request(id, 2, {"b"}), false, at(1));
  const auto lost = cache_.finish(first, {answer(9)}, 1, at(1));
  EXPECT_EQ(lost.error, KafkaError::kInvalidFetchSessionEpoch);
  EXPECT_EQ(lost.session_id, id);
  EXPECT_TRUE(lost.kept.empty());
  EXPECT_EQ(cache_.finish(second, {answer(9), answer(9)}, 1, at(1)).kept.size(), 2u);
}

TEST_F(FetchSessions, a_full_fetch_ends_the_session_that_it_names) {
  fetch(request(0, 0, {"a"}), {});
  const int32_t first = session_id_;
  EXPECT_EQ(fetch(request(first, 0, {"a"}), {}), Names{"a"});
  EXPECT_NE(session_id_, first);
  EXPECT_EQ(cache_.size(), 1u);
  EXPECT_EQ(fetch(request(session_id_, -1, {"a"}), {}), Names{"a"});
  EXPECT_EQ(session_id_, 0);
  EXPECT_EQ(cache_.size(), 0u);
}

TEST_F(FetchSessions, a_session_that_is_gone_when_its_answer_is_ready_answers_all) {
  fetch(request(0, 0, {"a"}), {});
  const FetchPlan plan = cache_.begin(request(session_id_, 1, {}), false, at(1));
  cache_.begin(request(session_id_, -1, {}), false, at(1));
  const auto outcome = cache_.finish(plan, {answer(0)}, 1, at(1));
  EXPECT_EQ(outcome.error, KafkaError::kNone);
  EXPECT_EQ(outcome.kept.size(), 1u);
}

TEST_F(FetchSessions, a_partition_named_twice_is_one_partition) {
  FetchRequest twice = request(0, 0, {"a", "b", "a"});
  twice.topics[2].partitions[0].fetch_offset = 7;
  const FetchPlan plan = cache_.begin(twice, false, at(0));
  EXPECT_EQ(topics_of(plan), (Names{"a", "b"}));
  EXPECT_EQ(plan.targets[0].partition.fetch_offset, 7);
}

TEST_F(FetchSessions, partitions_keep_the_order_in_which_they_are_named) {
  EXPECT_EQ(topics_of(cache_.begin(request(0, 0, {"a", "b", "c"}), false, at(0))),
            (Names{"a", "b", "c"}));
  EXPECT_EQ(topics_of(cache_.begin(request(0, 0, {"c", "a", "b"}), false, at(0))),
            (Names{"c", "a", "b"}));
  EXPECT_EQ(topics_of(cache_.begin(request(0, 0, {"a", "a", "b"}), false, at(0))),
            (Names{"a", "b"}));
}

TEST_F(FetchSessions, ids_are_positive_and_free) {
  for (const uint64_t chance : {uint64_t{0}, uint64_t{0}, UINT64_MAX}) {
    chance_ = chance - 1;
    EXPECT_GT(open(1, 0), 0);
  }
  EXPECT_EQ(cache_.size(), 3u);
}

TEST_F(FetchSessions, who_comes_when_all_places_are_taken_gets_none) {
  for (int i = 0; i < 3; ++i) EXPECT_NE(open(1, 0), 0);
  EXPECT_EQ(open(9, 1), 0) << "the others are new";
  EXPECT_EQ(cache_.size(), 3u);
}

TEST_F(FetchSessions, a_session_that_nobody_uses_gives_way) {
  const int32_t stale = open(9, 0);
  const int32_t other = open(9, 50);
  open(9, 60);
  EXPECT_NE(open(1, 121), 0);
  EXPECT_FALSE(is_there(stale));
  EXPECT_TRUE(is_there(other));
}

TEST_F(FetchSessions, a_larger_session_takes_the_place_of_the_smallest_old_one) {
  const int32_t small = open(2, 0);
  const int32_t large = open(5, 0);
  const int32_t follower = open(1, 0, true);
  for (const int32_t id : {small, large, follower})  // all are in use, and old
    EXPECT_EQ(cache_.begin(request(id, 1, {}), false, at(130)).error, KafkaError::kNone);
  EXPECT_EQ(open(1, 131), 0) << "smaller than any";
  EXPECT_NE(open(3, 131), 0);
  EXPECT_FALSE(is_there(small));
  EXPECT_TRUE(is_there(large));
  EXPECT_TRUE(is_there(follower)) << "consumers give way first";
}

TEST_F(FetchSessions, a_follower_takes_the_place_of_any_consumer) {
  const int32_t small = open(2, 0);
  open(5, 0);
  open(1, 0, true);
  EXPECT_EQ(open(9, 1), 0);
  EXPECT_NE(open(1, 1, true), 0);
  EXPECT_FALSE(is_there(small));
}

TEST_F(FetchSessions, memory_is_bounded) {
  FetchSessionCache cache({1000, 100'000, seconds(120)});
  FetchRequest wanted = request(0, 0, {std::string(30'000, 'n')});
  const auto open = [&](const FetchRequest& request) {
    const FetchPlan plan = cache.begin(request, false, at(0));
    return cache.finish(plan, std::vector<Answer>(plan.targets.size(), answer(0)), 5, at(0));
  };
  const int32_t first = open(wanted).session_id;
  EXPECT_NE(first, 0);
  const auto full = open(wanted);
  EXPECT_EQ(full.session_id, 0);
  EXPECT_EQ(full.kept.size(), 1u) << "it is answered all the same";
  EXPECT_EQ(open(request(0, 0, {std::string(60'000, 'n')})).session_id, 0);
  // A session that outgrows the limit is forgotten; its client begins anew.
  const FetchPlan grown = cache.begin(request(first, 1, {std::string(30'000, 'm')}), false, at(0));
  EXPECT_EQ(grown.error, KafkaError::kFetchSessionIdNotFound);
  EXPECT_EQ(cache.size(), 0u);
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST_F(FetchSessions, sessions_hold_exactly_what_was_asked_for) {
  Draws random(7, stream_id("test"), 0);
  std::map<int32_t, std::pair<int32_t, std::set<std::string>>> expected;  // id -> epoch, topics
  const auto topic = [&] { return std::string(1, static_cast<char>('a' + random.next() % 6)); };
  for (int step = 0; step < 5000; ++step) {
    if (expected.size() < 3) {
      fetch(request(0, 0, {topic(), topic()}), {}, 0);
      ASSERT_NE(session_id_, 0);
      const auto plan = cache_.begin(request(session_id_, 1, {}), false, at(0));
      std::set<std::string> topics;
      for (const FetchTarget& target : plan.targets) topics.insert(target.topic);
      expected[session_id_] = {2, topics};
      continue;
    }
    auto& [id, session] = *std::next(expected.begin(), static_cast<int>(random.next() % 3));
    auto& [epoch, topics] = session;
    FetchRequest wanted = request(id, epoch, {});
    if (random.next() % 2 == 0) {
      wanted = request(id, epoch, {topic()});
      topics.insert(wanted.topics[0].topic);
    }
    const std::string forgotten = topic();
    wanted.forgotten_topics_data.push_back({forgotten, Uuid(), {0}});
    topics.erase(forgotten);
    const FetchPlan plan = cache_.begin(wanted, false, at(0));
    ASSERT_EQ(plan.error, KafkaError::kNone);
    ++epoch;
    if (topics.empty()) {
      EXPECT_EQ(plan.kind, Kind::kSessionless);
      expected.erase(id);
      continue;
    }
    const Names held = topics_of(plan);
    ASSERT_EQ(std::set<std::string>(held.begin(), held.end()), topics);
    ASSERT_EQ(held.size(), topics.size());
    std::vector<Answer> answers;
    for (size_t i = 0; i < held.size(); ++i)
      answers.push_back(
          answer(static_cast<int64_t>(random.next() % 3), random.next() % 4 == 0 ? "data" : ""));
    cache_.finish(plan, answers, 0, at(0));
    ASSERT_EQ(cache_.size(), expected.size());
  }
}

}  // namespace
}  // namespace faultline::server
