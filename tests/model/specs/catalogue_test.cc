// SPDX-License-Identifier: Apache-2.0
// Goal: no spec says less than it seems to. Method: over the variants of each model every action is
// taken, and what the catalogue says a variant violates is what the explorer finds at the default
// bounds.
#include <map>
#include <set>

#include "model/explore/liveness.h"
#include "model/specs/entries.h"
#include "tests/model/specs/recorded.h"

namespace faultline::model {
namespace {

std::unique_ptr<Space> made(const ModelEntry& entry, std::string_view variant,
                            const std::vector<std::string>& bounds) {
  const auto parameters = resolve_parameters(entry, bounds);
  return parameters ? entry.make(variant, *parameters) : nullptr;
}

TEST(CatalogueTest, every_action_is_taken_in_some_variant) {
  // The parameters that are 0 by default take actions away.
  const std::map<std::string_view, std::vector<std::string>> bounds = {
      {"kraft", {"E=2,N=1,K=1,D=1", "E=1,N=0,C=2"}}};
  for (const ModelEntry& entry : all_models()) {
    std::set<std::string> never;
    for (const ActionInfo& action : made(entry, entry.variants[0].name, {})->info().actions)
      never.insert(action.name);
    std::vector<std::unique_ptr<Space>> spaces;
    for (const VariantInfo& variant : entry.variants)
      if (!bounds.contains(entry.name)) spaces.push_back(made(entry, variant.name, {}));
    if (bounds.contains(entry.name))
      for (const std::string& set : bounds.at(entry.name))
        spaces.push_back(made(entry, entry.variants[0].name, {set}));
    for (const auto& space : spaces) {
      const SearchResult found = search_breadth_first(
          *space, {.symmetry = !space->info().symmetry.empty(), .states_max = 50'000});
      for (size_t action = 0; action < found.taken.size(); ++action)
        if (found.taken[action] > 0) never.erase(space->info().actions[action].name);
    }
    EXPECT_THAT(never, testing::IsEmpty()) << entry.name;
  }
}

TEST(CatalogueTest, each_variant_violates_what_is_said_of_it) {
  for (const ModelEntry& entry : all_models())
    for (const VariantInfo& variant : entry.variants) {
      const auto space = made(entry, variant.name, {});
      if (variant.violates.empty()) {
        const bool symmetry = !space->info().symmetry.empty();
        EXPECT_EQ(search_breadth_first(*space, {.symmetry = symmetry}).verdict, Verdict::kHeld)
            << entry.name << " " << variant.name;
        continue;
      }
      SearchResult found = search_breadth_first(*space, {});
      if (found.verdict == Verdict::kHeld) found = check_liveness(*space, {});
      ASSERT_EQ(found.verdict, Verdict::kViolated) << entry.name << " " << variant.name;
      EXPECT_EQ(found.counterexample->property, variant.violates) << entry.name << variant.name;
    }
}

TEST(CatalogueTest, each_model_has_a_page_that_names_its_variants) {
  for (const ModelEntry& entry : all_models()) {
    EXPECT_FALSE(entry.page.empty()) << entry.name;
    if (entry.name == "two-phase-commit" || entry.name == "idempotence") continue;
    for (const VariantInfo& variant : entry.variants)
      EXPECT_NE(entry.page.find("`" + std::string(variant.name) + "`"), std::string_view::npos)
          << entry.name << " " << variant.name;
  }
}

// What a state leads to, by the least of the names that it may have.
std::set<std::vector<uint8_t>> renamed_successors(Expander& expander, const Expansion& expansion) {
  std::set<std::vector<uint8_t>> states;
  std::vector<uint8_t> least;
  for (const Expansion::Item& item : expansion.items) {
    expander.canonical(expansion.packed(item), least);
    states.insert(least);
  }
  return states;
}

RC_GTEST_PROP(CatalogueTest, renaming_what_is_symmetric_changes_nothing, ()) {
  const auto entries = all_models();
  const ModelEntry& entry = entries[*rc::gen::inRange<size_t>(0, entries.size())];
  const size_t variant = *rc::gen::inRange<size_t>(0, entry.variants.size());
  const auto space = made(entry, entry.variants[variant].name, {});
  if (space->info().symmetry.empty()) return;
  const auto expander = space->expander({});
  Expansion expansion;
  Expansion of_renamed;
  expander->initial(expansion);
  for (const uint32_t choice :
       *rc::gen::container<std::vector<uint32_t>>(40, rc::gen::arbitrary<uint32_t>())) {
    if (expansion.items.empty()) return;
    const Bytes taken = expansion.packed(expansion.items[choice % expansion.items.size()]);
    const std::vector<uint8_t> state(taken.begin(), taken.end());
    std::vector<uint8_t> renamed;
    expander->canonical(state, renamed);
    expander->expand(renamed, of_renamed);
    expander->expand(state, expansion);
    RC_ASSERT(expansion.violated == of_renamed.violated);
    RC_ASSERT(expansion.items.size() == of_renamed.items.size());
    RC_ASSERT(renamed_successors(*expander, expansion) ==
              renamed_successors(*expander, of_renamed));
  }
}

}  // namespace
}  // namespace faultline::model
