// SPDX-License-Identifier: Apache-2.0
// Events as text: one line each for people, one JSON object each for tools. Needs only the run's
// own type table.
//
//      12.345678901 b1    log.appended         b1:42 <- c1:7   topic: "orders", partition: 0, ...
//   {"index":91,"time_ns":12345678901,"node":1,"kind":"log.appended","id":"1:42",...,"payload":{...}}
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/trace/payload.h"
#include "sim/trace/run_file.h"

namespace faultline::sim {

// "12.345678901": seconds with all nanoseconds.
std::string time_text(int64_t time_ns);

// A run's names of nodes are in RunInfo::more, under the key "node:<number>".
std::string node_key(int32_t node);

class EventPrinter {
 public:
  // `run` outlives the printer.
  explicit EventPrinter(const RunFile& run);

  std::string line(const EventView& event) const;
  // `index` is the event's place in the run.
  std::string json(uint64_t index, const EventView& event) const;

  std::string node_name(int32_t node) const;
  // By name, or by number.
  std::optional<int32_t> find_node(std::string_view text) const;
  // "b1:42"; "-" for none.
  std::string id_text(EventId id) const;
  // The fields of the payload for people: `topic: "orders", partition: 0`; hexadecimal digits where
  // the schema does not fit.
  std::string payload_text(const EventView& event) const;

 private:
  const RunFile& run_;
  std::map<uint16_t, PayloadSchema> schemas_;
  std::map<int32_t, std::string> node_names_;
};

}  // namespace faultline::sim
