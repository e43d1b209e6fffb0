// SPDX-License-Identifier: Apache-2.0
// Lines for people and for log collectors: `time=... level=info event=broker.started node_id=1
// ...`, one write each, in UTC. A value with blanks, quotes or control characters is quoted as
// JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/base/notation_visitor.h"
#include "broker/env/clock.h"

namespace faultline {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarn, kError };
std::string_view to_string(LogLevel level);

// " key=value".
void append_pair(std::string& out, std::string_view key, std::string_view value);
// Tells every field of an event as such a pair; of an array how many it has, for a line must end.
class PairPrinter final : public FieldVisitor {
 public:
  PairPrinter() : FieldVisitor(0) {}
  std::string take() && { return std::move(out_); }

  void begin_struct() override {}
  void end_struct() override {}
  void enter(const FieldInfo& field) override;
  void leave() override;
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
  void put(std::string_view value);

  std::string out_;
  std::vector<std::string> names_;  // the way to the current field
};

template <class Payload>
std::string pairs_of(Payload payload) {
  PairPrinter printer;
  Codec<Payload>::visit(payload, printer);
  return std::move(printer).take();
}

class LineLog {
 public:
  LineLog(Clock& clock, int file, LogLevel least) : clock_(clock), file_(file), least_(least) {}

  bool wants(LogLevel level) const { return level >= least_; }
  // `pairs` as append_pair made them.
  void write(LogLevel level, std::string_view event, std::string_view pairs = {});
  // One sentence: `event=... text="..."`.
  void say(LogLevel level, std::string_view event, std::string_view text);

 private:
  Clock& clock_;
  const int file_;
  const LogLevel least_;
};

}  // namespace faultline
