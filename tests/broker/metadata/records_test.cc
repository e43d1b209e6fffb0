// SPDX-License-Identifier: Apache-2.0
// Goal: metadata records are Kafka's, byte for byte, and Kafka's own log folds into an image.
// Method: every record of the recorded metadata log is decoded and encoded again; bytes made by
// hand for what needs no recording.
#include "broker/metadata/records.h"

#include <fstream>
#include <iterator>

#include "broker/metadata/image.h"
#include "broker/wire/record.h"
#include "broker/wire/record_batch.h"

namespace faultline::metadata {
namespace {

const std::string kLog = std::string(FAULTLINE_SHARED_DIR) +
                         "/data/kafka-4.1-golden/clean-shutdown/__cluster_metadata-0/"
                         "00000000000000000000.log";

std::vector<Slice> recorded_values() {
  std::ifstream file(kLog, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const Slice log = Slice::copy_of(bytes);
  std::vector<Slice> values;
  size_t position = 0;
  while (position < log.size()) {
    const auto batch = wire::parse_batch(log.view().subspan(position));
    if (!batch) break;
    position += batch->size();
    if (batch->is_control()) continue;
    wire::RecordIterator records(batch->records(), batch->record_count());
    while (const auto record = records.next()) values.push_back(Slice::copy_of(*record->value));
  }
  return values;
}

TEST(MetadataRecords, a_topic_record_is_framed_as_kafka_frames_it) {
  wire::TopicRecord record;
  record.name = "t";
  record.topic_id = Uuid::from_words(1, 2);
  const Slice bytes = encode_record(record);
  EXPECT_EQ(bytes.text(), std::string_view("\x01\x02\x00\x02t"
                                           "\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02\0",
                                           22));
  const Result<MetadataRecord> decoded = decode_record(bytes);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(std::get<wire::TopicRecord>(*decoded), record);
}

TEST(MetadataRecords, unknown_types_and_cut_bytes_are_errors) {
  EXPECT_EQ(decode_record(Slice::of_static({"\x01\x63\x00", 3})).error().code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(decode_record(Slice::of_static({"\x01\x02\x09", 3})).error().code,
            ErrorCode::kUnsupported);
  const Slice whole = encode_record(wire::ConfigRecord{2, "topic", "name", "value"});
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(decode_record(whole.subslice(0, size)).has_value()) << size;
}

TEST(MetadataRecords, kafkas_own_log_survives_a_round_trip_and_folds) {
  if (!std::ifstream(kLog)) GTEST_SKIP() << "no recorded data of Apache Kafka here: " << kLog;
  MetadataImage image;
  const std::vector<Slice> values = recorded_values();
  ASSERT_GT(values.size(), 600u);
  for (const Slice& value : values) {
    const Result<MetadataRecord> record = decode_record(value);
    ASSERT_TRUE(record.has_value()) << record.error().to_string();
    EXPECT_EQ(encode_record(*record), value);
    Result<MetadataImage> next = apply(std::move(image), *record);
    ASSERT_TRUE(next.has_value()) << next.error().to_string();
    image = std::move(*next);
  }
  EXPECT_EQ(image.topics.size(), 27u);
  EXPECT_EQ(image.brokers.at(1).endpoints.front().port, 9291);
  EXPECT_EQ(image.next_producer_id, 1000);
  EXPECT_EQ(image.features.at("metadata.version"), kMetadataVersion);
  EXPECT_EQ(image.find_topic("six-partitions")->partitions.size(), 6u);
}

}  // namespace
}  // namespace faultline::metadata
