// SPDX-License-Identifier: Apache-2.0
// Goal: no bytes crash a decoder, and what it accepts it writes in one way only. Method: the first
// two bytes pick message and version, the rest is its body; one pass through the codec must reach a
// fixed point.
#include <cstddef>
#include <cstdint>

#include "broker/base/assert.h"
#include "broker/wire/frame.h"
#include "broker/wire/registry.h"

using namespace faultline;
using namespace faultline::wire;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const auto messages = all_messages();
  const MessageInfo& message = messages[data[0] % messages.size()];
  const int versions = message.spec.max - message.spec.min + 1;
  const int version = message.spec.min + data[1] % versions;
  const Slice body = Slice::copy_of(Bytes(data + 2, size - 2));
  if (auto once = message.recode(body, version)) {
    auto twice = message.recode(*once, version);
    ASSERT(twice.has_value() && *twice == *once);
    ASSERT(message.print(body, version, PrintStyle::kJson).has_value());
    ASSERT(message.print(body, version, PrintStyle::kLine).has_value());
  }
  if (auto request = parse_request(body)) ASSERT_OP(request->body.size(), <=, body.size());
  return 0;
}
