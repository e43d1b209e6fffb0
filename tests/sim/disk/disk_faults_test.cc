// SPDX-License-Identifier: Apache-2.0
// Goal: taking any one fault out of a plan leaves every other file of the disk exactly as it was
// (design decision D5). Method: 1,000 random plans; each is played with all faults and then without
// each one of them, and the whole history of every file that the fault could not touch is compared:
// every result, every byte read, the platter after a power loss.
#include "sim/disk/disk_faults.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/disk/disk_core.h"
#include "tests/sim/disk/recording_probe.h"

namespace faultline::sim {
namespace {

TEST(Patterns, MatchAsInAShell) {
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_TRUE(matches_pattern("*", "a/b.log"));
  EXPECT_TRUE(matches_pattern("*.log", "a/b.log"));
  EXPECT_FALSE(matches_pattern("*.log", "a/b.log.tmp"));
  EXPECT_TRUE(matches_pattern("t-?/*.log*", "t-1/0.log.deleted"));
  EXPECT_FALSE(matches_pattern("t-?/*", "t-10/0.log"));
  EXPECT_TRUE(matches_pattern("*a*b", "aaxaxb"));
  EXPECT_FALSE(matches_pattern("", "a"));
  EXPECT_TRUE(matches_pattern("", ""));
}

constexpr int kFiles = 5;
constexpr int kSteps = 12;

std::string path_of(uint64_t file) { return "f" + std::to_string(file); }

std::vector<DiskFaultSpec> random_faults(uint64_t seed) {
  Draws draws(seed, stream_id("plan"), 0);
  static constexpr DiskFaultKind kKinds[] = {
      DiskFaultKind::kReadError,         DiskFaultKind::kWriteError, DiskFaultKind::kSyncError,
      DiskFaultKind::kNameError,         DiskFaultKind::kReadOnly,   DiskFaultKind::kLostWrite,
      DiskFaultKind::kLatentSectorError, DiskFaultKind::kBitRot,     DiskFaultKind::kCacheEviction};
  std::vector<DiskFaultSpec> faults(2 + draws.below(4));
  for (size_t i = 0; i < faults.size(); ++i) {
    DiskFaultSpec& fault = faults[i];
    fault.id = i + 1;
    fault.kind = kKinds[draws.below(std::size(kKinds))];
    fault.paths = path_of(draws.below(kFiles));
    fault.from = Instant{draws.between(0, kSteps)};
    fault.until = Instant{draws.between(fault.from.ns, kSteps + 1)};
    fault.probability = {1 + draws.below(4), 4};
    fault.nth = draws.chance({1, 4}) ? 1 + draws.below(3) : 0;
    fault.hits_max = draws.chance({1, 4}) ? 1 + draws.below(3) : 0;
    fault.amount = 1 + draws.below(3);
  }
  return faults;
}

std::string said(const Result<void>& result) {
  return result ? "ok " : std::string(to_string(result.error().code)) + " ";
}

// One process's life with one file: what it does hangs on the seed and the file alone.
std::string step_file(DiskCore& core, uint64_t seed, uint64_t file, int step) {
  Draws draws(seed, stream_id("life"), file * 1000 + static_cast<uint64_t>(step));
  const Instant now{step};
  const Result<NodeRef> node = core.open(path_of(file), OpenMode::kCreate, now);
  if (!node) return "open " + std::string(to_string(node.error().code)) + " ";
  std::string history;
  const uint64_t size = core.size(*node);
  const std::string data(1 + draws.below(2000), static_cast<char>('a' + step));
  const uint64_t offset = draws.chance({3, 4}) ? size : draws.below(size + 1);
  history += said(core.write(*node, offset, {Slice::copy_of(data)}, now));
  if (draws.chance({1, 3})) history += said(core.sync(*node, core.sync_point(*node), now));
  if (draws.chance({1, 6})) history += said(core.truncate(*node, draws.below(size + 1), now));
  const Result<Slice> bytes = core.read(*node, draws.below(size + 1), 3000, now);
  history += bytes ? bytes->text() : to_string(bytes.error().code);
  core.close(*node);
  return history;
}

// What happened to each file, the last word being its bytes after the power loss.
std::vector<std::string> play(uint64_t seed, const std::vector<DiskFaultSpec>& faults,
                              uint64_t left_out) {
  RecordingProbe probe;
  DiskCore core({}, seed, probe);
  for (const DiskFaultSpec& fault : faults)
    if (fault.id != left_out) core.faults().inject(fault);
  std::vector<std::string> histories(kFiles);
  for (int step = 0; step < kSteps; ++step) {
    for (uint64_t file = 0; file < kFiles; ++file)
      histories[file] += step_file(core, seed, file, step);
    if (step == kSteps / 2) {
      const Result<void> synced =
          core.change_names(PathOp::Kind::kSyncDirectory, "", "", Instant{step});
      EXPECT_TRUE(synced.has_value());
    }
  }
  PowerLossRules rules;
  rules.torn = {1, 2};
  core.lose_power(100, rules, Instant{kSteps + 2});
  for (uint64_t file = 0; file < kFiles; ++file) {
    const Result<NodeRef> node = core.tree().find(path_of(file));
    if (!node) continue;
    const Platter& platter = core.tree().file(*node).platter();
    histories[file] += " left ";
    histories[file] += platter.data().read({0, platter.size()}).text();
  }
  return histories;
}

TEST(DiskFaults, TakingOneOutLeavesAllOtherFilesAsTheyWere) {
  uint64_t compared = 0;
  uint64_t changed = 0;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    const std::vector<DiskFaultSpec> faults = random_faults(seed);
    const std::vector<std::string> with_all = play(seed, faults, 0);
    ASSERT_EQ(play(seed, faults, 0), with_all);
    for (const DiskFaultSpec& fault : faults) {
      const std::vector<std::string> without = play(seed, faults, fault.id);
      for (uint64_t file = 0; file < kFiles; ++file) {
        if (fault.paths == path_of(file)) {
          changed += with_all[file] != without[file];
          continue;
        }
        ++compared;
        ASSERT_EQ(with_all[file], without[file])
            << "seed " << seed << ": " << to_string(fault.kind) << " on " << fault.paths
            << " changed " << path_of(file);
      }
    }
  }
  EXPECT_GT(compared, 10'000u);
  EXPECT_GT(changed, 500u);  // or the faults would prove nothing
}

}  // namespace
}  // namespace faultline::sim
