// SPDX-License-Identifier: Apache-2.0
// How Kafka's internal records say what they are. In the metadata log: varints frame version (1),
// type, version. In the coordinators' topics: a key starts with its type and a value with its
// version, both i16; so do transaction markers and what consumers put into group protocols.
#pragma once

#include "broker/base/byte_io.h"
#include "broker/base/notation.h"
#include "broker/base/result.h"

namespace faultline::wire {

struct MetadataRecordPrefix {
  int type = 0;
  int version = 0;
  Slice body;
};

Slice with_metadata_prefix(int type, int version, const Slice& body);
Result<MetadataRecordPrefix> parse_metadata_prefix(const Slice& record);

struct NumberedRecord {
  int number = 0;  // a key's type or a value's version
  Slice body;
};

Slice with_number(int number, const Slice& body);
Result<NumberedRecord> parse_number(const Slice& record);

template <class M>
Slice encode_metadata_record(const M& record, int version) {
  static_assert(M::kSpec.type >= 0);
  return with_metadata_prefix(M::kSpec.type, version, Codec<M>::encode(record, version));
}

// Keys have one version each; their number is their type.
template <class M>
Slice encode_coordinator_key(const M& key) {
  static_assert(M::kSpec.type >= 0);
  return with_number(M::kSpec.type, Codec<M>::encode(key, M::kSpec.max));
}
template <class M>
Slice encode_coordinator_value(const M& value, int version) {
  return with_number(version, Codec<M>::encode(value, version));
}
template <class M>
Result<M> decode_coordinator_value(const Slice& value) {
  TRY_ASSIGN(const NumberedRecord record, parse_number(value));
  return Codec<M>::decode(record.body, record.number);
}

}  // namespace faultline::wire
