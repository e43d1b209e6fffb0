// SPDX-License-Identifier: Apache-2.0
// Every described message by name, kind and number, without its type: for printing bytes that
// somebody captured, for fuzzing and for tests that must leave none out. Handlers use the types.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/base/notation_print.h"
#include "broker/base/notation_schema.h"
#include "broker/base/prng.h"
#include "broker/base/result.h"

namespace faultline::wire {

enum class MessageKind : uint8_t {
  kRequest,
  kResponse,
  kMetadataRecord,     // value in __cluster_metadata, behind its prefix
  kControlRecord,      // value of a control record
  kGroupRecord,        // key or value in __consumer_offsets, behind its number
  kTransactionRecord,  // key or value in __transaction_state, behind its number
  kConsumerProtocol,   // bytes inside group requests, behind their version
};

struct MessageInfo {
  MessageKind kind;
  MessageSpec spec;
  // Decodes, and prints or encodes again.
  Result<std::string> (*print)(const Slice& body, int version, PrintStyle style);
  Result<Slice> (*recode)(const Slice& body, int version);
  // Encodes a random message, checking that size, slices and decoding agree with it.
  Result<Slice> (*sample)(int version, Draws& draws);
  std::vector<SchemaField> (*schema)();
};

std::span<const MessageInfo> all_messages();

// nullptr when it is not described. `type` is the API key or record type.
const MessageInfo* find_message(MessageKind kind, int type);
const MessageInfo* find_message(std::string_view name);

}  // namespace faultline::wire
