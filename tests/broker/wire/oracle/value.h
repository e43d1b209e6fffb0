// SPDX-License-Identifier: Apache-2.0
// A message as a tree of values, its encoding and decoding by interpretation of the definition,
// random trees, and the tree as JSON. Slow and plain on purpose.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/broker/wire/oracle/schema.h"

namespace oracle {

struct Value {
  bool is_null = false;
  int64_t number = 0;  // integers and bools
  double real = 0;
  std::string bytes;         // strings, bytes, UUIDs
  std::vector<Value> items;  // elements, or the fields of a struct in the order of the definition

  bool operator==(const Value&) const = default;
};

// A small deterministic generator of its own.
class Chance {
 public:
  explicit Chance(uint64_t seed) : state_(seed) {}
  uint64_t next();
  uint64_t below(uint64_t limit) { return next() % limit; }

 private:
  uint64_t state_;
};

Value random_value(const Message& message, int version, Chance& chance);

std::string encode(const Message& message, int version, const Value& value);

// Throws std::runtime_error on malformed bytes; sets `used` to where the message ended.
Value decode(const Message& message, int version, const std::string& bytes, size_t& used);

// One line of JSON with snake_case names: bytes in hexadecimal, UUIDs as Kafka prints them; only
// the fields of this version.
std::string to_json(const Message& message, int version, const Value& value);

}  // namespace oracle
