// SPDX-License-Identifier: Apache-2.0
// The top of a scenario file, its topics and what it expects; cluster, clients and faults have
// files of their own.
#include "scenarios/schema/description.h"

#include <array>

namespace faultline::scenarios {

namespace {

constexpr Word kProperties[] = {
    {"gapless-offsets", "The offsets of a partition have no gap, and each has one record (I7)."},
    {"read-your-acks", "A consumer that reads past an acknowledged offset sees that record (R1)."},
    {"acked-durable", "What an acknowledgement promised is on disk as its settings say (S1)."},
    {"legal-recovery", "Recovery gives back a prefix of what was written, and all durable (S2)."},
    {"consistent-offsets", "Nobody sees two different records at one offset (H1)."},
    {"no-lost-writes", "No acknowledged record is missing from what is read to the end (H2)."},
    {"no-duplicates", "An idempotent producer's record is in the log once (H3)."},
    {"ordered-sends", "A producer's records of a partition are in the order of its sends (H4)."},
    {"found-by-time", "A search by time finds the first record that is late enough (H5)."},
    {"high-watermark-in-log", "The high watermark is within the log, also after recovery (I5)."},
    {"legal-retention", "Retention deletes only what is old enough or too much (S4)."},
    {"failed-means-absent", "A record whose send failed for certain is in no log (H6)."},
    {"live-after-heal", "When all faults are healed, producing and reading go on (L1)."},
    {"fault-budget", "A plan in budget loses nothing, one over budget nothing in silence (B1)."},
};

constexpr Word kRules[] = {
    {"fence_on_fsync_error", "A log that sees an fsync fail accepts nothing more (B31)."},
    {"distrust_cache_after_fsync_error",
     "After a failed fsync recovery believes the platter, not the page cache (B31)."},
    {"delete_clean_marker_on_start", "The clean-shutdown marker is deleted once read (B32)."},
    {"mark_clean_only_if_loaded", "Only a fully loaded directory is marked as clean (B32)."},
    {"verify_crc_on_recovery", "Recovery checks the checksum of each batch (B33)."},
    {"stop_at_first_bad_batch", "Recovery ends the log at the first bad batch (B33)."},
    {"sync_directory_after_create", "The directory of a new file is synced (B34)."},
    {"sync_snapshot_before_rename", "A checkpoint is synced before it replaces the old (B35)."},
    {"clamp_high_watermark_to_log_end", "No high watermark exceeds the recovered log (B37)."},
    {"bound_retention_by_broker_clock", "Retention trusts no clock that runs ahead (B39)."},
    {"one_retention_predicate", "Every reason to delete a segment passes one test (B40)."},
    {"recover_last_flushed_segment", "Recovery checks the segment that ends at its start, too."},
    {"rebuild_index_if_invalid", "An index that contradicts its segment is built anew (B42)."},
    {"scan_batch_for_timestamp", "A search by time looks at the records of a batch (B42)."},
    {"deduplicate", "A batch that an idempotent producer sends again is not appended again."},
    {"refuse_sequence_gaps", "A batch whose predecessor is missing is refused."},
    {"require_zero_first_sequence", "A producer's first batch has sequence 0."},
    {"keep_producer_state_past_deletion", "Retention does not forget a producer's sequences."},
    {"clear_window_on_new_epoch", "A new epoch of a producer starts with an empty window."},
    {"fence_older_epochs", "A batch of an older epoch of a producer is refused."},
    {"first_batch_goes_alone", "A producer waits for the ack of its first batch (B72)."},
    {"retries_keep_order", "Batches that are sent again go in their order (B72)."},
    {"give_up_batch_in_doubt", "A batch that may be there is not sent again under a new epoch."},
};

constexpr Word kSchedules[] = {
    {"fifo", "What became ready first runs first."},
    {"random", "The seed picks among all that is ready."},
};

constexpr Word kVerdicts[] = {
    {"held", "Every property held, and the run put it to the test."},
    {"violated", "A property was violated."},
    {"unknown", "The run proved nothing."},
};

constexpr Word kPermittedLosses[] = {
    {"none", "No run may lose an acknowledged record, permitted or not."},
    {"allowed", "A run may lose what its settings did not promise to keep."},
    {"some", "At least one run of a campaign must show a permitted loss."},
};

void describe_topic(Visitor& v, Topic& topic) {
  v.integer({.name = "partitions", .doc = "How many partitions it has."}, topic.partitions,
            {1, 10'000});
  v.integer({.name = "replication", .doc = "How many brokers keep a copy of each partition."},
            topic.replication, {1, 32});
  v.configs({.name = "config", .doc = "Kafka's topic configuration, by Kafka's names."},
            topic.config, metadata::topic_config_defs());
}

void describe_expectation(Visitor& v, Expectation& expect) {
  v.choice({.name = "verdict", .doc = "How each run must end."}, expect.verdict, kVerdicts);
  int violated = -1;
  for (size_t i = 0; i < std::size(kProperties); ++i) {
    if (kProperties[i].name == expect.violated) violated = static_cast<int>(i);
  }
  v.word({.name = "violated", .doc = "The property that must be violated.", .default_text = "any"},
         violated, kProperties, /*selector=*/false);
  if (violated >= 0) expect.violated = kProperties[violated].name;
  v.choice({.name = "permitted_loss",
            .doc = "What to think of lost records whose loss their settings permitted."},
           expect.permitted_loss, kPermittedLosses);
  v.ratio({.name = "unknown_share_max", .doc = "Share of the seeds that may prove nothing."},
          expect.unknown_share_max);
}

}  // namespace

std::span<const Word> property_words() { return kProperties; }

// Each sentence ends with it: "... (H3)."
std::string_view property_id(std::string_view name) {
  for (const Word& word : kProperties) {
    if (word.name != name) continue;
    const size_t open = word.doc.rfind('(');
    return word.doc.substr(open + 1, word.doc.size() - open - 3);
  }
  return name;
}

std::span<const Word> rule_words() { return kRules; }

void describe(Visitor& v, Scenario& scenario) {
  v.constant({.name = "$schema", .doc = "Where an editor finds the JSON schema; ignored."}, "");
  v.constant({.name = "version", .doc = "Version of this format."}, "1");
  v.text({.name = "name",
          .doc = "What the scenario is called.",
          .default_text = "the file's name without .json"},
         scenario.name, Names::kAnything);
  v.text({.name = "notes", .doc = "What the scenario shows; for people."}, scenario.notes,
         Names::kAnything);
  int64_t seed = static_cast<int64_t>(scenario.seed);
  v.integer({.name = "seed", .doc = "Where the run's randomness comes from, unless --seed says."},
            seed, {0, INT64_MAX});
  scenario.seed = static_cast<uint64_t>(seed);
  if (v.begin_object({.name = "until", .doc = "When the run ends."})) {
    v.duration({.name = "time", .doc = "How long clients work and faults happen."}, scenario.time,
               {.min = 1'000'000, .max = kTime.max});
    v.duration({.name = "settle",
                .doc = "Then faults are healed, and all must work again within this time."},
               scenario.settle, kTime);
    v.end_object();
  }
  v.choice({.name = "schedule", .doc = "Who runs first when several things are ready at once."},
           scenario.schedule, kSchedules);
  if (v.begin_object({.name = "cluster", .doc = "What is simulated.", .required = true})) {
    describe_cluster(v, scenario.cluster);
    v.end_object();
  }
  v.map<Topic>(
      {.name = "topics", .doc = "The topics, by name; they exist when clients start."},
      scenario.topics, describe_topic,
      [](Topic& topic, std::string_view name) { topic.name = name; },
      [](const Topic& topic) { return topic.name; },
      {.item = "topic", .is_map = true, .key_doc = "The topic's name."});
  v.list<Client>({.name = "clients", .doc = "Who writes and reads."}, scenario.clients,
                 describe_client, {.item = "client", .count_max = 100});
  describe_faults(v, scenario);
  v.words({.name = "properties", .doc = "What to judge.", .default_text = "all"},
          scenario.properties, kProperties);
  v.words({.name = "rules_off",
           .doc = "Safety rules that the broker breaks in this run, to see what they are for."},
          scenario.rules_off, kRules);
  if (v.begin_object({.name = "expect",
                      .doc = "How runs must end, which makes the scenario a regression test.",
                      .shorthand = "verdict"})) {
    describe_expectation(v, scenario.expect);
    v.end_object();
  }
}

}  // namespace faultline::scenarios
