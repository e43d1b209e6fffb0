// SPDX-License-Identifier: Apache-2.0
// What a message says of itself: its fields as a flat list, and as text for documents and trace
// files.
//
//   FetchRequest 4-18, flexible from 12
//     replica_id int32, 0-14
//     topics []
//       topic string, 0-12
#pragma once

#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/base/notation_visitor.h"

namespace faultline {

struct SchemaField {
  int depth = 0;  // 0: a field of the message itself; fields of a struct follow it one deeper
  FieldInfo info;
  std::string type;  // "int32", "string", "bytes", "uuid", "bool", "float64", "struct", "[]" before
                     // elements

  std::string to_string() const;
};

class SchemaVisitor final : public FieldVisitor {
 public:
  SchemaVisitor() : FieldVisitor(kAllVersions) {}
  std::vector<SchemaField> take() && { return std::move(fields_); }

  void begin_struct() override;
  void end_struct() override { --depth_; }
  void enter(const FieldInfo& field) override { fields_.push_back({depth_, field, ""}); }
  void leave() override {}
  bool present(bool, bool) override { return true; }
  size_t begin_array(size_t) override {
    note("[]");
    return 1;
  }
  void end_array() override {}
  void number(const NumberInfo& info, int64_t&) override;
  void boolean(bool&) override { note("bool"); }
  void real(double&) override { note("float64"); }
  void text(std::string&) override { note("string"); }
  void bytes(Slice&) override { note("bytes"); }
  void uuid(Uuid&) override { note("uuid"); }

 private:
  void note(std::string_view type) { fields_.back().type += type; }

  std::vector<SchemaField> fields_;
  int depth_ = -1;
};

std::string schema_text(const MessageSpec& spec, const std::vector<SchemaField>& fields);

template <class M>
std::vector<SchemaField> schema_of() {
  M message;
  SchemaVisitor visitor;
  Codec<M>::visit(message, visitor);
  return std::move(visitor).take();
}
template <class M>
std::string schema_text() {
  return schema_text(M::kSpec, schema_of<M>());
}

}  // namespace faultline
