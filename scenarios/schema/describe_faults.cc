// SPDX-License-Identifier: Apache-2.0
// The keys of "faults": what each kind does and which parameters it has.
#include <array>

#include "scenarios/schema/description.h"

namespace faultline::scenarios {

namespace {

constexpr Word kKinds[] = {
    {"kill", "The broker's process ends at once; the page cache stays."},
    {"power_loss", "The machine stops: what was not synced is lost, reordered or torn."},
    {"fsync_error", "fsync fails and the kernel drops the dirty pages."},
    {"read_error", "Reads fail with EIO."},
    {"write_error", "Writes fail with EIO."},
    {"latent_sector_error", "Sectors cannot be read until they are written again."},
    {"bit_rot", "Bits on the platter flip."},
    {"misdirected_write", "A write lands at a wrong sector."},
    {"disk_full", "Writes fail with ENOSPC, possibly after a part of them."},
    {"disk_stall", "No disk operation completes."},
    {"clock_step", "The wall clock jumps."},
    {"clock_drift", "Both clocks run fast or slow."},
    {"clock_freeze", "Both clocks stand still."},
    {"connection_reset", "Open connections are reset."},
    {"link_stall", "Bytes stay on their way, in one direction or both."},
    {"link_slow", "Bytes take longer on their way."},
    {"refuse_connections", "New connections are refused, or hang."},
    {"half_open", "The other end of a connection vanishes without a word."},
    {"stop", "The broker is asked to stop, ends in good order and is started again."},
};
static_assert(std::size(kKinds) == kFaultKinds);

enum Parameter : uint32_t {
  kNothing = 0,
  kRestart = 1 << 0,
  kPower = 1 << 1,
  kTimes = 1 << 2,  // and files
  kAfterBytes = 1 << 3,
  kFor = 1 << 4,
  kBy = 1 << 5,
  kPpm = 1 << 6,
  kPeer = 1 << 7,
  kDirection = 1 << 8,
  kSlow = 1 << 9,
  kHang = 1 << 10,
};

uint32_t parameters_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kKill: return kRestart;
    case FaultKind::kPowerLoss: return kRestart | kPower;
    case FaultKind::kFsyncError:
    case FaultKind::kReadError:
    case FaultKind::kWriteError:
    case FaultKind::kLatentSectorError:
    case FaultKind::kBitRot:
    case FaultKind::kMisdirectedWrite: return kTimes;
    case FaultKind::kDiskFull: return kAfterBytes | kFor;
    case FaultKind::kDiskStall: return kFor;
    case FaultKind::kClockStep: return kBy;
    case FaultKind::kClockDrift: return kPpm | kFor;
    case FaultKind::kClockFreeze: return kFor;
    case FaultKind::kConnectionReset: return kPeer;
    case FaultKind::kLinkStall: return kPeer | kDirection | kFor;
    case FaultKind::kLinkSlow: return kPeer | kDirection | kSlow | kFor;
    case FaultKind::kRefuseConnections: return kPeer | kHang | kFor;
    case FaultKind::kHalfOpen: return kPeer | kFor;
    case FaultKind::kStop: return kRestart;
  }
  return kNothing;
}

constexpr Word kDirections[] = {
    {"both", "Either way."},
    {"in", "Towards the fault's node."},
    {"out", "Away from the fault's node."},
};

constexpr Word kProfiles[] = {
    {"full", "Each seed spends the whole budget."},
    {"swarm", "Each seed spends a random part on some of the kinds; one in ten has no fault."},
};

constexpr Word kLimits[] = {
    {"any", "A plan may destroy every copy of a record; what its ack promised then decides."},
    {"in_budget", "Leaves out what destroys the last copy: nothing acknowledged may be lost."},
};

void describe_storage_parameters(Visitor& v, Fault& fault, uint32_t has) {
  v.duration_or({.name = "restart_after",
                 .doc = "How long the broker stays down.",
                 .applies = (has & kRestart) != 0,
                 .applies_to = "kill, power_loss, stop"},
                fault.restart_after, "never", kTime);
  const bool power = (has & kPower) != 0;
  v.ratio({.name = "keep",
           .doc = "Chance that an unsynced page had reached the platter by itself.",
           .applies = power,
           .applies_to = "power_loss"},
          fault.keep);
  v.ratio({.name = "reorder",
           .doc = "Chance that what survives is any set of the writes, not the first ones.",
           .applies = power,
           .applies_to = "power_loss"},
          fault.reorder);
  v.ratio({.name = "torn",
           .doc = "Chance that a surviving page is torn between two sectors.",
           .applies = power,
           .applies_to = "power_loss"},
          fault.torn);
  constexpr std::string_view kMedia =
      "fsync_error, read_error, write_error, latent_sector_error, bit_rot, misdirected_write";
  v.integer({.name = "times",
             .doc = "How many operations, sectors or bits it hits.",
             .applies = (has & kTimes) != 0,
             .applies_to = kMedia},
            fault.times, {1, 1'000'000});
  v.text({.name = "files",
          .doc = "Only files whose name ends so, as in \".log\".",
          .applies = (has & kTimes) != 0,
          .applies_to = kMedia},
         fault.files, Names::kFileEnd);
  v.size({.name = "after_bytes",
          .doc = "Bytes that can still be written before the disk is full.",
          .applies = (has & kAfterBytes) != 0,
          .applies_to = "disk_full"},
         fault.after_bytes, {.min = 0, .max = int64_t{1} << 60});
}

