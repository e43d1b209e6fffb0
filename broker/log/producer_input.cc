// SPDX-License-Identifier: Apache-2.0
// Reading producer fields and transaction markers from a batch.
#include "broker/log/producer_input.h"

#include "broker/wire/record.h"

namespace faultline::log {
namespace {

Result<std::optional<producer::Marker>> marker_of(const wire::BatchView& batch) {
  if (!batch.is_control() || batch.compression() != wire::Compression::kNone) return std::nullopt;
  wire::RecordIterator records(batch.records(), batch.record_count());
  const auto record = records.next();
  if (!record || !record->key) return fail(ErrorCode::kCorrupt, "control batch without key");
  const Result<wire::ControlType> type = wire::parse_control_key(*record->key);
  if (!type) return std::nullopt;
  if (*type != wire::ControlType::kAbort && *type != wire::ControlType::kCommit)
    return std::nullopt;
  ByteReader value(record->value.value_or(Bytes()));
  value.read<int16_t>();  // version
  const auto coordinator_epoch = value.read<int32_t>();
  if (!value.ok()) return fail(ErrorCode::kCorrupt, "transaction marker");
  return producer::Marker{*type == wire::ControlType::kCommit, coordinator_epoch};
}

}  // namespace

Result<producer::BatchInput> producer_input_of(const wire::BatchView& batch, Offset base_offset) {
  producer::BatchInput input;
  input.producer_id = batch.producer_id();
  input.epoch = batch.producer_epoch();
  input.base_sequence = batch.base_sequence();
  input.base_offset = base_offset;
  input.last_offset = base_offset + batch.last_offset_delta();
  input.timestamp_ms = batch.max_timestamp();
  input.is_transactional = batch.is_transactional();
  if (batch.has_producer()) {
    TRY_ASSIGN(input.marker, marker_of(batch));
    // A control batch that ends nothing says nothing of its producer.
    if (batch.is_control() && !input.marker) input.producer_id = -1;
  }
  return input;
}

}  // namespace faultline::log
