// SPDX-License-Identifier: Apache-2.0
// The visitor that turns a Scenario back into a JSON tree, without the keys that hold their
// default; and the printer of such trees.
#pragma once

#include <string>
#include <vector>

#include "scenarios/schema/json_tree.h"
#include "scenarios/schema/visitor.h"

namespace faultline::scenarios {

class Writer final : public Visitor {
 public:
  enum class Mode : uint8_t {
    kAll,      // every key that applies, with its value
    kPruned,   // list items lose what a default item of their kind holds
    kDefault,  // of a default item whose selector is given
  };
  explicit Writer(Mode mode, int selector = 0);

  JsonValue take() { return std::move(stack_.front()); }

  void boolean(const Key& key, bool& value) override;
  void integer(const Key& key, int64_t& value, Bounds bounds) override;
  void text(const Key& key, std::string& value, Names names) override;
  void texts(const Key& key, std::vector<std::string>& value, Names names) override;
  void duration(const Key& key, Duration& value, Bounds bounds) override;
  void duration_or(const Key& key, std::optional<Duration>& value, std::string_view none,
                   Bounds bounds) override;
  void size(const Key& key, int64_t& value, Bounds bounds) override;
  void size_range(const Key& key, SizeRange& value, Bounds bounds) override;
  void rate(const Key& key, Rate& value) override;
  void ratio(const Key& key, Ratio& value) override;
  void latency(const Key& key, Latency& value) override;
  void when(const Key& at, const Key& between, Duration& first, Duration& last) override;
  void word(const Key& key, int& value, std::span<const Word> words, bool selector) override;
  void words(const Key& key, std::vector<std::string>& value, std::span<const Word> words) override;
  void partitions(const Key& key, std::vector<AssignedPartition>& value) override;
  void configs(const Key& key, ConfigValues& values,
               std::span<const metadata::ConfigDef> defs) override;
  void config(const Key& key, ConfigValues& values, const metadata::ConfigDef& def) override;
  void constant(const Key& key, std::string_view value) override;
  bool begin_object(const Key& key) override;
  void end_object() override;
  void items(const Key& key, Items& items, const ItemRules& rules) override;

 private:
  void put(const Key& key, JsonValue value);

  Mode mode_;
  int selector_;
  int seen_selector_ = 0;
  std::vector<JsonValue> stack_;        // objects under construction
  std::vector<std::string> names_;      // and the keys that they will have
  std::vector<std::string> shortened_;  // configs that a short key has printed
};

// Takes from `value` every member that `fallback` has with the same value, inside objects too.
void prune(JsonValue& value, const JsonValue& fallback);

// The file that to_json() prints.
JsonValue to_json_tree(const Scenario& scenario);

// Two spaces a level; what fits into 100 columns stays on one line.
std::string print_json(const JsonValue& value);

JsonValue json_text(std::string text);
JsonValue json_integer(int64_t value);
JsonValue json_boolean(bool value);

}  // namespace faultline::scenarios
