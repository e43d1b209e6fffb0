// SPDX-License-Identifier: Apache-2.0
// Events of a recorded run by index and by id, decoded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/env/emit.h"
#include "sim/trace/print.h"
#include "sim/trace/run_file.h"

namespace faultline::why {

class RunEvents {
 public:
  // Requires a complete run, which outlives this.
  explicit RunEvents(const sim::RunFile& run) : run_(run), index_(run.events), printer_(run) {}

  uint64_t size() const { return run_.events.end_index(); }
  sim::EventView at(uint64_t index) const { return run_.events.at(index); }
  EventHeader header(uint64_t index) const { return at(index).header; }
  std::optional<uint64_t> find(EventId id) const;

  // The payload; none when the event is of another kind.
  template <class Payload>
  std::optional<Payload> as(uint64_t index) const {
    const sim::EventView event = at(index);
    if (event.header.kind != Payload::kType.id) return std::nullopt;
    Result<Payload> payload = decode_event<Payload>(event.payload);
    if (!payload) return std::nullopt;
    return std::move(*payload);
  }

  // The event and what led to it, newest first, by causes alone; at most `count_max`.
  std::vector<uint64_t> causes_of(uint64_t index, size_t count_max) const;
  std::string node_name(int32_t node) const { return printer_.node_name(node); }

 private:
  const sim::RunFile& run_;
  sim::EventIndex index_;
  sim::EventPrinter printer_;
};

}  // namespace faultline::why
