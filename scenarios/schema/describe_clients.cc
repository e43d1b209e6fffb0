// SPDX-License-Identifier: Apache-2.0
// The keys of one of "clients".
#include "broker/base/assert.h"
#include "scenarios/schema/description.h"

namespace faultline::scenarios {

namespace {

constexpr Word kTypes[] = {
    {"producer", "Writes records at a rate and remembers what was acknowledged."},
    {"consumer", "Reads its partitions, and goes on as they grow."},
    {"script", "An idempotent producer whose every request is laid down in `deliveries`."},
};

constexpr Word kArrivals[] = {
    {"random", "At random moments, as the requests of many users do (a Poisson process)."},
    {"even", "At equal distances, the first at `start`."},
};

constexpr Word kDistributions[] = {
    {"none", "Null keys."},
    {"sequence", "Keys 0 to count - 1, over and over."},
    {"uniform", "Any of `count` keys."},
    {"zipf", "Any of `count` keys, the r-th most frequent with weight 1/r."},
};

constexpr std::string_view kProducers = "producers";
constexpr std::string_view kConsumers = "consumers";
constexpr std::string_view kScripts = "scripts";

struct ShortKey {
  std::string_view key;
  std::string_view config;
  std::string_view doc;
};

constexpr ShortKey kShortKeys[] = {
    {"acks", "acks", "Short for config.acks."},
    {"idempotence", "enable.idempotence", "Short for config.\"enable.idempotence\"."},
    {"linger", "linger.ms", "Short for config.\"linger.ms\"."},
    {"batch_size", "batch.size", "Short for config.\"batch.size\"."},
    {"compression", "compression.type", "Short for config.\"compression.type\"."},
};

void describe_producer(Visitor& v, Client& client, bool applies) {
  v.rate({.name = "rate",
          .doc = "How many records it sends, on average.",
          .applies = applies,
          .applies_to = kProducers},
         client.rate);
  v.choice({.name = "arrivals",
            .doc = "When its records come.",
            .applies = applies,
            .applies_to = kProducers},
           client.arrivals, kArrivals);
  if (v.begin_object({.name = "keys",
                      .doc = "The keys of its records.",
                      .applies = applies,
                      .applies_to = kProducers})) {
    v.choice({.name = "distribution", .doc = "Which key the next record has."},
             client.keys.distribution, kDistributions);
    v.integer({.name = "count", .doc = "How many keys there are."}, client.keys.count,
              {1, 1'000'000'000});
    v.end_object();
  }
  v.size_range({.name = "value_size",
                .doc = "Bytes of a value, or [least, most].",
                .applies = applies,
                .applies_to = kProducers},
               client.value_size, {.min = 24, .max = 64 << 20});
  for (const ShortKey& key : kShortKeys) {
    const auto* def = metadata::find_config(client_config_defs(ClientType::kProducer), key.config);
    ASSERT(def != nullptr);
    v.config({.name = key.key, .doc = key.doc, .applies = applies, .applies_to = kProducers},
             client.config, *def);
  }
}

void describe_delivery(Visitor& v, Delivery& delivery) {
  v.duration({.name = "at", .doc = "When the request is sent.", .required = true}, delivery.at,
             kTime);
  v.integer({.name = "epoch", .doc = "Epoch of the producer: which instance of it sends."},
            delivery.epoch, {0, 100});
  v.integer({.name = "sequence", .doc = "Which batch of that instance it is.", .required = true},
            delivery.sequence, {0, 1000});
  v.boolean({.name = "answered", .doc = "Whether the producer hears the answer."},
            delivery.answered);
}

void describe_script(Visitor& v, Client& client, bool applies) {
  v.integer({.name = "producer_id",
             .doc = "The id under which it writes.",
             .applies = applies,
             .applies_to = kScripts},
            client.producer_id, {0, INT64_MAX});
  v.list<Delivery>({.name = "deliveries",
                    .doc = "The batches that reach the broker, one after the other.",
                    .applies = applies,
                    .applies_to = kScripts},
                   client.deliveries, describe_delivery, {.item = "delivery"});
}

}  // namespace

void describe_client(Visitor& v, Client& client) {
  v.text({.name = "id", .doc = "What faults and outputs call it.", .required = true}, client.id,
         Names::kNewId);
  v.choice({.name = "type", .doc = "What it does.", .required = true}, client.type, kTypes,
           /*selector=*/true);
  v.texts({.name = "topics",
           .doc = "The topics that it writes to in turn, or reads.",
           .required = true,
           .other_name = "topic"},
          client.topics, Names::kTopic);
  const bool has_span = client.type != ClientType::kScript;
  constexpr std::string_view kOthers = "producers and consumers";
  v.duration({.name = "start",
              .doc = "When it starts, counted from the start of the run.",
              .applies = has_span,
              .applies_to = kOthers},
             client.start, kTime);
  v.duration_or({.name = "stop",
                 .doc = "When it stops sending or reading.",
                 .applies = has_span,
                 .applies_to = kOthers},
                client.stop, "never", kTime);
  describe_producer(v, client, client.type == ClientType::kProducer);
  v.partitions({.name = "assignment",
                .doc = "The partitions that it reads, as \"topic-partition\".",
                .applies = client.type == ClientType::kConsumer,
                .applies_to = kConsumers,
                .default_text = "all of its topics"},
               client.assignment);
  describe_script(v, client, client.type == ClientType::kScript);
  v.configs({.name = "config", .doc = "Kafka's client configuration, by Kafka's names."},
            client.config, client_config_defs(client.type));
}

}  // namespace faultline::scenarios
