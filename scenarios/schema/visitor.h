// SPDX-License-Identifier: Apache-2.0
// The shape of the one description of a scenario file (description.h): each key is said once, as
// one call of a Visitor with its name, its sentence, its bounds and the C++ member that holds it.
// Reader, Writer and Outline are visitors, so parser, printer, JSON schema and documents cannot
// differ. A key's default is what its member holds before the visit.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/metadata/config_defs.h"
#include "scenarios/scenario.h"

namespace faultline::scenarios {

struct Key {
  std::string_view name;
  std::string_view doc;  // one sentence
  bool required = false;
  bool applies = true;              // to the item at hand; elsewhere the key is an error
  std::string_view applies_to{};    // in words: "producers"; empty: to all
  std::string_view other_name{};    // of a list that may have one item: "topic" beside "topics"
  std::string_view default_text{};  // where the default depends on another key
  bool is_default = false;          // and this visit's value is that default
  std::string_view shorthand{};     // of an object: a bare value stands for this key alone
};

struct Bounds {
  int64_t min = INT64_MIN;
  int64_t max = INT64_MAX;
};

struct Word {  // a value of an enumeration
  std::string_view name;
  std::string_view doc;
};

// What a text value names: checked after reading (references.h).
enum class Names : uint8_t { kAnything, kNewId, kNode, kTopic, kRack, kFileEnd };

class Visitor;

// A list or map of items under description.
class Items {
 public:
  virtual ~Items() = default;
  virtual size_t size() const = 0;
  virtual std::string key(size_t index) const = 0;  // of a map
  virtual void add(std::string_view key) = 0;       // a default item at the end
  virtual void visit(size_t index, Visitor& visitor) = 0;
  virtual void visit_default(std::string_view key, Visitor& visitor) = 0;
};

struct ItemRules {
  std::string_view item;  // "broker"
  size_t count_min = 0;
  size_t count_max = 1000;
  bool is_map = false;
  std::string_view key_doc{};    // of a map
  std::span<const Word> keys{};  // of a map with known keys; empty: any
  std::string_view shorthand{};  // a bare value stands for an object with this key alone
};

class Visitor {
 public:
  virtual ~Visitor() = default;

  // Whether defaults that depend on other keys are to be filled in before a key is visited.
  virtual bool fills_in() const { return false; }

  virtual void boolean(const Key& key, bool& value) = 0;
  virtual void integer(const Key& key, int64_t& value, Bounds bounds) = 0;
  virtual void text(const Key& key, std::string& value, Names names) = 0;
  virtual void texts(const Key& key, std::vector<std::string>& value, Names names) = 0;
  virtual void duration(const Key& key, Duration& value, Bounds bounds) = 0;
  // `none` is the word for no duration at all.
  virtual void duration_or(const Key& key, std::optional<Duration>& value, std::string_view none,
                           Bounds bounds) = 0;
  virtual void size(const Key& key, int64_t& value, Bounds bounds) = 0;
  virtual void size_range(const Key& key, SizeRange& value, Bounds bounds) = 0;
  virtual void rate(const Key& key, Rate& value) = 0;
  virtual void ratio(const Key& key, Ratio& value) = 0;
  virtual void latency(const Key& key, Latency& value) = 0;
  // One of two keys: a fixed instant, or a pair [first, last] to draw from.
  virtual void when(const Key& at, const Key& between, Duration& first, Duration& last) = 0;
  // A value that one of the words names, by index; a selector decides which later keys apply.
  virtual void word(const Key& key, int& value, std::span<const Word> words, bool selector) = 0;
  virtual void words(const Key& key, std::vector<std::string>& value,
                     std::span<const Word> words) = 0;
  virtual void partitions(const Key& key, std::vector<AssignedPartition>& value) = 0;
  virtual void configs(const Key& key, ConfigValues& values,
                       std::span<const metadata::ConfigDef> defs) = 0;
  // A short key for one config.
  virtual void config(const Key& key, ConfigValues& values, const metadata::ConfigDef& def) = 0;
  // A fixed text or number that only the file cares about.
  virtual void constant(const Key& key, std::string_view value) = 0;

  virtual bool begin_object(const Key& key) = 0;  // false: skip its keys and end_object()
  virtual void end_object() = 0;
  virtual void items(const Key& key, Items& items, const ItemRules& rules) = 0;

  // Conveniences with types.
  template <class Enum>
  void choice(const Key& key, Enum& value, std::span<const Word> names, bool selector = false) {
    int index = static_cast<int>(value);
    word(key, index, names, selector);
    value = static_cast<Enum>(index);
  }
  template <class T>
  void list(const Key& key, std::vector<T>& value, void (*describe)(Visitor&, T&),
            const ItemRules& rules);
  template <class T>
  void map(const Key& key, std::vector<T>& value, void (*describe)(Visitor&, T&),
           void (*set_key)(T&, std::string_view), std::string (*get_key)(const T&),
           const ItemRules& rules);
};

template <class T>
class ItemsOf final : public Items {
 public:
  ItemsOf(std::vector<T>& items, void (*describe)(Visitor&, T&),
          void (*set_key)(T&, std::string_view) = nullptr,
          std::string (*get_key)(const T&) = nullptr)
      : items_(items), describe_(describe), set_key_(set_key), get_key_(get_key) {}

  size_t size() const override { return items_.size(); }
  std::string key(size_t index) const override {
    return get_key_ ? get_key_(items_[index]) : std::string();
  }
  void add(std::string_view key) override { items_.push_back(made(key)); }
  void visit(size_t index, Visitor& visitor) override { describe_(visitor, items_[index]); }
  void visit_default(std::string_view key, Visitor& visitor) override {
    T item = made(key);
    describe_(visitor, item);
  }

 private:
  T made(std::string_view key) const {
    T item{};
    if (set_key_ != nullptr) set_key_(item, key);
    return item;
  }

  std::vector<T>& items_;
  void (*describe_)(Visitor&, T&);
  void (*set_key_)(T&, std::string_view);
  std::string (*get_key_)(const T&);
};

template <class T>
void Visitor::list(const Key& key, std::vector<T>& value, void (*describe)(Visitor&, T&),
                   const ItemRules& rules) {
  ItemsOf<T> access(value, describe);
  items(key, access, rules);
}

template <class T>  // NOLINTNEXTLINE(readability-function-size): all about one list
void Visitor::map(const Key& key, std::vector<T>& value, void (*describe)(Visitor&, T&),
                  void (*set_key)(T&, std::string_view), std::string (*get_key)(const T&),
                  const ItemRules& rules) {
  ItemsOf<T> access(value, describe, set_key, get_key);
  items(key, access, rules);
}

}  // namespace faultline::scenarios
