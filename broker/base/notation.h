// SPDX-License-Identifier: Apache-2.0
// The message notation: a plain struct says once which fields it has, in which versions, and from
// that come encoder, decoder, size, printer, random generator and schema of every version.
//
//   struct OffsetRequest {
//     static constexpr MessageSpec kSpec{"OffsetRequest", 1, 4, 3};      // name, min, max, first
//     flexible struct Topic {
//       std::string name;
//       std::vector<int32_t> partitions;
//       void wire(auto& a) {
//         a.f("name", name);                       // in all versions
//         a.f("partitions", partitions, 2);        // from version 2 on; (2, 3): in 2 and 3 only
//       }
//       bool operator==(const Topic&) const = default;
//     };
//     std::optional<std::string> group;
//     std::vector<Topic> topics;
//     int64_t epoch = -1;
//     void wire(auto& a) {
//       a.n("group", group, 2);                    // null is legal from version 2 on; then from,
//       to a.f("topics", topics); a.t(0, "epoch", epoch, 3, -1);             // tagged field 0 from
//       version 3 on, left out when -1
//     }
//     bool operator==(const OffsetRequest&) const = default;
//   };
//   template struct faultline::Codec<OffsetRequest>;   // in ONE .cc file, which includes
//   notation_codec.h
//
// The order of the calls is the order on the wire; tagged fields come in the order of their tags.
// Field types: bool, integers of any size, enums (as their integer), double, std::string, Slice
// (bytes and records, shared with the input), Uuid, std::vector, nested structs, std::optional of
// all but numbers. Encoding is Kafka's: big endian; strings and arrays with i16/i32 lengths, in
// flexible versions varint length + 1; a nullable struct has an int8 in front, in a tagged field a
// varint; each flexible struct ends with its tagged fields. A field outside its versions keeps its
// default when read and is dropped when written; null where its version has none is written as
// empty.
#pragma once

#include <climits>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "broker/base/byte_chain.h"
#include "broker/base/bytes.h"
#include "broker/base/ids.h"
#include "broker/base/result.h"

namespace faultline {

inline constexpr int kAnyLater = INT_MAX;  // a field's last version when it has none
inline constexpr int kNeverFlexible =
    INT_MAX;  // MessageSpec::first_flexible of messages without such versions

struct MessageSpec {
  std::string_view name;
  int min = 0;
  int max = 0;
  int first_flexible = 0;
  int type = -1;  // API key, or record type of an internal record; -1 none

  constexpr bool has_version(int version) const { return version >= min && version <= max; }
  constexpr bool is_flexible(int version) const { return version >= first_flexible; }
};

class FieldVisitor;

// What can be done with a message type M; defined in notation_codec.h, instantiated where M is at
// home. Versions must be in M::kSpec's range for writing (ASSERT); decode answers kUnsupported.
template <class M>
struct Codec {
  static size_t size(const M& message, int version);
  // One contiguous slice.
  static Slice encode(const M& message, int version);
  // Long byte fields are shared with the message instead of being copied.
  static void append(const M& message, int version, ByteChain& out);
  // The message in `scratch`, or in `spill` when it is too long for that.
  static Bytes encode_into(const M& message, int version, std::span<uint8_t> scratch, Slice& spill);
  // Bytes behind the message are ignored, as Kafka does; `consumed` says where they start. Byte
  // fields share `bytes`. Never allocates more than a small multiple of the input. kCorrupt names
  // the field.
  static Result<M> decode(const Slice& bytes, int version, size_t* consumed = nullptr);
  // For slow things (printing, random values, schema). May change the message if the visitor does.
  static void visit(M& message, FieldVisitor& visitor);
};

namespace notation {

inline constexpr size_t kStringBytesMax = INT16_MAX;

struct Nothing {
  template <class... Args>
  void f(Args&&...) {}
  template <class... Args>
  void n(Args&&...) {}
  template <class... Args>
  void t(Args&&...) {}
};

template <class T>
concept Struct = requires(T& value, Nothing& archive) { value.wire(archive); };
// Gives an optional a fresh value. Not emplace(): inside the enclosing class a nested struct does
// not count as default constructible yet, and std::optional remembers that.
template <class T>
T& refresh(std::optional<T>& field) {
  field = T();
  return *field;
}

template <class T>
concept NullableStruct =
    Struct<typename T::value_type> && std::is_same_v<T, std::optional<typename T::value_type>>;
template <class T>
concept Number = std::is_arithmetic_v<T> || std::is_enum_v<T>;

}  // namespace notation
}  // namespace faultline
