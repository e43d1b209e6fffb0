// SPDX-License-Identifier: Apache-2.0
// The variants and bounds of the spec isr, for the command line.
#include "model/explore/space_of.h"
#include "model/specs/entries.h"
#include "model/specs/isr.h"

namespace faultline::model {

namespace {

IsrRules older(IsrTruncation truncation) {
  return {.truncation = truncation,
          .compares_current_epoch = false,
          .expand_after_epoch_start = truncation == IsrTruncation::kOnFetch,
          .fence_truncation = false,
          .fence_high_watermark = false,
          .fence_fetch = false,
          .fence_expand = false};
}

IsrRules rules_of(std::string_view variant) {
  if (variant == "high-watermark") return older(IsrTruncation::kHighWatermark);
  if (variant == "kip-101") return older(IsrTruncation::kEpochEnd);
  if (variant == "kip-279") return older(IsrTruncation::kTailMatch);
  if (variant == "kip-320-first-try") return older(IsrTruncation::kOnFetch);
  return {.expand_after_epoch_start = variant != "m1-isr-expand-before-epoch-start",
          .fence_truncation = variant != "m2-unfenced-truncation",
          .fence_high_watermark = variant != "m3-unfenced-high-watermark",
          .fence_fetch = variant != "m4-unfenced-fetch",
          .fence_expand = variant != "m5-unfenced-expand"};
}

std::unique_ptr<Space> make(std::string_view variant, const Parameters& parameters) {
  const IsrBounds bounds{.replicas = value_of(parameters, "R"),
                         .slots = value_of(parameters, "L"),
                         .records = value_of(parameters, "N"),
                         .last_epoch = value_of(parameters, "E"),
                         .weak = value_of(parameters, "weak") == 1};
  return make_space(IsrModel(rules_of(variant), bounds));
}

}  // namespace

ModelEntry isr_entry() {
  return {
      .name = "isr",
      .about = "replication of a partition: truncation, high watermark, in-sync replicas",
      .page = spec_page("isr"),
      .variants =
          {{"kip-320", "the protocol of today: everything is fenced by the leader epoch", ""},
           {"high-watermark", "followers truncate to their high watermark (KIP-101)", "StrongIsr"},
           {"kip-101", "by leader epoch, undefined where the leader has none", "StrongIsr"},
           {"kip-279", "by leader epoch, exactly; fetches are not fenced", "StrongIsr"},
           {"kip-320-first-try", "a fetch proves the last record's epoch only", "WeakIsr"},
           {"m1-isr-expand-before-epoch-start", "joins the ISR too early (KAFKA-7128)",
            "StrongIsr"},
           {"m2-unfenced-truncation", "truncates by a leader of another epoch", "StrongIsr"},
           {"m3-unfenced-high-watermark", "counts followers of another epoch", "StrongIsr"},
           {"m4-unfenced-fetch", "copies from another epoch; StrongIsr breaks at L=3,N=3,E=3 only",
            "WeakIsr"},
           {"m5-unfenced-expand", "adds followers of another epoch to the ISR", "StrongIsr"}},
      .parameters = {{"R", 3, 1, 3, "replicas"},
                     {"L", 2, 1, 4, "slots of a log"},
                     {"N", 2, 0, 4, "records ever written"},
                     {"E", 2, 0, 3, "last leader epoch; the first is 0"},
                     {"weak", 1, 0, 1, "check WeakIsr too"}},
      .make = make};
}

}  // namespace faultline::model
