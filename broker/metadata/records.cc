// SPDX-License-Identifier: Apache-2.0
// Framing of metadata records; the bodies are the notation's.
#include "broker/metadata/records.h"

#include <type_traits>

#include "broker/wire/record_prefix.h"

namespace faultline::metadata {
namespace {

// The newest version, but the oldest that can say it where Kafka does so.
template <class Record>
int version_to_write(const Record& record) {
  if constexpr (std::is_same_v<Record, wire::BrokerRegistrationChangeRecord>) {
    if (!record.log_dirs.empty()) return 2;
    return record.in_controlled_shutdown != 0 ? 1 : 0;
  }
  return Record::kSpec.max;
}

template <class Record>
Result<MetadataRecord> decode_body(const Slice& body, int version) {
  TRY_ASSIGN(Record record, Codec<Record>::decode(body, version));
  return MetadataRecord(std::move(record));
}

// Tries the alternatives in turn: the one whose type it is decodes.
template <size_t kIndex = 0>
Result<MetadataRecord> decode_type(int type, const Slice& body, int version) {
  if constexpr (kIndex == std::variant_size_v<MetadataRecord>) {
    return fail(ErrorCode::kUnsupported, "metadata record type " + std::to_string(type));
  } else {
    using Record = std::variant_alternative_t<kIndex, MetadataRecord>;
    if (Record::kSpec.type == type) return decode_body<Record>(body, version);
    return decode_type<kIndex + 1>(type, body, version);
  }
}

}  // namespace

Slice encode_record(const MetadataRecord& record) {
  const auto encode = [](const auto& typed) {
    return wire::encode_metadata_record(typed, version_to_write(typed));
  };
  return std::visit(encode, record);
}

Result<MetadataRecord> decode_record(const Slice& value) {
  TRY_ASSIGN(const wire::MetadataRecordPrefix prefix, wire::parse_metadata_prefix(value));
  return decode_type(prefix.type, prefix.body, prefix.version);
}

}  // namespace faultline::metadata
