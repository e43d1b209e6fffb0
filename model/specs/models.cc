// SPDX-License-Identifier: Apache-2.0
#include "model/specs/models.h"

#include "model/explore/space_of.h"
#include "model/specs/entries.h"
#include "model/specs/two_phase_commit.h"

namespace faultline::model {
namespace {

ModelEntry two_phase_commit() {
  return {
      .name = "two-phase-commit",
      .about = "resource managers prepare, a transaction manager decides",
      .page =
          "Each resource manager prepares or aborts on its own. The transaction manager may\n"
          "commit once all have prepared, and abort at any time before; the managers learn it.\n"
          "A manager that aborted on its own and one that committed must never meet.\n",
      .variants = {{"correct", "waits until all have prepared", ""},
                   {"hasty", "commits when the first has prepared", "Consistent"}},
      .parameters = {{"N", 3, 1, 8, "resource managers"}},
      .make = [](std::string_view variant, const Parameters& parameters) {
        return make_space(TwoPhaseCommit{
            .managers = static_cast<size_t>(parameters.find("N")->second),
            .waits_for_all = variant == "correct",
        });
      }};
}

}  // namespace

std::vector<ModelEntry> all_models() {
  return {two_phase_commit(), isr_entry(),   async_isr_entry(), leader_election_entry(),
          fsync_raft_entry(), kraft_entry(), elr_entry(),       idempotence_entry()};
}

}  // namespace faultline::model
