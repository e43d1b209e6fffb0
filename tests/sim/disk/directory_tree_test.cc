// SPDX-License-Identifier: Apache-2.0
// Goal: names survive a power loss exactly when they were synced or the ordering keeps them,
// renames are atomic, and no node leaks. Method: stories on the tree alone; random changes beside a
// plain set of names, for the prefix rule and for what a sync of a directory promises.
#include "sim/disk/directory_tree.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace faultline::sim {
namespace {

class DirectoryTreeTest : public ::testing::Test {
 protected:
  DirectoryTree::Stamp stamp() { return {++sequence_, Instant{static_cast<int64_t>(sequence_)}}; }
  NodeRef create(const std::string& path) { return *tree_.create_file(path, stamp()); }
  void make(const std::string& path) {
    ASSERT_TRUE(tree_.make_directories(path, stamp()).has_value());
  }
  void rename(const std::string& from, const std::string& to) {
    ASSERT_TRUE(tree_.rename(from, to, stamp()).has_value());
  }
  void remove(const std::string& path) { ASSERT_TRUE(tree_.remove(path, stamp()).has_value()); }
  void sync(const std::string& path) { tree_.sync(*tree_.find(path)); }
  std::string names() const {
    std::string result;
    for (const NodeRef file : tree_.files()) result += tree_.path_of(file) + " ";
    return result;
  }

  DirectoryTree tree_{1};
  uint64_t sequence_ = 0;
};

TEST_F(DirectoryTreeTest, UnsyncedEntriesVanish) {
  make("d");
  create("d/a");
  sync("");
  create("d/b");
  EXPECT_EQ(tree_.pending_count(), 2u);
  const std::vector<NameLoss> losses = tree_.lose_power_prefix(0);
  ASSERT_EQ(losses.size(), 2u);
  EXPECT_EQ(losses[1].path, "d/b");
  EXPECT_EQ(names(), "");
  EXPECT_TRUE(tree_.find("d").has_value());
}

TEST_F(DirectoryTreeTest, ASyncedEntryIsOutOfReachWhileItsDirectoryIsNotDurable) {
  make("d/e");
  create("d/e/a");
  sync("d/e");
  tree_.lose_power_prefix(0);
  EXPECT_FALSE(tree_.find("d").has_value());
  make("d/e");  // a new directory, which has nothing of the old one
  EXPECT_FALSE(tree_.find("d/e/a").has_value());
}

TEST_F(DirectoryTreeTest, SyncingEitherDirectoryMakesARenameDurableAsAWhole) {
  for (const std::string side : {"from", "to"}) {
    DirectoryTree& tree = tree_;
    make(side + "/from");
    make(side + "/to");
    create(side + "/from/a");
    tree.sync_until(sequence_);
    rename(side + "/from/a", side + "/to/b");
    sync(side + "/" + side);
    tree.lose_power_prefix(0);
    EXPECT_FALSE(tree.find(side + "/from/a").has_value());
    EXPECT_TRUE(tree.find(side + "/to/b").has_value());
    remove(side + "/to/b");
    tree.sync_until(sequence_);
  }
}

TEST_F(DirectoryTreeTest, AnUnsyncedReplacementLeavesTheOldFile) {
  const uint64_t old = tree_.identity(create("a"));
  sync("");
  create("a.tmp");
  rename("a.tmp", "a");
  EXPECT_NE(tree_.identity(*tree_.find("a")), old);
  tree_.lose_power_prefix(0);
  EXPECT_EQ(tree_.identity(*tree_.find("a")), old);
  EXPECT_EQ(names(), "a ");
}

TEST_F(DirectoryTreeTest, AnUnsyncedRemovalComesBackWithItsBytes) {
  const NodeRef file = create("a");
  tree_.file(file).write({1, 1, {}}, 0, {Slice::copy_of("abc")});
  for (const DataOp& op : tree_.file(file).take_oldest(1)) tree_.file(file).land(op);
  sync("");
  remove("a");
  EXPECT_EQ(names(), "");
  tree_.file(file).restart();
  tree_.lose_power_prefix(0);
  EXPECT_EQ(tree_.file(*tree_.find("a")).size(), 3u);
}

TEST_F(DirectoryTreeTest, ARecreatedFileIsAnotherFile) {
  const uint64_t first = tree_.identity(create("a"));
  remove("a");
  const uint64_t second = tree_.identity(create("a"));
  EXPECT_NE(first, second);
  DirectoryTree other(1);
  EXPECT_EQ(other.identity(*other.create_file("a", {})), first);  // not the count of all files
}

TEST_F(DirectoryTreeTest, NodesDieWithTheirLastNameOrHandle) {
  const NodeRef file = create("a");
  sync("");
  tree_.open_handle(file);
  remove("a");
  sync("");
  EXPECT_EQ(tree_.all_files().size(), 1u);
  tree_.close_handle(file);
  EXPECT_EQ(tree_.all_files().size(), 0u);
}

TEST_F(DirectoryTreeTest, AJournalCommitsByAge) {
  create("a");
  create("b");
  tree_.sync_before(Instant{2});
  tree_.lose_power_prefix(0);
  EXPECT_EQ(names(), "a ");
}

// A random change of names in one directory and what the names are then.
class RandomNames {
 public:
  explicit RandomNames(uint64_t seed) : draws_(seed, stream_id("names"), 0) {}
  void step(DirectoryTree& tree) {
    const std::string from(1, static_cast<char>('a' + draws_.below(4)));
    const std::string to(1, static_cast<char>('a' + draws_.below(4)));
    const DirectoryTree::Stamp stamp{++sequence_, {}};
    const bool exists = tree.find(from).has_value();
    if (!exists) {
      ASSERT_TRUE(tree.create_file(from, stamp).has_value());
    } else if (draws_.chance({1, 2})) {
      ASSERT_TRUE(tree.remove(from, stamp).has_value());
    } else {
      ASSERT_TRUE(tree.rename(from, to, stamp).has_value());
    }
  }
  static std::set<std::pair<std::string, uint64_t>> names(const DirectoryTree& tree) {
    std::set<std::pair<std::string, uint64_t>> result;
    for (const auto& [name, node] : tree.entries(kRootNode))
      result.emplace(name, tree.identity(node));
    return result;
  }

