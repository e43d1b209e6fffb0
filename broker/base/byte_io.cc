// SPDX-License-Identifier: Apache-2.0
// Varints and bounded views.
#include "broker/base/byte_io.h"

namespace faultline {

uint64_t ByteReader::long_varint(size_t bytes_max) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes_max; ++i) {
    if (!need(1)) return 0;
    const uint8_t byte = bytes_[position_++];
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) return value;
  }
  set_failed();  // over-long encoding
  return 0;
}

Slice ByteReader::slice(size_t length) {
  const size_t start = position_;
  const Bytes part = view(length);
  if (!ok_) return {};
  return owner_ != nullptr ? owner_->subslice(start, length) : Slice::copy_of(part);
}

}  // namespace faultline
