// SPDX-License-Identifier: Apache-2.0
// The visitor that fills a Scenario from a JSON tree and reports whatever does not fit the
// description. It goes on after each mistake: the value keeps its default.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "scenarios/schema/json_tree.h"
#include "scenarios/schema/report.h"
#include "scenarios/schema/values.h"
#include "scenarios/schema/visitor.h"

namespace faultline::scenarios {

// Where each value of a scenario stands, by its path ("clients[0].topics[1]").
class Places {
 public:
  void put(const std::string& path, Place place) { places_.emplace(path, place); }
  bool has(const std::string& path) const { return places_.contains(path); }
  // Of the value, or of the nearest thing around it that is in the file.
  Place find(std::string path) const;

 private:
  std::map<std::string, Place> places_;
};

class Reader final : public Visitor {
 public:
  Reader(Report& report, Places& places) : report_(report), places_(places) {}

  // Between these two the keys of the file's root object are visited.
  void begin(const JsonValue& root);
  void end();

  bool fills_in() const override { return true; }
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
  struct Frame {  // an object whose keys are being visited
    const JsonValue* object = nullptr;
    std::string path;
    std::vector<std::string_view> valid;
    std::map<std::string_view, std::string_view> elsewhere;  // key -> what it applies to
    std::map<std::string, std::string> config_keys;          // config name -> short key in the file
  };

  const JsonValue* take(const Key& key);
  const JsonValue* member(std::string_view name);
  std::string path_of(std::string_view key) const;
  void open(const JsonValue& object, std::string path);
  void close();
  void refuse(const JsonValue& value, std::string path, const Complaint& complaint);
  void report_duplicates(const JsonValue& object, const std::string& path);
  // The object that `value` is or stands for; null if it is neither.
  const JsonValue* as_object(const JsonValue& value, std::string_view shorthand,
                             const std::string& path, std::string_view what);
  void read_item(const JsonValue& value, std::string path, std::string_view key, Items& items,
                 const ItemRules& rules);
  template <class T>
  void accept(const JsonValue& value, const std::string& path, const Read<T>& read, T& target) {
    if (read) {
      target = *read;
    } else {
      refuse(value, path, read.error());
    }
  }

  Report& report_;
  Places& places_;
  std::vector<Frame> frames_;
  std::deque<JsonValue> made_;  // objects that a shorthand stands for
};

}  // namespace faultline::scenarios
