// SPDX-License-Identifier: Apache-2.0
// The variants and bounds of the core idempotence, for the command line: each rule that the broker
// has, off.
#include "model/explore/space_of.h"
#include "model/specs/entries.h"
#include "model/specs/idempotence.h"

namespace faultline::model {

namespace {

std::unique_ptr<Space> make(std::string_view variant, const Parameters& parameters) {
  const producer::ProducerRules rules{
      .deduplicate = variant != "b70-appends-duplicates",
      .refuse_sequence_gaps = variant != "b71-accepts-gaps",
      .require_zero_first_sequence = variant != "b72-unknown-producer-starts-anywhere",
      .keep_producer_state_past_deletion = variant != "b73-forgets-with-the-log",
      .clear_window_on_new_epoch = variant != "b75-window-outlives-epoch",
      .fence_older_epochs = variant != "accepts-zombies"};
  const IdempotenceBounds bounds{.producers = value_of(parameters, "P"),
                                 .epochs = value_of(parameters, "E"),
                                 .batches = value_of(parameters, "N"),
                                 .copies = value_of(parameters, "C"),
                                 .restarts = value_of(parameters, "K"),
                                 .deletions = value_of(parameters, "D")};
  return make_space(IdempotenceModel(rules, bounds));
}

}  // namespace

ModelEntry idempotence_entry() {
  return {
      .name = "idempotence",
      .about = "the broker's own idempotence window under retries, copies and restarts",
      .page = spec_page("idempotence"),
      .variants = {{"as-served", "the rules that the broker serves with", ""},
                   {"b70-appends-duplicates", "a repeated batch is appended again", "AppearsOnce"},
                   {"b71-accepts-gaps", "a batch that overtook another is taken", "NoHoles"},
                   {"b72-unknown-producer-starts-anywhere",
                    "the first batch of a producer may have any sequence", "NoHoles"},
                   {"b73-forgets-with-the-log",
                    "deleting the head of the log forgets its producers", "TakesWhatIsNext"},
                   {"b75-window-outlives-epoch",
                    "a new epoch is compared with batches of the old one", "TakesWhatIsNext"},
                   {"accepts-zombies", "a batch of an older epoch is taken", "EpochsNeverFall"}},
      .parameters = {{"P", 1, 1, 2, "producers"},
                     {"E", 2, 1, 2, "epochs of each"},
                     {"N", 3, 1, 7, "batches of each epoch"},
                     {"C", 1, 0, 3, "messages that stay on the network when delivered"},
                     {"K", 1, 0, 3, "restarts of the broker"},
                     {"D", 1, 0, 3, "deletions of the head of the log"}},
      .make = make};
}

}  // namespace faultline::model
