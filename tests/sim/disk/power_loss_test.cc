// SPDX-License-Identifier: Apache-2.0
// Goal: what a power loss leaves is always something that a real disk could have left, it is told
// exactly, and over many losses every kind of damage does happen. Method: random operations on a
// file and, beside it, the plain contents after each of them; every sector that is left must equal
// that sector after some prefix of the operations.
#include "sim/disk/power_loss.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace faultline::sim {
namespace {

constexpr uint64_t kSeed = 42;

// A file with random operations; contents[v] is what it holds after the first v pending ones.
struct Story {
  CachedFile file;
  std::vector<std::string> contents;
  std::vector<bool> is_touched;  // by a pending operation

  explicit Story(uint64_t seed) {
    Draws draws(seed, stream_id("story"), 0);
    uint64_t number = 0;
    std::string now;
    const auto apply = [&](bool may_truncate) {
      const uint64_t kind = draws.below(10);
      const OpStamp stamp{++number, number, {}};
      if (may_truncate && kind == 0) {
        const uint64_t size = draws.below(now.size() + 2000);
        touch(size, std::max<uint64_t>(size, now.size()));
        now.resize(size, '\0');
        file.truncate(stamp, size);
        return;
      }
      const uint64_t offset = kind < 7 ? now.size() : draws.below(now.size() + 1000);
      const std::string data(1 + draws.below(3000), static_cast<char>(1 + draws.below(255)));
      if (now.size() < offset + data.size()) now.resize(offset + data.size(), '\0');
      now.replace(offset, data.size(), data);
      touch(offset, offset + data.size());
      file.write(stamp, offset, {Slice::copy_of(data)});
    };
    const uint64_t synced = draws.below(6);
    for (uint64_t i = 0; i < synced; ++i) apply(false);
    for (const DataOp& op : file.take_oldest(file.pending().size())) file.land(op);
    is_touched.assign(is_touched.size(), false);
    contents.push_back(now);
    const uint64_t pending = draws.below(15);
    for (uint64_t i = 0; i < pending; ++i) {
      apply(true);
      contents.push_back(now);
    }
  }
  void touch(uint64_t from, uint64_t to) {
    if (is_touched.size() < to) is_touched.resize(to);
    for (uint64_t i = from; i < to; ++i) is_touched[i] = true;
  }
  std::string left() const {
    const Platter& platter = file.platter();
    return std::string(platter.data().read({0, platter.size()}).text());
  }
};

std::string padded(const std::string& text, uint64_t size) {
  std::string result = text;
  result.resize(size, '\0');
  return result;
}

bool covers(const std::vector<ByteRange>& ranges, uint64_t position) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const ByteRange& range) {
    return range.from <= position && position < range.to;
  });
}

// Every byte that the report does not call lost is as it was in the cache.
void check_report(const FileLoss& loss, const std::string& before, const std::string& after) {
  ASSERT_EQ(loss.size_before, before.size());
  ASSERT_EQ(loss.size_after, after.size());
  for (uint64_t i = 0; i < before.size(); ++i) {
    if (covers(loss.lost, i)) continue;
    ASSERT_LT(i, after.size());
    ASSERT_EQ(before[i], after[i]) << "at " << i;
  }
}

TEST(PowerLoss, WeakOrderLeavesEachSectorAfterSomePrefixOfTheOperations) {
  PowerLossRules rules;
  rules.torn = {1, 3};
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 1500; ++seed) {
    Story story(seed);
    const std::string before = story.contents.back();
    const LossPlan plan = plan_loss(story.file, rules, kSeed, seed);
    const FileLoss loss = lose_power(story.file, plan, kSeed, seed);
    const std::string after = story.left();
    ASSERT_NO_FATAL_FAILURE(check_report(loss, before, after)) << "seed " << seed;
    for (uint64_t at = 0; at < after.size(); at += kSectorBytes) {
      const uint64_t end = std::min<uint64_t>(at + kSectorBytes, after.size());
      const auto is_like = [&](const std::string& contents) {
        const std::string whole = padded(contents, end);
        for (uint64_t i = at; i < end; ++i)
          if (whole[i] != after[i] && !covers(loss.garbage, i)) return false;
        return true;
      };
      ASSERT_TRUE(std::any_of(story.contents.begin(), story.contents.end(), is_like))
          << "seed " << seed << " sector at " << at;
    }
    const auto is_prefix = [&](const std::string& contents) { return contents == after; };
    if (after == before) seen.insert("all");
    if (after == story.contents.front()) seen.insert("none");
    if (!loss.garbage.empty()) seen.insert("garbage");
    if (std::none_of(story.contents.begin(), story.contents.end(), is_prefix))
      seen.insert("no prefix");
  }
  EXPECT_EQ(seen, (std::set<std::string>{"all", "none", "garbage", "no prefix"}));
}

