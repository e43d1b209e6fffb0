// SPDX-License-Identifier: Apache-2.0
// Graphviz of a state graph: nodes in breadth-first order, one edge for each step.
#include "model/explore/graph.h"

#include <map>
#include <vector>

#include <fmt/format.h>

namespace faultline::model {
namespace {

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

class Drawing {
 public:
  Drawing(const Space& space, bool symmetry) : expander_(space.expander({.symmetry = symmetry})) {}

  Result<std::string> draw(size_t states_max) {
    text_ = "digraph states {\n  node [shape=box, fontname=monospace];\n";
    expander_->initial(expansion_);
    for (const Expansion::Item& item : expansion_.items) number_of(expansion_.packed(item));
    const size_t initial = states_.size();
    for (size_t i = 0; i < states_.size(); ++i) {
      if (states_.size() > states_max)
        return fail(ErrorCode::kTooLarge,
                    fmt::format("more than {} states; choose smaller parameters", states_max));
      draw_state(i, i < initial);
    }
    return text_ + "}\n";
  }

 private:
  size_t number_of(Bytes state) {
    const std::vector<uint8_t> key(state.begin(), state.end());
    const auto [place, is_new] = numbers_.try_emplace(key, states_.size());
    if (is_new) states_.push_back(key);
    return place->second;
  }

  void draw_state(size_t number, bool is_initial) {
    const std::vector<uint8_t> state = states_[number];
    expander_->expand(state, expansion_);
    std::string label;
    const Fields fields = expander_->describe(state);
    for (const Fields::Field& field : fields.all())
      label += fmt::format("{}: {}\n", field.name, field.value);
    text_ += fmt::format("  s{} [label={}{}{}];\n", number, quoted(label),
                         is_initial ? ", penwidth=3" : "",
                         expansion_.violated >= 0 ? ", color=red" : "");
    for (const Expansion::Item& item : expansion_.items)
      text_ += fmt::format(
          "  s{} -> s{} [label={}{}];\n", number, number_of(expansion_.packed(item)),
          quoted(expander_->step_text(item.step)), item.violated >= 0 ? ", color=red" : "");
  }

  std::unique_ptr<Expander> expander_;
  Expansion expansion_;
  std::map<std::vector<uint8_t>, size_t> numbers_;
  std::vector<std::vector<uint8_t>> states_;
  std::string text_;
};

}  // namespace

Result<std::string> graphviz(const Space& space, bool symmetry, size_t states_max) {
  return Drawing(space, symmetry).draw(states_max);
}

}  // namespace faultline::model
