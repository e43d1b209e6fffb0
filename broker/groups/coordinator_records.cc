// SPDX-License-Identifier: Apache-2.0
// The coordinator's records to and from bytes.
#include "broker/groups/coordinator_records.h"

#include "broker/wire/record_prefix.h"

namespace faultline::groups {
namespace {

// The versions that Kafka 4.1 writes; all known ones are read.
constexpr int kOffsetVersion = 4;
constexpr int kGroupVersion = 3;

Result<CoordinatorEntry> parse_offset(const Slice& body, const std::optional<Slice>& value) {
  TRY_ASSIGN(const wire::OffsetCommitKey key,
             Codec<wire::OffsetCommitKey>::decode(body, wire::OffsetCommitKey::kSpec.max));
  OffsetEntry entry{key.group, {key.topic, key.partition}, std::nullopt};
  if (value) {
    TRY_ASSIGN(const wire::OffsetCommitValue stored,
               wire::decode_coordinator_value<wire::OffsetCommitValue>(*value));
    entry.offset = CommittedOffset{stored.offset, stored.leader_epoch, stored.metadata,
                                   stored.commit_timestamp, stored.topic_id};
  }
  return entry;
}

Result<CoordinatorEntry> parse_group(const Slice& body, const std::optional<Slice>& value) {
  TRY_ASSIGN(const wire::GroupMetadataKey key,
             Codec<wire::GroupMetadataKey>::decode(body, wire::GroupMetadataKey::kSpec.max));
  GroupEntry entry{key.group, std::nullopt};
  if (value) {
    TRY_ASSIGN(entry.value, wire::decode_coordinator_value<wire::GroupMetadataValue>(*value));
  }
  return entry;
}

}  // namespace

CoordinatorRecord offset_record(const std::string& group, const OffsetKey& key,
                                const std::optional<CommittedOffset>& offset) {
  CoordinatorRecord record;
  record.key = wire::encode_coordinator_key(wire::OffsetCommitKey{group, key.topic, key.partition});
  if (!offset) return record;
  wire::OffsetCommitValue value;
  value.offset = offset->offset;
  value.leader_epoch = offset->leader_epoch;
  value.metadata = offset->metadata;
  value.commit_timestamp = offset->commit_ms;
  value.topic_id = offset->topic_id;
  record.value = wire::encode_coordinator_value(value, kOffsetVersion);
  return record;
}

CoordinatorRecord group_record(const std::string& group,
                               const std::optional<wire::GroupMetadataValue>& value) {
  CoordinatorRecord record;
  record.key = wire::encode_coordinator_key(wire::GroupMetadataKey{group});
  if (value) record.value = wire::encode_coordinator_value(*value, kGroupVersion);
  return record;
}

Result<CoordinatorEntry> parse_record(const CoordinatorRecord& record) {
  TRY_ASSIGN(const wire::NumberedRecord key, wire::parse_number(record.key));
  switch (key.number) {
    case 0:  // the same key, of Kafka before 0.9
    case wire::OffsetCommitKey::kSpec.type: return parse_offset(key.body, record.value);
    case wire::GroupMetadataKey::kSpec.type: return parse_group(key.body, record.value);
    default: return OtherEntry{};
  }
}

}  // namespace faultline::groups