TEST(PowerLoss, DurableBytesThatNobodyTouchedAreNeverHarmed) {
  PowerLossRules rules;
  rules.torn = {1, 1};
  rules.reorder = {1, 1};
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Story story(seed);
    const std::string durable = story.contents.front();
    lose_power(story.file, plan_loss(story.file, rules, kSeed, seed), kSeed, seed);
    const std::string after = story.left();
    for (uint64_t i = 0; i < durable.size(); ++i) {
      if (i < story.is_touched.size() && story.is_touched[i]) continue;
      ASSERT_LT(i, after.size());
      ASSERT_EQ(after[i], durable[i]) << "seed " << seed << " at " << i;
    }
  }
}

TEST(PowerLoss, OrderedLeavesAPrefixThatMayBeTornInItsLastOperation) {
  PowerLossRules rules;
  rules.ordering = DiskOrdering::kOrdered;
  rules.torn = {1, 2};
  bool has_torn = false;
  for (uint64_t seed = 0; seed < 800; ++seed) {
    Story story(seed);
    const std::string before = story.contents.back();
    const FileLoss loss =
        lose_power(story.file, plan_loss(story.file, rules, kSeed, seed), kSeed, seed);
    const std::string after = story.left();
    ASSERT_NO_FATAL_FAILURE(check_report(loss, before, after));
    ASSERT_TRUE(loss.garbage.empty());
    bool is_legal = false;
    for (size_t v = 0; v < story.contents.size() && !is_legal; ++v) {
      if (story.contents[v] == after) is_legal = true;
      if (v + 1 == story.contents.size()) break;
      // Torn: like the next contents up to a page boundary, like these behind it.
      const std::string& next = story.contents[v + 1];
      for (uint64_t cut = 0; cut <= next.size() && !is_legal; cut += kPageBytes) {
        std::string torn = next.substr(0, cut);
        if (story.contents[v].size() > cut) torn += story.contents[v].substr(cut);
        if (torn == after) is_legal = has_torn = true;
      }
    }
    ASSERT_TRUE(is_legal) << "seed " << seed;
  }
  EXPECT_TRUE(has_torn);
}

TEST(PowerLoss, KeepIsTheShareThatSurvives) {
  for (const uint64_t keep : {0u, 1u}) {
    for (const DiskOrdering ordering : {DiskOrdering::kWeak, DiskOrdering::kOrdered}) {
      PowerLossRules rules;
      rules.ordering = ordering;
      rules.keep = {keep, 1};
      rules.torn = {0, 1};
      for (uint64_t seed = 0; seed < 200; ++seed) {
        Story story(seed);
        lose_power(story.file, plan_loss(story.file, rules, kSeed, seed), kSeed, seed);
        if (keep == 1) ASSERT_EQ(story.left(), story.contents.back());
        // Without any survivor the bytes are the durable ones; a size may have made it.
        if (keep == 0 && ordering == DiskOrdering::kOrdered)
          ASSERT_EQ(story.left(), story.contents.front());
      }
    }
  }
}

TEST(PowerLoss, ChoicesHangOnTheIdentityOfTheFileAndItsOperationsAlone) {
  const PowerLossRules rules;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Story first(seed);
    Story second(seed);
    const FileLoss a = lose_power(first.file, plan_loss(first.file, rules, kSeed, 5), kSeed, 5);
    const FileLoss b = lose_power(second.file, plan_loss(second.file, rules, kSeed, 5), kSeed, 5);
    ASSERT_EQ(first.left(), second.left());
    ASSERT_EQ(a.lost, b.lost);
  }
}

TEST(PowerLoss, WhatAFailedSyncForgotIsReportedAsLost) {
  CachedFile file;
  file.write({1, 1, {}}, 0, {Slice::copy_of("abc")});
  file.forget_pending(1, 9);
  const FileLoss loss = lose_power(file, plan_prefix(file, 0, 0), kSeed, 1);
  EXPECT_EQ(loss.lost, (std::vector<ByteRange>{{0, 3}}));
  EXPECT_EQ(loss.size_after, 0u);
}

}  // namespace
}  // namespace faultline::sim
