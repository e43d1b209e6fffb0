// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/resolve.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "scenarios/schema/config.h"
#include "scenarios/schema/description.h"
#include "scenarios/schema/suggest.h"
#include "scenarios/schema/units.h"

namespace faultline::scenarios {

namespace {

bool has_only(std::string_view text, std::string_view extra) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           extra.contains(c);
  });
}

class Resolver {
 public:
  Resolver(Scenario& scenario, const Places& places, Report& report)
      : scenario_(scenario), places_(places), report_(report) {
    std::ranges::sort(scenario.topics, {}, &Topic::name);  // first: views into them follow
    for (const Broker& broker : scenario.cluster.brokers) brokers_.push_back(broker.id);
    nodes_ = brokers_;
    for (const Client& client : scenario.clients) nodes_.push_back(client.id);
    for (const Topic& topic : scenario.topics) topics_.push_back(topic.name);
  }

  void ids();
  void configs(const ConfigValues& values, const std::string& path);
  void disk();
  void topics();
  void client(const Client& client, const std::string& path);
  void producer(const Client& client, const std::string& path);
  void script(const Client& client, const std::string& path);
  void planned(Fault& fault, const std::string& path);
  void fault_ids();
  void parties(Fault& fault, const std::string& path);
  void random();
  void expectation();

 private:
  using NameList = std::vector<std::string_view>;

  void error(const std::string& path, std::string message, std::string hint = {}) {
    report_.error(places_.find(path), path, std::move(message), std::move(hint));
  }
  void warning(const std::string& path, std::string message) {
    report_.warning(places_.find(path), path, std::move(message));
  }
  // Whether the name is one of the list; else says so.
  bool known(std::string_view name, const NameList& names, std::string_view what,
             const std::string& path) {
    if (std::ranges::find(names, name) != names.end()) return true;
    error(path, fmt::format("{} \"{}\" does not exist{}", what, name, did_you_mean(name, names)),
          names.empty() ? fmt::format("the scenario has no {}s", what)
                        : fmt::format("{}s: {}", what, fmt::join(names, ", ")));
    return false;
  }

  Scenario& scenario_;
  const Places& places_;
  Report& report_;
  NameList brokers_;
  NameList nodes_;  // brokers and clients
  NameList topics_;
};

void Resolver::ids() {
  std::map<std::string_view, std::string> seen;
  const auto check = [&](std::string_view id, const std::string& path) {
    if (id.empty()) return;  // reported as missing
    if (!has_only(id, "_-.")) {
      error(path, fmt::format("\"{}\" has a character that ids cannot have", id),
            "letters, digits, '_', '-' and '.'");
    }
    const auto [first, is_new] = seen.emplace(id, path);
    if (!is_new) error(path, fmt::format("\"{}\" is already the id at {}", id, first->second));
  };
  for (size_t i = 0; i < scenario_.cluster.brokers.size(); ++i) {
    check(scenario_.cluster.brokers[i].id, fmt::format("cluster.brokers[{}].id", i));
  }
  for (size_t i = 0; i < scenario_.clients.size(); ++i) {
    check(scenario_.clients[i].id, fmt::format("clients[{}].id", i));
  }
}

void Resolver::configs(const ConfigValues& values, const std::string& path) {
  for (const auto& [name, value] : values) {
    if (is_obeyed(name)) continue;
    warning(fmt::format("{}.{}", path, name), "this broker knows it, but does not act on it yet");
  }
}

void Resolver::disk() {
  const DiskModel& disk = scenario_.cluster.disk;
  const auto is_power_of_two = [](int64_t n) { return n > 0 && (n & (n - 1)) == 0; };
  if (!is_power_of_two(disk.sector_size)) {
    error("cluster.disk.sector_size", "must be a power of two");
  }
  if (!is_power_of_two(disk.page_size)) error("cluster.disk.page_size", "must be a power of two");
  if (disk.page_size < disk.sector_size) {
    error("cluster.disk.page_size",
          fmt::format("smaller than a sector ({})", format_size(disk.sector_size)));
  }
}

void Resolver::topics() {
  const auto brokers = static_cast<int64_t>(scenario_.cluster.brokers.size());
  for (const Topic& topic : scenario_.topics) {
    const std::string path = "topics." + topic.name;
    if (topic.name.empty() || topic.name.size() > 249 || topic.name == "." || topic.name == ".." ||
        !has_only(topic.name, "._-")) {
      error(path, fmt::format("{} is no name of a topic", json_quoted(topic.name)),
            "up to 249 letters, digits, '.', '_' and '-'");
    }
    if (topic.replication > brokers && brokers > 0) {
      error(path + ".replication",
            fmt::format("{} copies need {} brokers; there {} {}", topic.replication,
                        topic.replication, brokers == 1 ? "is" : "are", brokers));
    }
    configs(topic.config, path + ".config");
    const int64_t in_sync = topic_integer(scenario_, topic, "min.insync.replicas");
    if (in_sync > topic.replication && topic.replication <= brokers) {
      error(path + ".config.min.insync.replicas",
            fmt::format("with {} in sync but a replication of {}, no write with acks=all succeeds",
                        in_sync, topic.replication));
    }
  }
}

