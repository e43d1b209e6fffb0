// SPDX-License-Identifier: Apache-2.0
// The variants and bounds of the spec async-isr, for the command line.
#include "model/explore/space_of.h"
#include "model/specs/async_isr.h"
#include "model/specs/entries.h"

namespace faultline::model {

namespace {

std::unique_ptr<Space> make(std::string_view variant, const Parameters& parameters) {
  const AsyncIsrRules rules{.maximal_isr = variant != "b09-nonmaximal-isr",
                            .check_version = variant != "b18-stale-request",
                            .remember_all_proposals = variant != "forgets-older-proposals",
                            .join_at_high_watermark = variant != "expands-below-high-watermark",
                            .learn_what_was_accepted = variant != "b18-lost-answer"};
  const AsyncIsrBounds bounds{.replicas = value_of(parameters, "R"),
                              .last_offset = value_of(parameters, "O"),
                              .last_version = value_of(parameters, "V")};
  return make_space(AsyncIsrModel(rules, bounds));
}

}  // namespace

ModelEntry async_isr_entry() {
  return {
      .name = "async-isr",
      .about = "a leader and its controller agree on the in-sync replicas by messages (KIP-497)",
      .page = spec_page("async_isr"),
      .variants = {{"kip-497", "commits wait for the maximal ISR: known and proposed members", ""},
                   {"b09-nonmaximal-isr", "commits wait for the known ISR only",
                    "ValidHighWatermark"},
                   {"b18-stale-request", "the controller accepts a proposal on an old version",
                    "ValidHighWatermark"},
                   {"forgets-older-proposals", "only the last proposal counts as pending",
                    "ValidHighWatermark"},
                   {"expands-below-high-watermark", "proposes a member that is behind",
                    "HighWatermarkNeverFalls"},
                   {"b18-lost-answer", "the leader learns of its own proposals by the answer only",
                    "LeaderCatchesUp"}},
      .parameters = {{"R", 3, 2, 4, "replicas; 0 leads"},
                     {"O", 2, 1, 7, "records ever written"},
                     {"V", 4, 1, 5, "versions of the partition"}},
      .make = make};
}

}  // namespace faultline::model
