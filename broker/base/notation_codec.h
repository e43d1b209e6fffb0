// SPDX-License-Identifier: Apache-2.0
// The bodies of Codec<M>. Include only in the .cc file that says `template struct Codec<M>;`: this
// is where the compile time of a message goes.
#pragma once

#include <string>
#include <utility>

#include "broker/base/assert.h"
#include "broker/base/notation.h"
#include "broker/base/notation_decoder.h"
#include "broker/base/notation_encoder.h"
#include "broker/base/notation_visitor.h"

namespace faultline {

template <class M>
size_t Codec<M>::size(const M& message, int version) {
  ASSERT(M::kSpec.has_version(version));
  notation::Encoder<false> counter(version, M::kSpec.is_flexible(version));
  counter.value(message);
  return counter.counted();
}

template <class M>
Slice Codec<M>::encode(const M& message, int version) {
  const size_t length = size(message, version);
  Buffer buffer;
  notation::Encoder<true> encoder(version, M::kSpec.is_flexible(version));
  encoder.store_to(buffer.extend(length), nullptr, 0);
  encoder.value(message);
  ASSERT_OP(encoder.counted(), ==, length);
  return std::move(buffer).freeze();
}

template <class M>
void Codec<M>::append(const M& message, int version, ByteChain& out) {
  ASSERT(M::kSpec.has_version(version));
  const bool flexible = M::kSpec.is_flexible(version);
  notation::Encoder<false> counter(version, flexible);
  counter.count_splices(true);
  counter.value(message);
  const size_t position = out.written();
  notation::Encoder<true> encoder(version, flexible);
  encoder.store_to(out.extend(counter.counted()), &out, position);
  encoder.value(message);
  ASSERT_OP(encoder.counted(), ==, counter.counted());
}

template <class M>
Result<M> Codec<M>::decode(const Slice& bytes, int version, size_t* consumed) {
  if (!M::kSpec.has_version(version)) {
    return fail(ErrorCode::kUnsupported,
                std::string(M::kSpec.name) + " version " + std::to_string(version));
  }
  notation::Decoder decoder(bytes, version, M::kSpec.is_flexible(version));
  Result<M> message;
  decoder.value(*message);
  if (!decoder.ok()) {
    const char* field = decoder.failed_field();
    return fail(ErrorCode::kCorrupt, std::string(M::kSpec.name) + " version " +
                                         std::to_string(version) + ": " +
                                         (field != nullptr ? field : "end of message"));
  }
  if (consumed != nullptr) *consumed = decoder.position();
  return message;
}

template <class M>
void Codec<M>::visit(M& message, FieldVisitor& visitor) {
  notation::Visit walk(visitor);
  walk.value(message);
}

}  // namespace faultline
