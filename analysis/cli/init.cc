// SPDX-License-Identifier: Apache-2.0
// `faultline init`: writes a small scenario to start from.
#include <fmt/format.h>

#include "analysis/cli/files.h"
#include "analysis/cli/verbs.h"
#include "scenarios/schema/outline.h"
#include "scenarios/schema/parse.h"

namespace faultline::cli {

namespace {

constexpr std::string_view kTemplate =
    R"(// A Faultline scenario. Comments are fine; whatever you leave out has a default.
// `faultline lint --keys` lists every key.
{
  "version": 1,
  "notes": "one broker loses power while a producer writes",
  "seed": 1,
  "cluster": { "brokers": ["b1"] },
  // Kafka's configuration by Kafka's names, for brokers (cluster.config), topics and clients.
  "topics": { "orders": { "partitions": 1, "config": { "flush.messages": 100 } } },
  "clients": [
    { "id": "p1", "type": "producer", "topic": "orders", "rate": "100/s", "acks": "all" },
    { "id": "c1", "type": "consumer", "topic": "orders" }
  ],
  // Faults at given times, or as many as a budget allows, when the seed says so.
  "faults": {
    "timeline": [{ "at": "20s", "kind": "power_loss", "node": "b1", "restart_after": "2s" }],
    "random": { "budget": { "kill": 2, "disk_stall": { "count": 1, "for": "500ms" } } }
  },
  "until": { "time": "60s" },
  // What must come out of every seed: `faultline check` compares.
  "expect": { "verdict": "held", "permitted_loss": "allowed" }
}
)";

}  // namespace

Exit init(const InitOptions& options, const Console& console) {
  if (options.file == "-") {
    console.print(kTemplate);
    return Exit::kHeld;
  }
  if (!options.force && read_file(options.file)) {
    console.complain(fmt::format("faultline: {} exists; --force overwrites it\n", options.file));
    return Exit::kBadUsage;
  }
  if (const auto written = write_file(options.file, kTemplate); !written) {
    console.complain(
        fmt::format("faultline: cannot write {}: {}\n", options.file, written.error().detail));
    return Exit::kBadUsage;
  }
  console.print(fmt::format("{} {}\n  next  faultline lint {}\n        faultline run {}\n",
                            console.styled(Style::kGreen, "wrote"), options.file, options.file,
                            options.file));
  return Exit::kHeld;
}

}  // namespace faultline::cli
