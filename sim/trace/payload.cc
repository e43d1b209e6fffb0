// SPDX-License-Identifier: Apache-2.0
// Schema text to fields, and a walk over bytes along them.
#include "sim/trace/payload.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "broker/base/byte_io.h"

namespace faultline::sim {
namespace {

constexpr int kDepthMax = 16;

// Takes the text up to `separator` off the front of `text`; all of it when there is none.
std::string_view cut(std::string_view& text, std::string_view separator) {
  const size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + separator.size());
  return part;
}

bool parse_int(std::string_view text, int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

struct VersionRange {
  int from = 0;
  int to = kAnyLater;
};

// "3", "3+" or "3-5".
bool parse_range(std::string_view text, VersionRange& range) {
  if (text.ends_with('+')) return parse_int(text.substr(0, text.size() - 1), range.from);
  const std::string_view from = cut(text, "-");
  if (!parse_int(from, range.from)) return false;
  range.to = range.from;
  return text.empty() || parse_int(text, range.to);
}

std::unexpected<Error> bad_line(std::string_view line) {
  return fail(ErrorCode::kCorrupt, "schema: " + std::string(line.substr(0, 100)));
}

}  // namespace

// Parses one indented line; `is_there` says whether the version has the field.
Result<PayloadSchema::Field> PayloadSchema::parse_field(std::string_view line, int version) {
  std::string_view rest = line;
  Field field;
  field.name = cut(rest, " ");
  std::string_view type = cut(rest, ", ");
  for (; type.starts_with("[]"); type.remove_prefix(2)) ++field.arrays;
  if (field.name.empty() || field.arrays > kDepthMax) return bad_line(line);
  if (type == "bool") {
    field.kind = Kind::kBool;
  } else if (type == "string") {
    field.kind = Kind::kString;
  } else if (type == "bytes") {
    field.kind = Kind::kBytes;
  } else if (type == "uuid") {
    field.kind = Kind::kUuid;
  } else if (type == "float64") {
    field.kind = Kind::kReal;
  } else if (type == "struct") {
    field.kind = Kind::kStruct;
  } else {
    field.number.is_signed = !type.starts_with('u');
    if (!field.number.is_signed) type.remove_prefix(1);
    int bits = 0;
    if (!type.starts_with("int") || !parse_int(type.substr(3), bits)) return bad_line(line);
    if (bits != 8 && bits != 16 && bits != 32 && bits != 64) return bad_line(line);
    field.number.bytes = static_cast<uint8_t>(bits / 8);
  }
  while (!rest.empty()) {
    std::string_view word = cut(rest, ", ");
    VersionRange range;
    if (word.starts_with("tag ")) return fail(ErrorCode::kUnsupported, "tagged field in an event");
    const bool is_nullability = word.starts_with("nullable ");
    if (is_nullability) word.remove_prefix(9);
    if (!parse_range(word, range)) return bad_line(line);
    const bool applies = version >= range.from && version <= range.to;
    if (is_nullability) field.is_nullable = applies;
    if (!is_nullability) field.is_in_version = applies;
  }
  return field;
}

Result<PayloadSchema> PayloadSchema::parse(std::string_view text) {
  PayloadSchema schema;
  std::string_view head = cut(text, "\n");
  const std::string_view whole_head = head;
  schema.name_ = cut(head, " ");
  VersionRange versions;
  if (head.find("flexible") != head.npos)
    return fail(ErrorCode::kUnsupported, "event with flexible versions: " + schema.name_);
  if (schema.name_.empty() || !parse_range(head, versions) || versions.to == kAnyLater)
    return bad_line(whole_head);
  schema.version_ = versions.to;
  schema.root_.kind = Kind::kStruct;
  std::vector<Field*> open = {&schema.root_};  // the struct that each depth adds to
  while (!text.empty()) {
    const std::string_view line = cut(text, "\n");
    const size_t indent = std::min(line.find_first_not_of(' '), line.size());
    const size_t depth = indent / 2;
    if (indent % 2 != 0 || depth == 0 || depth > open.size() || depth > kDepthMax)
      return bad_line(line);
    TRY_ASSIGN(Field field, parse_field(line.substr(indent), schema.version_));
    open.resize(depth);
    std::vector<Field>& siblings = open.back()->fields;
    siblings.push_back(std::move(field));
    // Growing moves siblings, whose pointers are no longer in `open`: it was cut to their parents.
    if (siblings.back().kind == Kind::kStruct) open.push_back(&siblings.back());
  }
  return schema;
}

class PayloadSchema::Reader {
 public:
  Reader(Bytes payload, FieldVisitor& visitor) : in_(payload), visitor_(visitor) {}
  bool ok() const { return in_.ok(); }
  size_t remaining() const { return in_.remaining(); }

