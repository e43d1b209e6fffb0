// SPDX-License-Identifier: Apache-2.0
// Schemas as text.
#include "broker/base/notation_schema.h"

namespace faultline {
namespace {

std::string range(int from, int to) {
  if (from == to) return std::to_string(from);
  return std::to_string(from) + (to == kAnyLater ? "+" : "-" + std::to_string(to));
}

}  // namespace

void SchemaVisitor::begin_struct() {
  if (depth_ >= 0) note("struct");
  ++depth_;
}

void SchemaVisitor::number(const NumberInfo& info, int64_t&) {
  note((info.is_signed ? "int" : "uint") + std::to_string(8 * info.bytes));
}

std::string SchemaField::to_string() const {
  std::string text = std::string(info.name) + " " + type;
  if (info.from != 0 || info.to != kAnyLater) text += ", " + range(info.from, info.to);
  if (info.nullable_from != kAnyLater) text += ", nullable " + range(info.nullable_from, kAnyLater);
  if (info.tag >= 0) text += ", tag " + std::to_string(info.tag);
  return text;
}

std::string schema_text(const MessageSpec& spec, const std::vector<SchemaField>& fields) {
  std::string text = std::string(spec.name) + " " + range(spec.min, spec.max);
  if (spec.first_flexible <= spec.max) {
    text += ", flexible from " + std::to_string(spec.first_flexible);
  }
  text += "\n";
  for (const SchemaField& field : fields) {
    text.append(2 * static_cast<size_t>(field.depth) + 2, ' ');
    text += field.to_string() + "\n";
  }
  return text;
}

}  // namespace faultline
