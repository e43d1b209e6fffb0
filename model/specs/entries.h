// SPDX-License-Identifier: Apache-2.0
// The catalogue's entry of each spec: its variants, its bounds, and how to make it. models.cc lists
// them; the page of each is the .md file beside it, linked in by CMakeLists.txt.
#pragma once

#include <string_view>

#include "model/explore/catalogue.h"

namespace faultline::model {

ModelEntry isr_entry();
ModelEntry async_isr_entry();
ModelEntry leader_election_entry();
ModelEntry fsync_raft_entry();
ModelEntry kraft_entry();
ModelEntry elr_entry();
ModelEntry idempotence_entry();

// The text of model/specs/NAME.md.
std::string_view spec_page(std::string_view name);

// Of parameters that resolve_parameters() has made.
inline unsigned value_of(const Parameters& parameters, std::string_view name) {
  return static_cast<unsigned>(parameters.find(name)->second);
}

}  // namespace faultline::model
