// SPDX-License-Identifier: Apache-2.0
// The variants and bounds of the core idempotence, for the command line: each rule that the broker
// has, off.
#include <array>

#include "model/explore/space_of.h"
#include "model/specs/entries.h"
#include "model/specs/idempotence.h"
#include "model/specs/idempotence_schedule.h"

namespace faultline::model {

namespace {

constexpr std::array kMutants = {
    IdempotenceMutant{"b70-appends-duplicates", "a repeated batch is appended again", "AppearsOnce",
                      "deduplicate", &producer::ProducerRules::deduplicate, "no-duplicates"},
    IdempotenceMutant{"b71-accepts-gaps", "a batch that overtook another is taken", "NoHoles",
                      "refuse_sequence_gaps", &producer::ProducerRules::refuse_sequence_gaps,
                      "ordered-sends"},
    IdempotenceMutant{"b72-unknown-producer-starts-anywhere",
                      "the first batch of a producer may have any sequence", "NoHoles",
                      "require_zero_first_sequence",
                      &producer::ProducerRules::require_zero_first_sequence, "ordered-sends"},
    IdempotenceMutant{
        "b73-forgets-with-the-log", "deleting the head of the log forgets its producers",
        "TakesWhatIsNext", "keep_producer_state_past_deletion",
        &producer::ProducerRules::keep_producer_state_past_deletion, "live-after-heal"},
    IdempotenceMutant{"b75-window-outlives-epoch",
                      "a new epoch is compared with batches of the old", "TakesWhatIsNext",
                      "clear_window_on_new_epoch",
                      &producer::ProducerRules::clear_window_on_new_epoch, "consistent-offsets"},
    IdempotenceMutant{"accepts-zombies", "a batch of an older epoch is taken", "EpochsNeverFall",
                      "fence_older_epochs", &producer::ProducerRules::fence_older_epochs,
                      "ordered-sends"}};

std::unique_ptr<Space> make(std::string_view variant, const Parameters& parameters) {
  producer::ProducerRules rules;
  for (const IdempotenceMutant& mutant : idempotence_mutants())
    if (mutant.variant == variant) rules.*mutant.off = false;
  const IdempotenceBounds bounds{.producers = value_of(parameters, "P"),
                                 .epochs = value_of(parameters, "E"),
                                 .batches = value_of(parameters, "N"),
                                 .sends = value_of(parameters, "S"),
                                 .copies = value_of(parameters, "C"),
                                 .restarts = value_of(parameters, "K"),
                                 .deletions = value_of(parameters, "D")};
  return make_space(IdempotenceModel(rules, bounds));
}

}  // namespace

std::span<const IdempotenceMutant> idempotence_mutants() { return kMutants; }

ModelEntry idempotence_entry() {
  std::vector<VariantInfo> variants = {{"as-served", "the rules that the broker serves with", ""}};
  for (const IdempotenceMutant& mutant : idempotence_mutants())
    variants.push_back({mutant.variant, mutant.about, mutant.violates});
  return {.name = "idempotence",
          .about = "the broker's own idempotence window under retries, copies and restarts",
          .page = spec_page("idempotence"),
          .variants = std::move(variants),
          .parameters = {{"P", 1, 1, 2, "producers"},
                         {"E", 2, 1, 2, "epochs of each"},
                         {"N", 3, 1, 7, "batches of each epoch"},
                         {"S", 28, 1, 28, "batches of all of them together"},
                         {"C", 1, 0, 3, "messages that stay on the network when delivered"},
                         {"K", 1, 0, 3, "restarts of the broker"},
                         {"D", 1, 0, 3, "deletions of the head of the log"}},
          .make = make};
}

}  // namespace faultline::model
