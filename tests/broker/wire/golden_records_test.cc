// SPDX-License-Identifier: Apache-2.0
// Goal: the internal records that Kafka 4.1 wrote are read, and written again to the same bytes:
// the metadata log, the coordinators' topics, transaction markers and the quorum's control records.
// Method: every record of those logs, named by its type or key.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "broker/wire/record.h"
#include "broker/wire/record_prefix.h"
#include "broker/wire/registry.h"

namespace faultline::wire {
namespace {

namespace fs = std::filesystem;

using Counts = std::map<std::string, int>;

void expect_same(const MessageInfo* message, const Slice& body, int version, Counts& counts,
                 const std::string& what) {
  ASSERT_NE(message, nullptr) << what;
  auto again = message->recode(body, version);
  ASSERT_TRUE(again) << what << again.error().to_string()
                     << testing::PrintToString(std::string(body.text()));
  const std::string printed = message->print(body, version, PrintStyle::kJson).value_or("?");
  EXPECT_EQ(again->text(), body.text()) << what << message->spec.name << printed;
  ++counts[std::string(message->spec.name)];
}

void check_metadata(const RecordView& record, Counts& counts) {
  auto prefix = parse_metadata_prefix(Slice::copy_of(*record.value));
  ASSERT_TRUE(prefix);
  expect_same(find_message(MessageKind::kMetadataRecord, prefix->type), prefix->body,
              prefix->version, counts, "metadata record type " + std::to_string(prefix->type));
}

void check_control(const RecordView& record, Counts& counts) {
  auto type = parse_control_key(*record.key);
  ASSERT_TRUE(type);
  const Slice value = Slice::copy_of(*record.value);
  const char* names[] = {"EndTxnMarker",         "EndTxnMarker",         "LeaderChangeMessage",
                         "SnapshotHeaderRecord", "SnapshotFooterRecord", "KRaftVersionRecord",
                         "VotersRecord"};
  const MessageInfo* message = find_message(names[static_cast<int>(*type)]);
  if (*type <= ControlType::kCommit) {
    auto marker = parse_number(value);
    ASSERT_TRUE(marker);
    expect_same(message, marker->body, marker->number, counts, "marker ");
  } else {
    const int version = load_big_endian<int16_t>(value.data());  // their first field
    expect_same(message, value, version, counts, "control record ");
  }
}

// The key's number says which pair of messages this is: Kafka calls them XKey and XValue.
void check_coordinator(MessageKind kind, const RecordView& record, Counts& counts) {
  auto key = parse_number(Slice::copy_of(*record.key));
  ASSERT_TRUE(key);
  const MessageInfo* message = find_message(kind, key->number);
  ASSERT_NE(message, nullptr) << "key type " << key->number;
  expect_same(message, key->body, message->spec.max, counts, "key ");
  if (!record.value) return;
  std::string name(message->spec.name);
  name.replace(name.size() - 3, 3, "Value");
  auto value = parse_number(Slice::copy_of(*record.value));
  ASSERT_TRUE(value);
  expect_same(find_message(name), value->body, value->number, counts, "value ");
}

void check_log(const fs::path& path, Counts& counts) {
  const std::string folder = path.parent_path().filename();
  std::ifstream file(path, std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(file)), {});
  Slice rest = Slice::copy_of(content);
  while (!rest.empty()) {
    auto batch = parse_batch(rest.view());
    ASSERT_TRUE(batch) << path;
    const Slice plain = *plain_records(rest.subslice(0, batch->size()), 1 << 26);
    RecordIterator records(plain.view(), batch->record_count());
    while (auto record = records.next()) {
      if (batch->is_control()) {
        check_control(*record, counts);
      } else if (folder.starts_with("__cluster_metadata")) {
        check_metadata(*record, counts);
      } else if (folder.starts_with("__consumer_offsets")) {
        check_coordinator(MessageKind::kGroupRecord, *record, counts);
      } else if (folder.starts_with("__transaction_state")) {
        check_coordinator(MessageKind::kTransactionRecord, *record, counts);
      }
    }
    rest = rest.subslice(batch->size());
  }
}

TEST(GoldenRecords, decode_and_encode_to_the_same_bytes) {
  const fs::path root = fs::path(FAULTLINE_SHARED_DIR) / "data/kafka-4.1-golden";
  if (!fs::exists(root)) GTEST_SKIP() << "no recorded data at " << root;
  Counts counts;
  for (const char* state : {"clean-shutdown", "killed"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / state)) {
      if (entry.path().extension() == ".log") check_log(entry.path(), counts);
    }
  }
  for (const char* name :
       {"TopicRecord", "PartitionRecord", "RegisterBrokerRecord", "ConfigRecord",
        "FeatureLevelRecord", "ProducerIdsRecord", "OffsetCommitKey", "OffsetCommitValue",
        "GroupMetadataValue", "TransactionLogValue", "EndTxnMarker", "LeaderChangeMessage"}) {
    EXPECT_GT(counts[name], 0) << name;
  }
}

}  // namespace
}  // namespace faultline::wire
