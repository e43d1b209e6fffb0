// SPDX-License-Identifier: Apache-2.0
// Goal: a topic counts as read unless it is sure that nobody reads it. Method: groups made by hand
// whose members bring subscriptions of every version, of versions to come, and damaged ones.
#include "broker/groups/core/subscriptions.h"

#include <gtest/gtest.h>

#include "broker/base/byte_io.h"
#include "broker/wire/consumer_protocol.h"

namespace faultline::groups {
namespace {

Slice subscription(const std::vector<std::string>& topics, int16_t version,
                   std::string_view behind = "") {
  wire::ConsumerProtocolSubscription subscription;
  subscription.topics = topics;
  ByteWriter out;
  out.write<int16_t>(version);
  const int known = std::min<int>(version, 3);
  out.append(Codec<wire::ConsumerProtocolSubscription>::encode(subscription, known).view());
  out.append(as_bytes(behind));
  return std::move(out).finish();
}

GroupState group(const std::vector<Slice>& members) {
  GroupState group;
  group.protocol_type = "consumer";
  group.protocol = "range";
  for (const Slice& metadata : members) {
    Member& member = group.members[std::to_string(group.members.size())];
    member.protocols = {{"range", metadata}};
  }
  return group;
}

TEST(Subscriptions, are_read_in_every_version) {
  for (int16_t version = 0; version <= 3; ++version) {
    const GroupState readers = group({subscription({"a", "b"}, version)});
    EXPECT_TRUE(is_subscribed(readers, "a")) << version;
    EXPECT_TRUE(is_subscribed(readers, "b")) << version;
    EXPECT_FALSE(is_subscribed(readers, "c")) << version;
  }
  const GroupState later = group({subscription({"a"}, 9, "fields of the future")});
  EXPECT_TRUE(is_subscribed(later, "a"));
  EXPECT_FALSE(is_subscribed(later, "b"));
}

TEST(Subscriptions, of_all_members_count) {
  const GroupState readers = group({subscription({"a"}, 1), subscription({"b"}, 3)});
  EXPECT_TRUE(is_subscribed(readers, "a"));
  EXPECT_TRUE(is_subscribed(readers, "b"));
  EXPECT_FALSE(is_subscribed(readers, "c"));
}

TEST(Subscriptions, that_cannot_be_read_may_be_to_anything) {
  const Slice whole = subscription({"a"}, 1);
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_TRUE(is_subscribed(group({whole.subslice(0, size)}), "z")) << size;
  EXPECT_TRUE(is_subscribed(group({subscription({"a"}, 1), Slice::copy_of("\xff\xff")}), "z"));
}

TEST(Subscriptions, are_not_settled_before_a_protocol_is) {
  GroupState readers = group({subscription({"a"}, 1)});
  readers.protocol.reset();
  EXPECT_TRUE(is_subscribed(readers, "z"));
  readers.members.clear();
  EXPECT_FALSE(is_subscribed(readers, "z")) << "nobody is there";
  GroupState workers = group({subscription({"a"}, 1)});
  workers.protocol_type = "connect";
  EXPECT_FALSE(is_subscribed(workers, "a")) << "they subscribe to no topics";
}

}  // namespace
}  // namespace faultline::groups
