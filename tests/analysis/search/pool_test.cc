// SPDX-License-Identifier: Apache-2.0
// Goal: children play seeds, and one that dies takes only its own seed with it. Method: players
// that answer, abort, leave, throw and hang.
#include "analysis/search/pool.h"

#include <cstdlib>
#include <map>

#include <gtest/gtest.h>
#include <sys/poll.h>
#include <unistd.h>

#include "broker/base/assert.h"

namespace faultline::search {
namespace {

Played answer(uint64_t seed, std::string report = {}) {
  Played played;
  played.outcome.seed = seed;
  played.outcome.fingerprint = std::to_string(seed * 7);
  played.report = std::move(report);
  return played;
}

std::map<uint64_t, Played> play_all(Pool& pool, uint64_t seeds) {
  std::map<uint64_t, Played> all;
  uint64_t next = 1;
  while (next <= seeds || pool.busy() > 0) {
    while (pool.has_idle() && next <= seeds) pool.give(next++);
    for (Played& played : pool.wait(1000)) all[played.outcome.seed] = std::move(played);
  }
  return all;
}

TEST(Pool, every_seed_is_played_once_by_some_child) {
  for (const size_t jobs : {1u, 3u}) {
    Pool pool([](uint64_t seed) { return answer(seed, std::to_string(::getpid())); }, jobs);
    const std::map<uint64_t, Played> all = play_all(pool, 40);
    ASSERT_EQ(all.size(), 40u);
    for (const auto& [seed, played] : all) {
      EXPECT_EQ(played.outcome.fingerprint, std::to_string(seed * 7));
      EXPECT_NE(played.report, std::to_string(::getpid())) << "not in this process";
    }
  }
}

TEST(Pool, a_large_answer_comes_whole) {
  Pool pool([](uint64_t seed) { return answer(seed, std::string(1 << 20, 'x')); }, 2);
  for (const auto& [seed, played] : play_all(pool, 6)) EXPECT_EQ(played.report.size(), 1u << 20);
}

TEST(Pool, a_child_that_aborts_is_an_outcome_with_its_last_words) {
  Pool pool(
      [](uint64_t seed) {
        if (seed == 5) ASSERT_OP(seed, ==, 6u);
        if (seed == 7) std::_Exit(9);
        if (seed == 8) throw std::runtime_error("thrown");
        return answer(seed);
      },
      2);
  const std::map<uint64_t, Played> all = play_all(pool, 20);
  ASSERT_EQ(all.size(), 20u);
  for (const auto& [seed, played] : all)
    EXPECT_EQ(played.outcome.crash.empty(), seed != 5 && seed != 7 && seed != 8) << seed;
  EXPECT_TRUE(all.at(5).outcome.crash.starts_with("signal 6"));
  EXPECT_NE(all.at(5).outcome.detail.find("pool_test.cc"), std::string::npos);
  EXPECT_NE(all.at(5).outcome.signature.find("seed == 6u"), std::string::npos);
  EXPECT_EQ(all.at(7).outcome.crash, "exit code 9");
  EXPECT_NE(all.at(8).outcome.detail.find("thrown"), std::string::npos);
  EXPECT_TRUE(all.at(5).outcome.is_failure());
}

TEST(Pool, a_child_that_hangs_is_given_up) {
  Pool pool(
      [](uint64_t seed) {
        while (seed == 2) ::poll(nullptr, 0, 1000);
        return answer(seed);
      },
      1, 300);
  uint64_t next = 1;
  std::map<uint64_t, Played> all;
  while (all.size() < 3) {
    if (pool.has_idle()) pool.give(next++);
    for (Played& played : pool.wait(100)) all[played.outcome.seed] = std::move(played);
  }
  EXPECT_EQ(all.at(2).outcome.crash, "took too long");
  EXPECT_EQ(all.at(3).outcome.crash, "");
}

TEST(Pool, ends_although_a_child_is_busy) {
  Pool pool(
      [](uint64_t seed) {
        while (seed == 1) ::poll(nullptr, 0, 1000);
        return answer(seed);
      },
      2);
  pool.give(1);
  EXPECT_EQ(pool.busy(), 1u);
}

}  // namespace
}  // namespace faultline::search
