// SPDX-License-Identifier: Apache-2.0
// The keys of "cluster".
#include "scenarios/schema/description.h"

namespace faultline::scenarios {

namespace {

void describe_broker(Visitor& v, Broker& broker) {
  v.text({.name = "id",
          .doc = "What faults call it; Kafka's node id is its position, counted from 1.",
          .required = true},
         broker.id, Names::kNewId);
  v.text({.name = "rack", .doc = "The rack it stands in."}, broker.rack, Names::kRack);
}

void describe_disk(Visitor& v, DiskModel& disk) {
  v.size({.name = "capacity", .doc = "Bytes that fit on it."}, disk.capacity,
         {.min = 1 << 20, .max = int64_t{1} << 60});
  v.latency({.name = "read", .doc = "Time of a read that misses the page cache."}, disk.read);
  v.latency({.name = "write", .doc = "Time of a write into the page cache."}, disk.write);
  v.latency({.name = "fsync", .doc = "Time of an fsync."}, disk.fsync);
  v.duration({.name = "writeback_after",
              .doc = "Age at which the kernel writes dirty pages to the platter by itself."},
             disk.writeback_after, kPositiveTime);
  v.size({.name = "page_size", .doc = "Bytes of a page of the cache."}, disk.page_size,
         {.min = 512, .max = 65'536});
  v.size({.name = "sector_size", .doc = "Bytes that a power loss writes whole or not at all."},
         disk.sector_size, {.min = 512, .max = 65'536});
}

void describe_costs(Visitor& v, CpuCosts& costs) {
  constexpr Bounds kPicoseconds{.min = 0, .max = seconds(1).ns * 1'000};
  const auto cost = [&](std::string_view name, std::string_view doc, int64_t& value) {
    v.integer({.name = name, .doc = doc}, value, kPicoseconds);
  };
  cost("resume_ps", "Picoseconds to go on with a task.", costs.resume);
  cost("request_ps", "Of a request: to parse, dispatch and answer it.", costs.request);
  cost("network_byte_ps", "Of a byte copied from or to a connection.", costs.network_byte);
  cost("checksum_byte_ps", "Of a byte whose checksum is computed.", costs.checksum_byte);
  cost("compressed_byte_ps", "Of a byte put into a compressed batch.", costs.compressed_byte);
  cost("decompressed_byte_ps", "Of a byte taken out of one.", costs.decompressed_byte);
  cost("record_ps", "Of a record walked through.", costs.record);
  cost("log_append_ps", "Of a batch on its way into a log; two steps for each.", costs.log_append);
  cost("log_read_ps", "Of a read from a log; two steps for each.", costs.log_read);
}

void describe_network(Visitor& v, NetworkModel& network) {
  v.latency({.name = "latency", .doc = "Time on the way, one way."}, network.latency);
  v.size({.name = "bandwidth", .doc = "Bytes a second of each connection."}, network.bandwidth,
         {.min = 1'000, .max = int64_t{1} << 40});
  v.size({.name = "buffer", .doc = "Bytes that a connection holds before its writer must wait."},
         network.buffer, {.min = 1'024, .max = int64_t{1} << 30});
}

}  // namespace

void describe_cluster(Visitor& v, Cluster& cluster) {
  v.list<Broker>({.name = "brokers", .doc = "The brokers.", .required = true}, cluster.brokers,
                 describe_broker,
                 {.item = "broker", .count_min = 1, .count_max = kBrokersMax, .shorthand = "id"});
  v.text({.name = "profile",
          .doc = "Costs and latencies measured by `faultline calibrate`: a name or a file; keys "
                 "beside it win."},
         cluster.profile, Names::kAnything);
  v.configs({.name = "config", .doc = "Kafka's broker configuration, by Kafka's names."},
            cluster.config, metadata::broker_config_defs());
  if (v.begin_object({.name = "disk", .doc = "The disk of each broker."})) {
    describe_disk(v, cluster.disk);
    v.end_object();
  }
  if (v.begin_object({.name = "network", .doc = "The network between all nodes."})) {
    describe_network(v, cluster.network);
    v.end_object();
  }
  if (v.begin_object({.name = "clocks", .doc = "How far the nodes' clocks differ."})) {
    v.duration({.name = "skew", .doc = "Each wall clock starts up to this much early or late."},
               cluster.clocks.skew, kTime);
    v.integer({.name = "drift_ppm",
               .doc = "Each node's clocks run up to this many millionths fast or slow."},
              cluster.clocks.drift_ppm, {0, 100'000});
    v.end_object();
  }
  if (v.begin_object({.name = "cpu", .doc = "The processor of each broker."})) {
    v.ratio({.name = "speed", .doc = "Its speed as a share of the reference machine's."},
            cluster.cpu.speed);
    if (v.begin_object({.name = "costs", .doc = "What work costs a broker's processor."})) {
      describe_costs(v, cluster.cpu.costs);
      v.end_object();
    }
    if (v.begin_object({.name = "client_costs", .doc = "And a client's."})) {
      describe_costs(v, cluster.cpu.client_costs);
      v.end_object();
    }
    v.end_object();
  }
}

}  // namespace faultline::scenarios
