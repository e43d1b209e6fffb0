// SPDX-License-Identifier: Apache-2.0
// Goal: internal records carry Kafka's prefixes, and foreign ones are refused. Method: bytes by
// hand, round trips.
#include "broker/wire/record_prefix.h"

#include <gtest/gtest.h>

#include "broker/wire/records_group.h"
#include "broker/wire/records_metadata_topics.h"

namespace faultline::wire {
namespace {

TEST(RecordPrefix, a_metadata_record_names_its_type_and_version) {
  const TopicRecord topic{.name = "t", .topic_id = Uuid::from_words(1, 2)};
  const Slice bytes = encode_metadata_record(topic, 0);
  EXPECT_EQ(bytes.text().substr(0, 5), std::string_view("\1\2\0\2t", 5));
  auto prefix = parse_metadata_prefix(bytes);
  ASSERT_TRUE(prefix);
  EXPECT_EQ(prefix->type, TopicRecord::kSpec.type);
  EXPECT_EQ(*Codec<TopicRecord>::decode(prefix->body, prefix->version), topic);
}

TEST(RecordPrefix, other_frame_versions_are_refused) {
  EXPECT_EQ(parse_metadata_prefix(Slice::copy_of(std::string_view("\0\2\0", 3))).error().code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(parse_metadata_prefix(Slice::copy_of(std::string_view("\1\2", 2))).error().code,
            ErrorCode::kCorrupt);
}

TEST(RecordPrefix, a_coordinator_key_starts_with_its_type_and_a_value_with_its_version) {
  const OffsetCommitKey key{.group = "g", .topic = "t", .partition = 3};
  EXPECT_EQ(encode_coordinator_key(key).text(), std::string_view("\0\1\0\1g\0\1t\0\0\0\3", 12));
  const OffsetCommitValue value{.offset = 5, .metadata = "m", .commit_timestamp = 6};
  const Slice bytes = encode_coordinator_value(value, 3);
  EXPECT_EQ(bytes.text().substr(0, 2), std::string_view("\0\3", 2));
  EXPECT_EQ(*decode_coordinator_value<OffsetCommitValue>(bytes), value);
  EXPECT_FALSE(decode_coordinator_value<OffsetCommitValue>(Slice::copy_of("\x7f\x7f")));
}

}  // namespace
}  // namespace faultline::wire
