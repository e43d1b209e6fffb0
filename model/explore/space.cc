// SPDX-License-Identifier: Apache-2.0
#include "model/explore/space.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace faultline::model {

std::string default_step_text(const std::vector<ActionInfo>& actions, const Step& step) {
  const ActionInfo& action = actions[step.action];
  std::string text = action.name;
  if (step.count == 0) return text;
  text += '(';
  for (size_t i = 0; i < step.count; ++i) {
    if (i > 0) text += ", ";
    if (i < action.parameters.size()) text += action.parameters[i] + ' ';
    text += std::to_string(step.parameters[i]);
  }
  return text + ')';
}

std::vector<Permutation> all_permutations(const std::vector<SymmetricSet>& sets) {
  std::vector<std::vector<std::vector<uint8_t>>> combinations = {{}};
  for (const SymmetricSet& set : sets) {
    ASSERT(set.size >= 0 && set.size <= 8);
    std::vector<uint8_t> image(static_cast<size_t>(set.size));
    std::iota(image.begin(), image.end(), uint8_t{0});
    std::vector<std::vector<std::vector<uint8_t>>> longer;
    do {
      for (std::vector<std::vector<uint8_t>> combination : combinations) {
        combination.push_back(image);
        longer.push_back(std::move(combination));
      }
    } while (std::ranges::next_permutation(image).found);
    combinations = std::move(longer);
  }
  std::vector<Permutation> all;
  for (std::vector<std::vector<uint8_t>>& combination : combinations)
    all.emplace_back(std::move(combination));
  return all;
}

}  // namespace faultline::model
