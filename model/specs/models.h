// SPDX-License-Identifier: Apache-2.0
// The models that ship, by name.
#pragma once

#include <vector>

#include "model/explore/catalogue.h"

namespace faultline::model {

// In the order in which they are listed.
std::vector<ModelEntry> all_models();

}  // namespace faultline::model
