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
      if (variant.violates.empty()) continue;
      const auto space = made(entry, variant.name, {});
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

}  // namespace
}  // namespace faultline::model
