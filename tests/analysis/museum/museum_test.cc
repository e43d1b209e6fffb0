// SPDX-License-Identifier: Apache-2.0
// Goal: each bug of the museum is found by random search, and its exhibits show what they claim:
// the shrunk schedule fails, every step of it is necessary, and its twin holds. Method: each entry
// in turn, from the files that are built into the program.
#include <set>

#include <gtest/gtest.h>

#include "analysis/museum/tour.h"
#include "scenarios/run/simulation.h"

namespace faultline::museum {
namespace {

using scenarios::Scenario;

constexpr uint64_t kSeedsMax = 40;
constexpr size_t kStepsMax = 5;

Scenario exhibit(const Entry& entry, Room room) {
  Result<Scenario> scenario = load(entry, room);
  EXPECT_TRUE(scenario.has_value()) << file_name(entry, room);
  return scenario ? *scenario : Scenario{};
}

class Museum : public testing::TestWithParam<Entry> {};

TEST_P(Museum, the_hunt_finds_it_without_a_schedule_by_hand) {
  const Scenario hunt = exhibit(GetParam(), Room::kHunt);
  EXPECT_TRUE(hunt.faults.timeline.empty());
  uint64_t seed = 1;
  while (seed <= kSeedsMax && !shows(GetParam(), hunt, seed)) ++seed;
  EXPECT_LE(seed, kSeedsMax) << "not found by " << GetParam().property;
}

TEST_P(Museum, the_shrunk_schedule_shows_it_and_each_step_is_necessary) {
  const Scenario found = exhibit(GetParam(), Room::kFound);
  ASSERT_TRUE(shows(GetParam(), found, found.seed));
  EXPECT_LE(found.faults.timeline.size(), kStepsMax);
  for (size_t i = 0; i < found.faults.timeline.size(); ++i) {
    Scenario without = found;
    without.faults.timeline.erase(without.faults.timeline.begin() + static_cast<std::ptrdiff_t>(i));
    const scenarios::RunResult run = scenarios::run_scenario(without, {.seed = without.seed});
    EXPECT_NE(run.report.verdict, sim::Verdict::kViolated) << "step " << i + 1;
    EXPECT_FALSE(shows(GetParam(), without, without.seed)) << "step " << i + 1;
  }
}

TEST_P(Museum, the_twin_holds_with_the_same_faults) {
  const Scenario found = exhibit(GetParam(), Room::kFound);
  const Scenario twin = exhibit(GetParam(), Room::kTwin);
  EXPECT_TRUE(twin.rules_off.empty());
  EXPECT_EQ(twin.faults.timeline.size(), found.faults.timeline.size());
  const scenarios::RunResult run = scenarios::run_scenario(twin, {.seed = twin.seed});
  EXPECT_NE(run.report.verdict, sim::Verdict::kViolated) << sim::report_text(run.report);
  EXPECT_FALSE(shows(GetParam(), twin, twin.seed));
}

TEST_P(Museum, with_the_rule_on_the_hunt_finds_nothing) {
  const CleanRuns clean = run_clean(GetParam(), 1, 10, {});
  EXPECT_EQ(clean.runs, 10u);
  EXPECT_FALSE(clean.false_alarm.has_value()) << "seed " << *clean.false_alarm;
  EXPECT_LE(clean.unknown, 5u);
}

INSTANTIATE_TEST_SUITE_P(Entries, Museum, testing::ValuesIn(entries().begin(), entries().end()),
                         [](const testing::TestParamInfo<Entry>& info) {
                           std::string name(info.param.id);
                           for (char& c : name)
                             if (c == '-') c = '_';
                           return name;
                         });

TEST(Catalogue, entries_are_found_by_their_ids) {
  std::set<std::string_view> ids;
  for (const Entry& entry : entries()) {
    EXPECT_TRUE(ids.insert(entry.id).second) << entry.id;
    EXPECT_EQ(find_entry(entry.id), &entry);
  }
  EXPECT_EQ(find_entry("B31"), find_entry("b31"));
  EXPECT_EQ(find_entry("b30"), nullptr);
}

}  // namespace
}  // namespace faultline::museum
