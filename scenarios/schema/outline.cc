// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/outline.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/schema/description.h"
#include "scenarios/schema/json_tree.h"
#include "scenarios/schema/units.h"

namespace faultline::scenarios {

namespace {

class Outliner final : public Visitor {
 public:
  explicit Outliner(int selector = 0) : selector_(selector) {
    stack_.push_back({.kind = KeyKind::kObject});
  }

  OutlineKey take() { return std::move(stack_.front()); }
  const std::vector<std::string>& applicable() const { return applicable_; }

  void boolean(const Key& key, bool& value) override {
    add(key, KeyKind::kBoolean, value ? "true" : "false");
  }
  void integer(const Key& key, int64_t& value, Bounds bounds) override {
    add(key, KeyKind::kInteger, std::to_string(value)).bounds = bounds;
  }
  void text(const Key& key, std::string& value, Names) override {
    add(key, KeyKind::kText, value.empty() ? "" : json_quoted(value));
  }
  void texts(const Key& key, std::vector<std::string>&, Names) override {
    add(key, KeyKind::kTexts, "");
  }
  void duration(const Key& key, Duration& value, Bounds bounds) override {
    add(key, KeyKind::kDuration, json_quoted(format_duration(value))).bounds = bounds;
  }
  void duration_or(const Key& key, std::optional<Duration>& value, std::string_view none,
                   Bounds bounds) override {
    OutlineKey& added = add(key, KeyKind::kDuration,
                            json_quoted(value ? format_duration(*value) : std::string(none)));
    added.bounds = bounds;
    added.none = none;
  }
  void size(const Key& key, int64_t& value, Bounds bounds) override {
    add(key, KeyKind::kSize, json_quoted(format_size(value))).bounds = bounds;
  }
  void size_range(const Key& key, SizeRange& value, Bounds bounds) override {
    add(key, KeyKind::kSizeRange, json_quoted(format_size(value.min))).bounds = bounds;
  }
  void rate(const Key& key, Rate& value) override {
    add(key, KeyKind::kRate, json_quoted(format_rate(value)));
  }
  void ratio(const Key& key, Ratio& value) override {
    add(key, KeyKind::kRatio, json_quoted(format_ratio(value)));
  }
  void latency(const Key& key, Latency& value) override {
    add(key, KeyKind::kLatency,
        fmt::format("{{ \"p50\": \"{}\", \"p99\": \"{}\" }}", format_duration(value.p50),
                    format_duration(value.p99)));
  }
  void when(const Key& at, const Key& between, Duration&, Duration&) override {
    Key one_of_two = at;
    one_of_two.required = false;
    add(one_of_two, KeyKind::kDuration, "");
    one_of_two = between;
    one_of_two.required = false;
    add(one_of_two, KeyKind::kWindow, "");
  }
  void word(const Key& key, int& value, std::span<const Word> words, bool selector) override {
    if (selector) value = selector_;
    const bool has_default = value >= 0 && !key.required;
    OutlineKey& added =
        add(key, KeyKind::kWord,
            has_default ? json_quoted(words[static_cast<size_t>(value)].name) : std::string());
    added.words.assign(words.begin(), words.end());
    if (selector) stack_.back().selector = key.name;
  }
  void words(const Key& key, std::vector<std::string>&, std::span<const Word> words) override {
    OutlineKey& added = add(key, KeyKind::kWords, "[]");
    added.words.assign(words.begin(), words.end());
  }
  void partitions(const Key& key, std::vector<AssignedPartition>&) override {
    add(key, KeyKind::kPartitions, "");
  }
  void configs(const Key& key, ConfigValues&, std::span<const metadata::ConfigDef> defs) override {
    OutlineKey& added = add(key, KeyKind::kConfigs, "{}");
    for (const metadata::ConfigDef& def : defs) added.configs.push_back(&def);
  }
  void config(const Key& key, ConfigValues&, const metadata::ConfigDef& def) override {
    add(key, KeyKind::kConfig, std::string(def.default_value.value_or(""))).configs.push_back(&def);
  }
  void constant(const Key& key, std::string_view value) override {
    add(key, KeyKind::kConstant, "").constant = value;
  }
  bool begin_object(const Key& key) override {
    OutlineKey object = add(key, KeyKind::kObject, "");
    stack_.push_back(std::move(object));
    return true;
  }
  void end_object() override {
    OutlineKey object = std::move(stack_.back());
    stack_.pop_back();
    stack_.back().keys.back() = std::move(object);
  }
  void items(const Key& key, Items& items, const ItemRules& rules) override;

 private:
  OutlineKey& add(const Key& key, KeyKind kind, std::string default_text) {
    if (key.applies && stack_.size() == 1) applicable_.emplace_back(key.name);
    OutlineKey made{.name = std::string(key.name),
                    .kind = kind,
                    .doc = std::string(key.doc),
                    .default_text = key.required               ? std::string()
                                    : key.default_text.empty() ? std::move(default_text)
                                                               : std::string(key.default_text),
                    .applies_to = std::string(key.applies_to),
                    .other_name = std::string(key.other_name),
                    .shorthand = std::string(key.shorthand),
                    .required = key.required};
    return stack_.back().keys.emplace_back(std::move(made));
  }

  int selector_;
  std::vector<OutlineKey> stack_;
  std::vector<std::string> applicable_;
};

// The keys of the same item under another selector.
void merge(std::vector<OutlineKey>& keys, const std::vector<OutlineKey>& more) {
  for (const OutlineKey& key : more) {
    const auto found = std::ranges::find(keys, key.name, &OutlineKey::name);
    if (found == keys.end()) {
      keys.push_back(key);
      continue;
    }
    found->required = found->required || key.required;
    for (const metadata::ConfigDef* def : key.configs) {
      const auto is_same = [&](const metadata::ConfigDef* d) { return d->name == def->name; };
      if (std::ranges::none_of(found->configs, is_same)) found->configs.push_back(def);
    }
  }
}

void Outliner::items(const Key& key, Items& items, const ItemRules& rules) {
  OutlineKey& added = add(key, rules.is_map ? KeyKind::kMap : KeyKind::kList,
                          rules.count_min > 0 ? ""
                          : rules.is_map      ? "{}"
                                              : "[]");
  added.words.assign(rules.keys.begin(), rules.keys.end());
  added.count_min = rules.count_min;
  added.count_max = rules.count_max;
  added.shorthand = rules.shorthand;
  added.key_doc = rules.key_doc;
  size_t variants = std::max<size_t>(rules.keys.size(), 1);
  for (size_t i = 0; i < variants; ++i) {
    Outliner one(static_cast<int>(i));
    items.visit_default(rules.keys.empty() ? "" : rules.keys[i].name, one);
    OutlineKey item = one.take();
    added.selector = item.selector;
    merge(added.keys, item.keys);
    if (!item.selector.empty()) {
      const auto selector = std::ranges::find(item.keys, item.selector, &OutlineKey::name);
      variants = selector->words.size();
      added.variants.emplace_back(selector->words[i].name, one.applicable());
    } else if (!rules.keys.empty()) {
      added.variants.emplace_back(rules.keys[i].name, one.applicable());
    }
  }
}

}  // namespace

OutlineKey outline() {
  Outliner outliner;
  Scenario scenario;
  describe(outliner, scenario);
  return outliner.take();
}

}  // namespace faultline::scenarios
