// SPDX-License-Identifier: Apache-2.0
// The records of Kafka's metadata log (`__cluster_metadata-0`) as one type, and how a value of that
// log frames them: frame version (1), record type, record version, all varints, then the body.
#pragma once

#include <cstdint>
#include <variant>

#include "broker/base/bytes.h"
#include "broker/base/result.h"
#include "broker/wire/records_metadata_brokers.h"
#include "broker/wire/records_metadata_cluster.h"
#include "broker/wire/records_metadata_nodes.h"
#include "broker/wire/records_metadata_topics.h"

namespace faultline::metadata {

// The metadata.version 4.1-IV1 of Kafka 4.1.0.
constexpr int16_t kMetadataVersion = 27;

using MetadataRecord =
    std::variant<wire::RegisterBrokerRecord, wire::UnregisterBrokerRecord, wire::TopicRecord,
                 wire::PartitionRecord, wire::ConfigRecord, wire::PartitionChangeRecord,
                 wire::RemoveTopicRecord, wire::FeatureLevelRecord, wire::ProducerIdsRecord,
                 wire::BrokerRegistrationChangeRecord, wire::NoOpRecord,
                 wire::BeginTransactionRecord, wire::EndTransactionRecord,
                 wire::RegisterControllerRecord, wire::ClearElrRecord>;

// The value of a log record, in the version that Kafka 4.1 writes.
Slice encode_record(const MetadataRecord& record);
// kUnsupported for a type or version that this code does not know, kCorrupt for malformed bytes.
Result<MetadataRecord> decode_record(const Slice& value);

}  // namespace faultline::metadata