void describe_other_parameters(Visitor& v, Fault& fault, uint32_t has) {
  v.duration({.name = "for",
              .doc = "How long it lasts.",
              .applies = (has & kFor) != 0,
              .applies_to = "disk_full, disk_stall, clock_drift, clock_freeze, link_stall, "
                            "link_slow, refuse_connections, half_open"},
             fault.duration, kPositiveTime);
  v.duration({.name = "by",
              .doc = "How far the wall clock jumps; negative: back.",
              .required = (has & kBy) != 0,
              .applies = (has & kBy) != 0,
              .applies_to = "clock_step"},
             fault.by, {.min = -kTime.max, .max = kTime.max});
  v.integer({.name = "ppm",
             .doc = "By how many millionths the clocks run fast; negative: slow.",
             .required = (has & kPpm) != 0,
             .applies = (has & kPpm) != 0,
             .applies_to = "clock_drift"},
            fault.ppm, {-500'000, 500'000});
  v.text({.name = "peer",
          .doc = "The other end of the connections concerned.",
          .applies = (has & kPeer) != 0,
          .applies_to = "connection_reset, link_stall, link_slow, refuse_connections, half_open",
          .default_text = "everybody"},
         fault.peer, Names::kNode);
  v.choice({.name = "direction",
            .doc = "Which way bytes are held up.",
            .applies = (has & kDirection) != 0,
            .applies_to = "link_stall, link_slow"},
           fault.direction, kDirections);
  v.latency({.name = "latency",
             .doc = "How much longer they take.",
             .applies = (has & kSlow) != 0,
             .applies_to = "link_slow"},
            fault.latency);
  v.boolean({.name = "hang",
             .doc = "Whether connecting hangs instead of failing.",
             .applies = (has & kHang) != 0,
             .applies_to = "refuse_connections"},
            fault.hang);
}

void describe_planned(Visitor& v, Fault& fault) {
  v.choice({.name = "kind", .doc = "What goes wrong.", .required = true}, fault.kind, kKinds,
           /*selector=*/true);
  v.when({.name = "at", .doc = "When, counted from the start of the run.", .required = true},
         {.name = "between",
          .doc = "Or from when until when: the seed draws the instant.",
          .required = true},
         fault.at, fault.at_latest);
  v.text({.name = "node", .doc = "Whom it hits.", .default_text = "the first broker"}, fault.node,
         Names::kNode);
  v.integer({.name = "id",
             .doc = "Keys what it draws, so that it stays the same when others are taken out.",
             .default_text = "its place in the list"},
            fault.id, {1, UINT32_MAX});
  const uint32_t has = parameters_of(fault.kind);
  describe_storage_parameters(v, fault, has);
  describe_other_parameters(v, fault, has);
}

void describe_budget(Visitor& v, FaultBudget& budget) {
  v.integer({.name = "count", .doc = "At most how many.", .required = true}, budget.count,
            {0, 10'000});
  v.text({.name = "node", .doc = "Whom they hit.", .default_text = "any broker"}, budget.fault.node,
         Names::kNode);
  const uint32_t has = parameters_of(budget.fault.kind);
  describe_storage_parameters(v, budget.fault, has);
  describe_other_parameters(v, budget.fault, has);
}

void set_kind(FaultBudget& budget, std::string_view name) {
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    if (kKinds[i].name == name) budget.fault.kind = static_cast<FaultKind>(i);
  }
}

void describe_random(Visitor& v, Scenario& scenario) {
  RandomFaults& random = scenario.faults.random;
  v.choice({.name = "profile", .doc = "How a seed spends the budget."}, random.profile, kProfiles);
  v.choice({.name = "limit", .doc = "How much the faults of one seed may destroy."}, random.limit,
           kLimits);
  v.boolean(
      {.name = "knobs", .doc = "Whether a swarm also draws settings and durations tiny or huge."},
      random.knobs);
  v.duration({.name = "from", .doc = "No random fault begins earlier."}, random.from, kTime);
  v.duration({.name = "quiet_after",
              .doc = "No random fault begins later.",
              .default_text = "until.time",
              .is_default = random.quiet_after == scenario.time},
             random.quiet_after, kTime);
  v.map<FaultBudget>(
      {.name = "budget", .doc = "How many faults of which kind."}, random.budget, describe_budget,
      set_kind, [](const FaultBudget& b) { return std::string(fault_kind_name(b.fault.kind)); },
      {.item = "kind of fault",
       .is_map = true,
       .key_doc = "A kind of fault.",
       .keys = kKinds,
       .shorthand = "count"});
}

}  // namespace

std::span<const Word> fault_kind_words() { return kKinds; }

std::string_view fault_kind_name(FaultKind kind) { return kKinds[static_cast<int>(kind)].name; }

void describe_faults(Visitor& v, Scenario& scenario) {
  if (v.fills_in()) scenario.faults.random.quiet_after = scenario.time;
  if (!v.begin_object({.name = "faults", .doc = "What goes wrong."})) return;
  v.list<Fault>({.name = "timeline", .doc = "Faults at given times."}, scenario.faults.timeline,
                describe_planned, {.item = "fault", .count_max = 10'000});
  if (v.begin_object({.name = "random", .doc = "Faults that the seed draws."})) {
    describe_random(v, scenario);
    v.end_object();
  }
  v.end_object();
}

}  // namespace faultline::scenarios