 private:
  Draws draws_;
  uint64_t sequence_ = 0;
};

TEST(DirectoryTreeRandom, APrefixOfChangesIsTheStateAfterThem) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    DirectoryTree tree(1);
    RandomNames random(seed);
    std::vector<std::set<std::pair<std::string, uint64_t>>> after = {{}};
    while (tree.pending_count() < 12) {
      const uint64_t before = tree.pending_count();
      random.step(tree);
      if (tree.pending_count() > before) after.push_back(RandomNames::names(tree));
    }
    const uint64_t kept = seed % 13;
    const std::vector<NameLoss> losses = tree.lose_power_prefix(kept);
    ASSERT_EQ(losses.size(), 12 - kept);
    ASSERT_EQ(RandomNames::names(tree), after[kept]) << "seed " << seed;
    ASSERT_EQ(tree.all_files().size(), after[kept].size()) << "a node leaked";
  }
}

TEST(DirectoryTreeRandom, WeakOrderNeverLosesWhatWasSyncedNorDoublesAFile) {
  std::set<size_t> counts;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    DirectoryTree tree(1);
    RandomNames random(seed);
    for (int i = 0; i < 5; ++i) random.step(tree);
    tree.sync(kRootNode);
    const auto synced = RandomNames::names(tree);
    const bool goes_on = seed % 2 == 1;
    for (int i = 0; goes_on && i < 8; ++i) random.step(tree);
    counts.insert(tree.lose_power_weak(seed, {1, 2}).size());
    const auto left = RandomNames::names(tree);
    if (!goes_on) ASSERT_EQ(left, synced);
    std::set<uint64_t> identities;
    for (const auto& [name, identity] : left)
      ASSERT_TRUE(identities.insert(identity).second) << "seed " << seed << ": two names";
    ASSERT_EQ(tree.all_files().size(), left.size());
  }
  EXPECT_GT(counts.size(), 4u);
}

TEST(DirectoryTreeRandom, ChangesOfOtherFilesDoNotMoveTheDraw) {
  // Whether "x" survives hangs on x alone, whatever else happened before and after it.
  for (uint64_t seed = 0; seed < 200; ++seed) {
    std::set<bool> fates;
    for (int others = 0; others < 5; ++others) {
      DirectoryTree tree(1);
      RandomNames random(seed);
      for (int i = 0; i < others; ++i) random.step(tree);
      ASSERT_TRUE(tree.create_file("x", {100, {}}).has_value());
      for (int i = 0; i < others; ++i) random.step(tree);
      tree.lose_power_weak(seed, {1, 2});
      fates.insert(tree.find("x").has_value());
    }
    ASSERT_EQ(fates.size(), 1u) << "seed " << seed;
  }
}

}  // namespace
}  // namespace faultline::sim
