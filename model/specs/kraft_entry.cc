// SPDX-License-Identifier: Apache-2.0
// The variants and bounds of the spec kraft, for the command line.
#include "model/explore/space_of.h"
#include "model/specs/entries.h"
#include "model/specs/kraft.h"

namespace faultline::model {

namespace {

std::unique_ptr<Space> make(std::string_view variant, const Parameters& parameters) {
  const KraftRules rules{.commit_own_epoch_only = variant != "b51-commits-older-epoch",
                         .diverging_fetch_not_counted = variant != "b08-diverging-fetch-counts",
                         .votes_start_anew = variant != "b57-pre-votes-count",
                         .one_change_at_a_time = variant != "b54-changes-pipelined",
                         .disk_is_identity = variant != "b55-reused-identity",
                         .fetch_times_out = variant != "b56-trusts-silent-leader"};
  const KraftBounds bounds{.servers = value_of(parameters, "R"),
                           .voters = std::min(value_of(parameters, "V"), value_of(parameters, "R")),
                           .epochs = value_of(parameters, "E"),
                           .records = value_of(parameters, "N"),
                           .changes = value_of(parameters, "C"),
                           .restarts = value_of(parameters, "K"),
                           .disks = value_of(parameters, "D")};
  return make_space(Kraft(rules, bounds));
}

}  // namespace

ModelEntry kraft_entry() {
  return {
      .name = "kraft",
      .about = "Kafka's Raft: followers pull, pre-votes, voters come and go",
      .page = spec_page("kraft"),
      .variants = {{"kip-996", "pull-Raft with pre-vote and change of voters", ""},
                   {"b57-pre-votes-count", "pre-votes are taken for votes", "OneLeaderPerEpoch"},
                   {"b08-diverging-fetch-counts", "a fetch that must truncate counts as an ack",
                    ""},
                   {"b51-commits-older-epoch",
                    "a majority holding an older epoch's record commits it; breaks at E=4", ""},
                   {"b54-changes-pipelined",
                    "voters change again before the last change is committed; at C=2", ""},
                   {"b55-reused-identity", "who lost its disk is the same voter still; at D=1", ""},
                   {"b56-trusts-silent-leader",
                    "a follower that fetched once never doubts its leader; at K=1", ""}},
      .parameters = {{"R", 3, 1, 3, "servers"},
                     {"V", 3, 1, 3, "of them are voters in the beginning"},
                     {"E", 2, 1, 5, "epochs; E+N+C is at most 5"},
                     {"N", 1, 0, 3, "records written by clients"},
                     {"C", 0, 0, 3, "changes of the voters"},
                     {"K", 0, 0, 3, "restarts"},
                     {"D", 0, 0, 3, "lost disks"}},
      .make = make};
}

}  // namespace faultline::model
