// SPDX-License-Identifier: Apache-2.0
// The variants and bounds of the spec leader-election, for the command line.
#include "model/explore/space_of.h"
#include "model/specs/entries.h"
#include "model/specs/leader_election.h"

namespace faultline::model {

ModelEntry leader_election_entry() {
  return {.name = "leader-election",
          .about = "nodes in a ring elect the one with the largest number (Dolev, Klawe, Rodeh)",
          .page = spec_page("leader_election"),
          .variants = {{"ordered", "channels deliver in order", ""},
                       {"unordered", "a channel may deliver a later message first", "LargestWins"},
                       {"silent", "who learns the winner tells nobody", "deadlock"}},
          .parameters = {{"N", 4, 2, LeaderElection::kNodesMax, "nodes"}},
          .make = [](std::string_view variant, const Parameters& parameters) {
            return make_space(LeaderElection(value_of(parameters, "N"), variant != "unordered",
                                             variant != "silent"));
          }};
}

}  // namespace faultline::model
