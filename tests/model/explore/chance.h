// SPDX-License-Identifier: Apache-2.0
// RapidCheck's generators of small models, and 10,000 of them for a property.
#pragma once

#include <iostream>
#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/model/explore/reference_search.h"
#include "tests/model/explore/small_graphs.h"
#include "tests/model/explore/small_systems.h"

namespace faultline::model {

inline constexpr int kModels = 10'000;

// Fails the running test with the smallest counterexample if the property is false of one of
// `count` draws. RC_PARAMS still sets the seed.
template <class Property>
void expect_for_many(int count, Property&& property) {
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  params.maxSuccess = count;
  const rc::detail::TestResult result = rc::detail::checkTestable(
      std::forward<Property>(property), rc::detail::TestMetadata(), params);
  std::ostringstream message;
  rc::detail::printResultMessage(result, message);
  if (!result.template is<rc::detail::SuccessResult>()) ADD_FAILURE() << message.str();
}

inline uint8_t below(int limit) { return static_cast<uint8_t>(*rc::gen::inRange(0, limit)); }

inline GraphModel any_graph() {
  GraphModel model;
  model.nodes = static_cast<uint8_t>(1 + below(GraphModel::kNodesMax));
  const auto edges = *rc::gen::inRange(0, 16);
  for (int i = 0; i < edges; ++i)
    model.edges.push_back({below(model.nodes), below(GraphModel::kActions), below(model.nodes)});
  if (below(4) == 0) model.starts.push_back(below(model.nodes));
  model.bad = below(3) == 0 ? static_cast<uint8_t>(1 << below(model.nodes)) : uint8_t{0};
  model.bad_step = below(4) == 0 ? static_cast<uint8_t>(1 << below(model.nodes)) : uint8_t{0};
  model.owing = below(256);
  model.goal = static_cast<uint8_t>(1 << below(model.nodes));
  model.leads_to = below(2) == 1;
  for (uint16_t action = 0; action < GraphModel::kActions; ++action) {
    const uint8_t kind = below(4);
    if (kind == 0) continue;
    Fairness fairness{.strength = kind == 1 ? Strength::kWeak : Strength::kStrong,
                      .action = action};
    if (below(3) == 0) fairness.first_parameter = below(model.nodes);
    model.fair.push_back(fairness);
  }
  return model;
}

inline MemberModel any_members() {
  MemberModel model;
  model.members = static_cast<uint8_t>(2 + below(2));
  const auto rules = *rc::gen::inRange(0, 9);
  for (int i = 0; i < rules; ++i) model.rules.push_back({below(3), below(2), below(3), below(2)});
  if (below(2) == 0) model.bad_sum = below(7);
  return model;
}

inline ProcessModel any_processes() {
  ProcessModel model;
  const auto rules = 6 + below(18);
  for (int i = 0; i < rules; ++i)
    model.rules.push_back({.process = below(3),
                           .local = below(3),
                           .shared = below(6) > 0 ? ProcessModel::kAny : below(3),
                           .local_after = below(3),
                           .shared_after = below(6) > 0 ? ProcessModel::kAny : below(3)});
  if (below(4) > 0) model.bad_local = below(3);
  model.bad_shared = below(3);
  return model;
}

}  // namespace faultline::model
