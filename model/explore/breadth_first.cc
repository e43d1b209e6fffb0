// SPDX-License-Identifier: Apache-2.0
// Breadth-first search on one thread: a queue that is the list of all states.
#include <algorithm>
#include <string>
#include <unordered_map>

#include "model/explore/search.h"

namespace faultline::model {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHeld: return "held";
    case Verdict::kViolated: return "violated";
    case Verdict::kUnknown: return "unknown";
  }
  UNREACHABLE();
}

namespace {

class Search {
 public:
  Search(const Space& space, const SearchOptions& options)
      : space_(space),
        options_(options),
        expander_(space.expander({.symmetry = options.symmetry})) {
    result_.taken.resize(space.info().actions.size());
  }

  SearchResult run() {
    expander_->initial(expansion_);
    for (const Expansion::Item& item : expansion_.items) add(expansion_.packed(item), kNone);
    result_.initial = states_.size();
    size_t level_end = states_.size();
    result_.depth = 1;
    bool is_complete = true;
    for (size_t i = 0; i < states_.size(); ++i) {
      if (i == level_end) {
        if (result_.depth == options_.depth_max) {
          is_complete = false;
          break;
        }
        ++result_.depth;
        level_end = states_.size();
      }
      if (!expand(i)) break;
      if (states_.size() > options_.states_max) {
        is_complete = false;
        break;
      }
    }
    result_.distinct = states_.size();
    if (result_.violations > 0)
      result_.verdict = Verdict::kViolated;
    else if (is_complete)
      result_.verdict = Verdict::kHeld;
    else
      result_.why_unknown = "a limit was reached before all states were";
    return std::move(result_);
  }

 private:
  static constexpr size_t kNone = SIZE_MAX;

  void add(Bytes state, size_t parent) {
    ++result_.generated;
    const auto [place, is_new] = index_.try_emplace(std::string(as_text(state)), states_.size());
    if (is_new) {
      states_.push_back({place->first, parent});
      result_.bytes_packed += state.size();
    }
  }

  bool expand(size_t index) {
    expander_->expand(as_bytes(states_[index].bytes), expansion_);
    const SpaceInfo& info = space_.info();
    if (expansion_.violated >= 0)
      violation(ViolationKind::kInvariant,
                info.invariants[static_cast<size_t>(expansion_.violated)], index, {});
    if (expansion_.is_deadlock) violation(ViolationKind::kDeadlock, "deadlock", index, {});
    result_.cut += expansion_.cut;
    for (const Expansion::Item& item : expansion_.items) {
      ++result_.taken[item.step.action];
      if (item.violated >= 0)
        violation(ViolationKind::kActionProperty,
                  info.action_properties[static_cast<size_t>(item.violated)], index,
                  expansion_.packed(item));
      add(expansion_.packed(item), index);
    }
    return result_.violations == 0 || options_.keep_going;
  }

  void violation(ViolationKind kind, const std::string& name, size_t index, Bytes last) {
    if (++result_.violations > 1) return;
    std::vector<std::vector<uint8_t>> path;
    if (!last.empty()) path.emplace_back(last.begin(), last.end());
    for (size_t i = index; i != kNone; i = states_[i].parent) {
      const Bytes bytes = as_bytes(states_[i].bytes);
      path.emplace_back(bytes.begin(), bytes.end());
    }
    std::ranges::reverse(path);
    result_.counterexample = Counterexample{
        .kind = kind, .property = name, .moments = concrete_run(space_, options_.symmetry, path)};
  }

  struct Stored {
    std::string bytes;
    size_t parent;
  };

  const Space& space_;
  const SearchOptions& options_;
  std::unique_ptr<Expander> expander_;
  Expansion expansion_;
  std::unordered_map<std::string, size_t> index_;
  std::vector<Stored> states_;
  SearchResult result_;
};

}  // namespace

SearchResult search_breadth_first(const Space& space, const SearchOptions& options) {
  return Search(space, options).run();
}

}  // namespace faultline::model
