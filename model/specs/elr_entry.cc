// SPDX-License-Identifier: Apache-2.0
// The variants and bounds of the spec elr, for the command line.
#include "model/explore/space_of.h"
#include "model/specs/elr.h"
#include "model/specs/entries.h"

namespace faultline::model {

namespace {

std::unique_ptr<Space> make(std::string_view variant, const Parameters& parameters) {
  const bool old = variant == "b13-last-replica-standing";
  const ElrRules rules{.keeps_eligible = !old,
                       .commits_at_min_isr_only = !old && variant != "commits-below-min-isr",
                       .detects_unclean = !old && variant != "b36-unclean-undetected",
                       .checks_broker_epoch = variant != "b11-stale-broker-epoch",
                       .clears_eligible = variant != "keeps-eligible-for-ever",
                       .elects_eligible = variant != "ignores-eligible"};
  const ElrBounds bounds{.brokers = value_of(parameters, "R"),
                         .min_isr = value_of(parameters, "M"),
                         .epochs = value_of(parameters, "E"),
                         .records = value_of(parameters, "N"),
                         .losses = value_of(parameters, "P"),
                         .stops = value_of(parameters, "S")};
  return make_space(Elr(rules, bounds));
}

}  // namespace

ModelEntry elr_entry() {
  return {.name = "elr",
          .about = "who may lead after brokers lost what was not on disk (KIP-966)",
          .page = spec_page("elr"),
          .variants = {{"kip-966", "eligible leader replicas", ""},
                       {"b13-last-replica-standing", "Kafka before: the last in sync may lead",
                        "EligibleHaveCommitted"},
                       {"b36-unclean-undetected", "who lost power comes back as if it had not",
                        "EligibleHaveCommitted"},
                       {"b11-stale-broker-epoch", "a fetch before a restart counts after it",
                        "EligibleHaveCommitted"},
                       {"commits-below-min-isr", "commits while too few are in sync",
                        "EligibleHaveCommitted"},
                       {"keeps-eligible-for-ever", "eligible replicas are not forgotten in time",
                        "SetsAreValid"},
                       {"ignores-eligible", "elects members of the in-sync set only",
                        "SomeEligibleLeads"}},
          .parameters = {{"R", 3, 1, 3, "brokers"},
                         {"M", 2, 1, 3, "min.insync.replicas"},
                         {"E", 3, 1, 7, "leader epochs"},
                         {"N", 2, 0, 4, "records ever written"},
                         {"P", 2, 0, 3, "losses of power"},
                         {"S", 1, 0, 3, "stops in good order"}},
          .make = make};
}

}  // namespace faultline::model
