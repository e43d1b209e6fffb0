// SPDX-License-Identifier: Apache-2.0
// The state graph of a small space in Graphviz's language, to look at.
#pragma once

#include <string>

#include "broker/base/result.h"
#include "model/explore/space.h"

namespace faultline::model {

// States that violate an invariant are red. Errors: kTooLarge when there are more than
// `states_max`.
Result<std::string> graphviz(const Space& space, bool symmetry, size_t states_max);

}  // namespace faultline::model