  void fields_of(const Field& parent) {
    visitor_.begin_struct();
    for (const Field& field : parent.fields) {
      if (!field.is_in_version || !in_.ok()) continue;
      visitor_.enter({.name = field.name.c_str()});
      value(field, field.arrays, field.is_nullable);
      visitor_.leave();
    }
    visitor_.end_struct();
  }

 private:
  void value(const Field& field, int arrays, bool is_nullable) {
    if (arrays > 0) return array(field, arrays, is_nullable);
    switch (field.kind) {
      case Kind::kBool: {
        bool flag = in_.read<uint8_t>() != 0;
        return visitor_.boolean(flag);
      }
      case Kind::kInteger: {
        int64_t number = integer(field.number);
        return visitor_.number(field.number, number);
      }
      case Kind::kReal: {
        auto real = std::bit_cast<double>(in_.read<uint64_t>());
        return visitor_.real(real);
      }
      case Kind::kString: {
        const int16_t length = in_.read<int16_t>();
        if (!is_present(length, is_nullable)) return;
        std::string text(as_text(in_.view(static_cast<size_t>(length))));
        return visitor_.text(text);
      }
      case Kind::kBytes: {
        const int32_t length = in_.read<int32_t>();
        if (!is_present(length, is_nullable)) return;
        Slice bytes = Slice::copy_of(in_.view(static_cast<size_t>(length)));
        return visitor_.bytes(bytes);
      }
      case Kind::kUuid: {
        const uint64_t high = in_.read<uint64_t>();
        Uuid uuid = Uuid::from_words(high, in_.read<uint64_t>());
        return visitor_.uuid(uuid);
      }
      case Kind::kStruct:
        if (is_nullable && !is_present(in_.read<int8_t>(), true)) return;
        return fields_of(field);
    }
  }
  void array(const Field& field, int arrays, bool is_nullable) {
    const int32_t count = in_.read<int32_t>();
    if (!is_present(count, is_nullable)) return;
    if (static_cast<uint32_t>(count) > in_.remaining()) in_.set_failed();
    if (!in_.ok()) return;
    visitor_.begin_array(static_cast<size_t>(count));
    for (int32_t i = 0; i < count && in_.ok(); ++i) value(field, arrays - 1, false);
    visitor_.end_array();
  }
  int64_t integer(const NumberInfo& info) {
    switch (info.bytes) {
      case 1: return info.is_signed ? in_.read<int8_t>() : in_.read<uint8_t>();
      case 2: return info.is_signed ? in_.read<int16_t>() : in_.read<uint16_t>();
      case 4: return info.is_signed ? in_.read<int32_t>() : int64_t{in_.read<uint32_t>()};
      default: return in_.read<int64_t>();
    }
  }
  // Of a length that was just read: negative says null, and fails where null is not legal.
  bool is_present(int64_t length, bool is_nullable) {
    if (length < 0 && !is_nullable) in_.set_failed();
    if (!in_.ok()) return false;
    return !is_nullable || visitor_.present(length >= 0, true);
  }

  ByteReader in_;
  FieldVisitor& visitor_;
};

Result<> PayloadSchema::visit(Bytes payload, FieldVisitor& visitor) const {
  Reader reader(payload, visitor);
  reader.fields_of(root_);
  if (!reader.ok()) return fail(ErrorCode::kCorrupt, "payload of " + name_);
  if (reader.remaining() > 0) return fail(ErrorCode::kCorrupt, "payload too long of " + name_);
  return {};
}

}  // namespace faultline::sim