void Resolver::client(const Client& client, const std::string& path) {
  for (size_t i = 0; i < client.topics.size(); ++i) {
    const std::string at = fmt::format("{}.topics[{}]", path, i);
    if (!known(client.topics[i], topics_, "topic", at)) continue;
    if (std::ranges::count(client.topics, client.topics[i]) > 1) {
      error(at, fmt::format("topic \"{}\" appears twice", client.topics[i]));
      break;
    }
  }
  if (client.stop && *client.stop <= client.start) {
    error(path + ".stop",
          fmt::format("stops at {}, before it starts at {}", format_duration(*client.stop),
                      format_duration(client.start)));
  }
  if (client.start >= scenario_.time) {
    error(path + ".start",
          fmt::format("starts at {}, but the run is over at {} (until.time)",
                      format_duration(client.start), format_duration(scenario_.time)));
  }
  for (size_t i = 0; i < client.assignment.size(); ++i) {
    const AssignedPartition& assigned = client.assignment[i];
    const std::string at = fmt::format("{}.assignment[{}]", path, i);
    if (assigned.topic.empty()) continue;  // reported when read
    const NameList own(client.topics.begin(), client.topics.end());
    if (std::ranges::find(own, assigned.topic) == own.end()) {
      error(at,
            fmt::format("this client does not read topic \"{}\"{}", assigned.topic,
                        did_you_mean(assigned.topic, own)),
            fmt::format("its topics: {}", fmt::join(own, ", ")));
      continue;
    }
    const auto topic = std::ranges::find(scenario_.topics, assigned.topic, &Topic::name);
    if (topic != scenario_.topics.end() && assigned.partition >= topic->partitions) {
      error(at, fmt::format("topic \"{}\" has the partitions 0 to {}", topic->name,
                            topic->partitions - 1));
    }
    if (std::ranges::count(client.assignment, assigned) > 1) {
      error(at, fmt::format("{}-{} appears twice", assigned.topic, assigned.partition));
      break;
    }
  }
  if (client.type == ClientType::kProducer) producer(client, path);
  if (client.type == ClientType::kScript) script(client, path);
}

void Resolver::script(const Client& client, const std::string& path) {
  if (client.topics.size() > 1) error(path + ".topics", "a script writes to one topic");
  for (size_t i = 0; i < client.deliveries.size(); ++i) {
    const Duration at = client.deliveries[i].at;
    const std::string where = fmt::format("{}.deliveries[{}].at", path, i);
    if (at >= scenario_.time)
      error(where, fmt::format("{}, but the workload ends at {}", format_duration(at),
                               format_duration(scenario_.time)));
    if (i > 0 && at < client.deliveries[i - 1].at)
      error(where, fmt::format("{}, before the delivery ahead of it", format_duration(at)));
  }
}

// What Kafka's own producer refuses to start with.
void Resolver::producer(const Client& client, const std::string& path) {
  const std::string config = path + ".config.";
  const std::string acks = client_text(client, "acks");
  const auto idempotence = client.config.find("enable.idempotence");
  if (idempotence != client.config.end() && idempotence->second == "true") {
    if (acks != "all" && acks != "-1") {
      error(config + "acks", fmt::format("idempotence needs acks=all, not {}", acks));
    }
    if (client_integer(client, "max.in.flight.requests.per.connection") > 5) {
      error(config + "max.in.flight.requests.per.connection",
            "idempotence needs at most 5 requests in flight");
    }
    if (client_integer(client, "retries") == 0) {
      error(config + "retries", "idempotence needs retries");
    }
  }
  const int64_t delivery = client_integer(client, "delivery.timeout.ms");
  const int64_t linger = client_integer(client, "linger.ms");
  const int64_t request = client_integer(client, "request.timeout.ms");
  if (delivery - linger < request) {  // no sum: it could overflow
    error(config + "delivery.timeout.ms",
          fmt::format("{} ms must not be less than linger.ms + request.timeout.ms ({} + {})",
                      delivery, linger, request));
  }
  if (client.value_size.max > client_integer(client, "max.request.size")) {
    warning(path + ".value_size", "some values are larger than max.request.size and fail");
  }
}

bool hits_brokers_only(FaultKind kind) {
  return kind <= FaultKind::kDiskStall || kind == FaultKind::kStop;
}

