// SPDX-License-Identifier: Apache-2.0
// Messages of the notation as text: JSON for tools (exact: enums as numbers, bytes in hexadecimal,
// UUIDs in Kafka's base64), or one short line for logs and people (enums by name, long bytes cut).
#pragma once

#include <string>

#include "broker/base/notation.h"
#include "broker/base/notation_visitor.h"

namespace faultline {

enum class PrintStyle : uint8_t { kJson, kLine };

class Printer final : public FieldVisitor {
 public:
  Printer(int version, PrintStyle style) : FieldVisitor(version), style_(style) {}
  std::string take() && { return std::move(out_); }

  void begin_struct() override;
  void end_struct() override;
  void enter(const FieldInfo& field) override;
  void leave() override {}
  bool present(bool is_present, bool null_is_legal) override;
  size_t begin_array(size_t count) override;
  void end_array() override;
  void number(const NumberInfo& info, int64_t& value) override;
  void boolean(bool& value) override;
  void real(double& value) override;
  void text(std::string& value) override;
  void bytes(Slice& value) override;
  void uuid(Uuid& value) override;

 private:
  // The comma before an element of an array; fields have theirs from enter().
  void separate();
  void open(char bracket);
  void close(char bracket);
  void put(std::string_view text);

  PrintStyle style_;
  std::string out_;
  bool first_ = true;      // nothing yet in the innermost bracket
  bool in_field_ = false;  // a name was written, its value comes next
};

// Writes `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

template <class M>
std::string print(const M& message, int version, PrintStyle style) {
  Printer printer(version, style);
  Codec<M>::visit(const_cast<M&>(message), printer);  // a Printer changes nothing
  return std::move(printer).take();
}
template <class M>
std::string to_json(const M& message, int version) {
  return print(message, version, PrintStyle::kJson);
}
template <class M>
std::string to_line(const M& message, int version) {
  return print(message, version, PrintStyle::kLine);
}

}  // namespace faultline
