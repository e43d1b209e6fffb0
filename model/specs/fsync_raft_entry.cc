// SPDX-License-Identifier: Apache-2.0
// The variants and bounds of the spec fsync-raft, for the command line.
#include "model/explore/space_of.h"
#include "model/specs/entries.h"
#include "model/specs/fsync_raft.h"

namespace faultline::model {

namespace {

std::unique_ptr<Space> make(std::string_view variant, const Parameters& parameters) {
  const bool none = variant == "recovery-instead-of-fsync" || variant == "b14-no-fsync";
  const FsyncRaftRules rules{
      .follower_syncs_before_ack = !none && variant != "b50-follower-acks-unsynced",
      .leader_syncs_before_count = !none && variant != "b50-leader-counts-unsynced",
      .leader_syncs_before_append = variant == "eager-leader",
      .vote_is_durable = variant != "b48-vote-not-durable",
      .vote_survives_append = variant != "b47-vote-erased",
      .leader_resigns_on_restart = variant != "b49-leader-resumes",
      .recovers_before_voting = variant == "recovery-instead-of-fsync"};
  const FsyncRaftBounds bounds{.servers = value_of(parameters, "R"),
                               .terms = value_of(parameters, "T"),
                               .slots = value_of(parameters, "L"),
                               .records = value_of(parameters, "N"),
                               .losses = value_of(parameters, "P")};
  return make_space(FsyncRaft(rules, bounds));
}

}  // namespace

ModelEntry fsync_raft_entry() {
  return {
      .name = "fsync-raft",
      .about = "which fsyncs a replicated log needs when its servers lose power",
      .page = spec_page("fsync_raft"),
      .variants =
          {{"lazy-leader", "sync before an ack and before counting oneself", ""},
           {"eager-leader", "the leader syncs before it sends, too", ""},
           {"recovery-instead-of-fsync", "no fsync; who lost power catches up before it votes", ""},
           {"b14-no-fsync", "no fsync, and nothing instead", "CommittedSurvives"},
           {"b50-follower-acks-unsynced", "a follower acks what is in memory only",
            "CommittedSurvives"},
           {"b50-leader-counts-unsynced", "the leader counts its own memory", "CommittedSurvives"},
           {"b48-vote-not-durable", "a vote is forgotten in a loss of power", "OneLeaderPerTerm"},
           {"b47-vote-erased", "an append makes a follower forget its vote", "OneLeaderPerTerm"},
           {"b49-leader-resumes", "a leader goes on in its term after a restart",
            "OneRecordPerPlace"}},
      .parameters = {{"R", 3, 1, 3, "servers"},
                     {"T", 2, 1, 3, "terms"},
                     {"L", 2, 1, 3, "slots of a log"},
                     {"N", 2, 0, 3, "records ever written"},
                     {"P", 1, 0, 3, "losses of power"}},
      .make = make};
}

}  // namespace faultline::model
