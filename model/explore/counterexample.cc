// SPDX-License-Identifier: Apache-2.0
// Counterexamples: from stored states back to a run of the model, and as text.
#include "model/explore/counterexample.h"

#include <algorithm>

#include <fmt/format.h>

namespace faultline::model {
namespace {

using Moment = Counterexample::Moment;

std::vector<uint8_t> copy_of(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

bool is_equal(Bytes left, Bytes right) { return std::ranges::equal(left, right); }

// The first item of the expansion that is, renamed to its least, the wanted state.
const Expansion::Item* find_item(Expander& expander, const Expansion& expansion, Bytes wanted) {
  std::vector<uint8_t> canonical;
  for (const Expansion::Item& item : expansion.items) {
    expander.canonical(expansion.packed(item), canonical);
    if (is_equal(canonical, wanted)) return &item;
  }
  return nullptr;
}

std::string changes_text(const Fields& before, const Fields& after) {
  std::string text;
  for (const Change& change : changes_between(before, after)) {
    if (!text.empty()) text += "; ";
    text += change.field + ": ";
    if (change.before) text += *change.before + " -> ";
    text += change.after.value_or("gone");
  }
  return text;
}

std::string state_text(const Fields& fields) {
  std::string text;
  for (const Fields::Field& field : fields.all())
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", field.name, field.value);
  return text;
}

}  // namespace

std::vector<Moment> concrete_run(const Space& space, bool symmetry,
                                 const std::vector<std::vector<uint8_t>>& path) {
  const std::unique_ptr<Expander> expander = space.expander({});
  Expansion expansion;
  std::vector<Moment> run;
  for (const std::vector<uint8_t>& wanted : path) {
    if (run.empty())
      expander->initial(expansion);
    else
      expander->expand(run.back().state, expansion);
    const Expansion::Item* item = nullptr;
    if (symmetry) {
      item = find_item(*expander, expansion, wanted);
    } else {
      const auto found = std::ranges::find_if(expansion.items, [&](const Expansion::Item& each) {
        return is_equal(expansion.packed(each), wanted);
      });
      if (found != expansion.items.end()) item = &*found;
    }
    ASSERT(item != nullptr);  // else a permutation does not commute with the model's steps
    run.push_back({item->step, copy_of(expansion.packed(*item))});
  }
  return run;
}

std::vector<Change> changes_between(const Fields& before, const Fields& after) {
  const auto find = [](const Fields& fields, const std::string& name) {
    const auto found = std::ranges::find(fields.all(), name, &Fields::Field::name);
    return found == fields.all().end() ? nullptr : &*found;
  };
  std::vector<Change> changes;
  for (const Fields::Field& field : after.all()) {
    const Fields::Field* old = find(before, field.name);
    if (old == nullptr)
      changes.push_back({field.name, std::nullopt, field.value});
    else if (old->value != field.value)
      changes.push_back({field.name, old->value, field.value});
  }
  for (const Fields::Field& field : before.all())
    if (find(after, field.name) == nullptr) changes.push_back({field.name, field.value, {}});
  return changes;
}

std::string counterexample_text(const Space& space, const Counterexample& counterexample) {
  const std::unique_ptr<Expander> expander = space.expander({});
  std::string text;
  Fields before;
  for (size_t i = 0; i < counterexample.moments.size(); ++i) {
    const Moment& moment = counterexample.moments[i];
    const Fields fields = expander->describe(moment.state);
    if (i == 0)
      text += fmt::format("{:4}  {}  {}\n", i, "initially", state_text(fields));
    else
      text += fmt::format("{:4}  {}  {}\n", i, expander->step_text(moment.step),
                          changes_text(before, fields));
    before = fields;
  }
  if (counterexample.loop && *counterexample.loop == counterexample.steps())
    text += "      and there it stops for ever\n";
  else if (counterexample.loop)
    text += fmt::format("      and again from {}, for ever\n", *counterexample.loop);
  return text;
}

}  // namespace faultline::model
