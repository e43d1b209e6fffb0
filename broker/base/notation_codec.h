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
  notation::CountingSink sink;
  notation::Encoder(sink, version, M::kSpec.is_flexible(version)).value(message);
  return sink.passed();
}

template <class M>
Slice Codec<M>::encode(const M& message, int version) {
  const size_t length = size(message, version);
  Buffer buffer;
  notation::StoringSink sink(buffer.extend(length));
  notation::Encoder(sink, version, M::kSpec.is_flexible(version)).value(message);
  ASSERT_OP(sink.passed(), ==, length);
  return std::move(buffer).freeze();
}

template <class M>
Bytes Codec<M>::encode_into(const M& message, int version, std::span<uint8_t> scratch,
                            Slice& spill) {
  ASSERT(M::kSpec.has_version(version));
  notation::BoundedSink sink(scratch);
  notation::Encoder(sink, version, M::kSpec.is_flexible(version)).value(message);
  if (sink.has_all()) return scratch.first(sink.passed());
  spill = encode(message, version);
  return spill.view();
}

template <class M>
void Codec<M>::append(const M& message, int version, ByteChain& out) {
  ASSERT(M::kSpec.has_version(version));
  notation::ChainSink sink(out);
  notation::Encoder(sink, version, M::kSpec.is_flexible(version)).value(message);
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
