// SPDX-License-Identifier: Apache-2.0
// Payloads read by the schema that their file carries: any event can be printed by a program that
// never had its struct. A schema is the text of broker/base/notation_schema.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/notation_visitor.h"
#include "broker/base/result.h"

namespace faultline::sim {

class PayloadSchema {
 public:
  // Errors: kCorrupt names the line. Tagged fields and flexible versions are kUnsupported: events
  // have none.
  static Result<PayloadSchema> parse(std::string_view text);

  // Tells the visitor every field of `payload`. Errors: kCorrupt when the bytes do not fit; the
  // visitor has then seen the part that did.
  Result<> visit(Bytes payload, FieldVisitor& visitor) const;

  const std::string& name() const { return name_; }
  int version() const { return version_; }

 private:
  enum class Kind : uint8_t { kBool, kInteger, kReal, kString, kBytes, kUuid, kStruct };
  struct Field {
    std::string name;
    Kind kind = Kind::kInteger;
    NumberInfo number;
    int arrays = 0;  // how many [] are in front
    bool is_in_version = true;
    bool is_nullable = false;
    std::vector<Field> fields;  // of a struct
  };
  class Reader;

  static Result<Field> parse_field(std::string_view line, int version);

  std::string name_;
  int version_ = 0;
  Field root_;
};

}  // namespace faultline::sim
