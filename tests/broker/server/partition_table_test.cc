// SPDX-License-Identifier: Apache-2.0
// Goal: a partition is not given up while somebody uses it, and whoever waits hears of it. Method:
// the table alone, with logs that are never touched.
#include "broker/server/partition_table.h"

#include "tests/broker/server/server_fixture.h"

namespace faultline::server {
namespace {

class Table : public ::testing::Test {
 protected:
  Table() : log_(log::StorageEnv::of(machine_.env), {}, {}) {
    table_.put_topic("t", Uuid::from_words(1, 1), {});
    table_.put_partition("t", 0, &log_, 3, true);
  }

  TestMachine machine_;
  log::Log log_;
  PartitionTable table_;
};

TEST_F(Table, finds_what_was_put) {
  ASSERT_NE(table_.find("t", 0), nullptr);
  EXPECT_EQ(table_.find("t", 0)->leader_epoch, 3);
  EXPECT_EQ(table_.find("t", 1), nullptr);
  EXPECT_EQ(table_.find("u", 0), nullptr);
  EXPECT_EQ(table_.partition_count(), 1u);
}

TEST_F(Table, knows_which_topics_are_gone_or_were_made_anew) {
  metadata::MetadataImage image;
  EXPECT_EQ(table_.topics_gone(image), std::vector<std::string>{"t"});
  image.topics["t"].id = Uuid::from_words(1, 1);
  EXPECT_TRUE(table_.topics_gone(image).empty());
  image.topics["t"].id = Uuid::from_words(2, 2);
  EXPECT_EQ(table_.topics_gone(image), std::vector<std::string>{"t"});
}

TEST_F(Table, a_deleted_partition_takes_no_new_users_and_wakes_the_old) {
  PartitionWaiter waiter(machine_.env.timers);
  {
    const PartitionWatch watch(*table_.find("t", 0), waiter);
    const std::vector<Partition*> partitions = table_.begin_delete("t");
    ASSERT_EQ(partitions.size(), 1u);
    EXPECT_TRUE(waiter.is_notified);
    EXPECT_EQ(table_.find("t", 0), nullptr);
    EXPECT_EQ(partitions[0]->pins, 1);
  }
  table_.end_delete("t");
  EXPECT_EQ(table_.partition_count(), 0u);
}

TEST_F(Table, a_pin_that_is_moved_counts_once) {
  Partition& partition = *table_.find("t", 0);
  {
    PartitionPin first(partition);
    PartitionPin second(std::move(first));
    EXPECT_FALSE(bool(first));  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(partition.pins, 1);
    second = PartitionPin();
    EXPECT_EQ(partition.pins, 0);
  }
  EXPECT_EQ(partition.pins, 0);
}

}  // namespace
}  // namespace faultline::server
