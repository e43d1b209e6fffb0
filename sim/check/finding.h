// SPDX-License-Identifier: Apache-2.0
// What checkers say: findings about records, and a verdict of three values per property and for the
// run. "Unknown" is an honest answer: the run proved nothing about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/env/probe.h"

namespace faultline::sim {

enum class Verdict : uint8_t { kHeld, kViolated, kUnknown };
std::string_view to_string(Verdict verdict);

struct Finding {
  enum class Kind : uint8_t {
    kViolation,      // a promise was broken
    kPermittedLoss,  // acked records are gone, and no promise covered what happened
    kReuse,          // offsets were given out again after a loss
    kNote,           // worth knowing, neither good nor bad
  };
  Kind kind = Kind::kViolation;
  std::string subject;      // "orders-0@41", "orders-0@41..57"
  int64_t since_ns = 0;     // when it became true
  int64_t detected_ns = 0;  // when an event showed it
  std::string expected;
  std::string observed;
  std::vector<EventId> events;  // that prove it, oldest first
};
std::string_view to_string(Finding::Kind kind);

// One property that was checked: a stable id, a name, and one sentence.
struct Property {
  std::string_view id;    // "H1"
  std::string_view name;  // "one value per offset"
  std::string_view meaning;
};

struct PropertyResult {
  Property property;
  Verdict verdict = Verdict::kUnknown;
  uint64_t checks = 0;  // how often the run put it to the test
  uint64_t violations = 0;
  uint64_t permitted = 0;         // records lost with permission
  std::vector<Finding> findings;  // the first of each kind; more are only counted
};

}  // namespace faultline::sim
