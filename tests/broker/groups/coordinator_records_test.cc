// SPDX-License-Identifier: Apache-2.0
// Goal: the coordinator's records are Kafka's, byte for byte. Method: every record of a real
// Kafka 4.1's
// __consumer_offsets is parsed and written again; skipped where that log is absent. And records of
// our own come back as they were.
#include "broker/groups/coordinator_records.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "broker/wire/record.h"
#include "broker/wire/record_batch.h"
#include "tests/broker/groups/group_story.h"

namespace faultline::groups {
namespace {

const std::string kGolden = std::string(FAULTLINE_SHARED_DIR) + "/data/kafka-4.1-golden/killed";

Slice read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return Slice::copy_of(bytes);
}

struct Tally {
  int offsets = 0;
  int groups = 0;
};

void check_record(const wire::RecordView& view, Tally& tally) {
  CoordinatorRecord record;
  record.key = Slice::copy_of(*view.key);
  if (view.value) record.value = Slice::copy_of(*view.value);
  const Result<CoordinatorEntry> entry = parse_record(record);
  ASSERT_TRUE(entry.has_value());
  CoordinatorRecord again;
  if (const auto* offset = std::get_if<OffsetEntry>(&*entry)) {
    ++tally.offsets;
    again = offset_record(offset->group, offset->key, offset->offset);
  } else if (const auto* group = std::get_if<GroupEntry>(&*entry)) {
    ++tally.groups;
    again = group_record(group->group, group->value);
  } else {
    return;
  }
  EXPECT_EQ(to_text(again.key), to_text(record.key));
  EXPECT_EQ(again.value.has_value(), record.value.has_value());
  if (again.value && record.value) EXPECT_EQ(to_text(*again.value), to_text(*record.value));
}

TEST(CoordinatorRecords, are_those_of_apache_kafka) {
  if (!std::filesystem::exists(kGolden)) GTEST_SKIP() << "no log of Apache Kafka: " << kGolden;
  Tally tally;
  for (const char* partition : {"__consumer_offsets-0", "__consumer_offsets-1"}) {
    const Slice log =
        read_file(std::filesystem::path(kGolden) / partition / "00000000000000000000.log");
    for (size_t position = 0; position < log.size();) {
      const auto batch = wire::parse_batch(log.view().subspan(position));
      if (!batch || batch->size() == 0) break;
      const Slice whole = log.subslice(position, batch->size());
      position += batch->size();
      if (batch->is_control()) continue;
      const auto plain = wire::plain_records(whole, 1 << 24);
      ASSERT_TRUE(plain.has_value());
      wire::RecordIterator records(plain->view(), batch->record_count());
      while (const auto view = records.next()) check_record(*view, tally);
    }
  }
  EXPECT_GT(tally.offsets, 10);
  EXPECT_GT(tally.groups, 5);
}

TEST(CoordinatorRecords, come_back_as_they_were) {
  const CommittedOffset offset{42, 3, "note", 1'700'000'000'000, Uuid()};
  const auto entry = parse_record(offset_record("g", {"t", 1}, offset));
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(std::get<OffsetEntry>(*entry).offset, offset);
  const auto gone = parse_record(group_record("g", std::nullopt));
  EXPECT_EQ(std::get<GroupEntry>(*gone).value, std::nullopt);
}

TEST(CoordinatorRecords, nonsense_is_an_error_or_passed_over) {
  EXPECT_FALSE(parse_record({to_slice("x"), std::nullopt}).has_value());
  EXPECT_FALSE(parse_record({to_slice(std::string_view("\0\1ab", 4)), std::nullopt}).has_value());
  const auto other = parse_record({to_slice(std::string_view("\0\x63rest", 6)), std::nullopt});
  EXPECT_TRUE(std::holds_alternative<OtherEntry>(*other));
}

}  // namespace
}  // namespace faultline::groups