void Resolver::parties(Fault& fault, const std::string& path) {
  if (!fault.latency.points.empty())
    error(path + ".latency", "only p50 and p99 here", "a fault draws by these two alone");
  const bool node_known = fault.node.empty() || known(fault.node, nodes_, "node", path + ".node");
  if (node_known && !fault.node.empty() && hits_brokers_only(fault.kind) &&
      std::ranges::find(brokers_, fault.node) == brokers_.end()) {
    error(
        path + ".node",
        fmt::format("{} hits brokers; \"{}\" is a client", fault_kind_name(fault.kind), fault.node),
        fmt::format("brokers: {}", fmt::join(brokers_, ", ")));
  }
  if (fault.peer.empty() || !known(fault.peer, nodes_, "node", path + ".peer")) return;
  if (fault.peer == fault.node) {
    error(path + ".peer", fmt::format("\"{}\" is both ends of the connection", fault.peer));
  }
}

void Resolver::planned(Fault& fault, const std::string& path) {
  parties(fault, path);
  if (fault.node.empty() && !brokers_.empty()) {
    fault.node = brokers_.front();
    if (fault.peer == fault.node) {
      error(path + ".peer", fmt::format("\"{}\" is both ends of the connection", fault.peer));
    }
  }
  if (fault.at_latest >= scenario_.time) {
    error(path + (places_.has(path + ".between") ? ".between" : ".at"),
          fmt::format("begins at {}, but faults are healed at {} (until.time)",
                      format_duration(fault.at_latest), format_duration(scenario_.time)));
  }
}

void Resolver::fault_ids() {
  std::map<int64_t, size_t> seen;
  std::vector<Fault>& timeline = scenario_.faults.timeline;
  for (size_t i = 0; i < timeline.size(); ++i) {
    const int64_t id = timeline[i].id != 0 ? timeline[i].id : static_cast<int64_t>(i) + 1;
    const auto [first, is_new] = seen.emplace(id, i);
    if (is_new) continue;
    error(fmt::format("faults.timeline[{}].id", i),
          fmt::format("{} is already the id of faults.timeline[{}]", id, first->second));
  }
}

void Resolver::random() {
  RandomFaults& random = scenario_.faults.random;
  std::ranges::sort(random.budget, {}, [](const FaultBudget& b) { return b.fault.kind; });
  const std::string path = "faults.random";
  for (FaultBudget& budget : random.budget) {
    parties(budget.fault, fmt::format("{}.budget.{}", path, fault_kind_name(budget.fault.kind)));
    budget.fault.at = random.from;
    budget.fault.at_latest = random.quiet_after;
  }
  if (random.quiet_after > scenario_.time) {
    error(path + ".quiet_after", fmt::format("later than the end of the faults at {} (until.time)",
                                             format_duration(scenario_.time)));
  } else if (random.from >= random.quiet_after && !random.budget.empty()) {
    error(path + ".from",
          fmt::format("no time is left: random faults begin from {} to {}",
                      format_duration(random.from), format_duration(random.quiet_after)));
  }
}

void Resolver::expectation() {
  const Expectation& expect = scenario_.expect;
  if (expect.violated.empty()) return;
  if (expect.verdict != Verdict::kViolated) {
    error("expect.violated", "needs \"verdict\": \"violated\"");
  }
  const auto& judged = scenario_.properties;
  if (!judged.empty() && std::ranges::find(judged, expect.violated) == judged.end()) {
    error("expect.violated",
          fmt::format("\"{}\" is not judged: add it to properties", expect.violated));
  }
}

}  // namespace

void resolve(Scenario& scenario, const std::string& file_name, const Places& places,
             Report& report) {
  if (scenario.name.empty()) {
    std::string_view stem = file_name;
    stem.remove_prefix(std::min(stem.rfind('/') + 1, stem.size()));
    if (stem.ends_with(".json")) stem.remove_suffix(5);
    scenario.name = stem;
  }
  Resolver resolver(scenario, places, report);
  resolver.ids();
  resolver.configs(scenario.cluster.config, "cluster.config");
  resolver.disk();
  resolver.topics();
  for (size_t i = 0; i < scenario.clients.size(); ++i) {
    resolver.client(scenario.clients[i], fmt::format("clients[{}]", i));
  }
  for (size_t i = 0; i < scenario.faults.timeline.size(); ++i) {
    resolver.planned(scenario.faults.timeline[i], fmt::format("faults.timeline[{}]", i));
  }
  resolver.fault_ids();
  resolver.random();
  resolver.expectation();
  if (scenario.clients.empty() && !report.has_errors()) {
    report.warning(places.find(""), "clients",
                   "nobody writes or reads: the run will prove nothing");
  }
}

}  // namespace faultline::scenarios
