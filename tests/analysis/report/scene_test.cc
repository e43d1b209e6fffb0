// SPDX-License-Identifier: Apache-2.0
// Goal: the picture says of log and platter what the checkers know by other means. Method: real
// runs; what is drawn as lost must be what the checkers count, and the platter may fall behind what
// a log calls durable only where a rule is switched off.
#include "analysis/report/scene.h"

#include <algorithm>

#include "tests/analysis/report/recorded.h"

namespace faultline::report {
namespace {

Scene scene_of(const Recorded& recorded) {
  return make_scene(recorded.run, recorded.write_back_after_ns);
}

int64_t value_at(const StepLine& line, int64_t time_ns) {
  int64_t value = -1;
  for (const StepLine::Point& point : line.points())
    if (point.time_ns <= time_ns) value = point.value;
  return value;
}

// The first time at which the log calls something durable that the platter does not hold, or -1.
int64_t first_lie(const LogChart& chart) {
  std::vector<int64_t> times;
  for (const StepLine* line : {&chart.flushed, &chart.platter})
    for (const StepLine::Point& point : line->points()) times.push_back(point.time_ns);
  std::ranges::sort(times);
  size_t flushed = 0;
  size_t platter = 0;
  const auto advance = [](const StepLine& line, size_t& at, int64_t time_ns) {
    while (at < line.points().size() && line.points()[at].time_ns <= time_ns) ++at;
    return at == 0 ? -1 : line.points()[at - 1].value;
  };
  for (const int64_t time : times) {
    const int64_t says = advance(chart.flushed, flushed, time);
    const int64_t is = advance(chart.platter, platter, time);
    if (is >= 0 && says > is) return time;
  }
  return -1;
}

TEST(Scene, clients_are_above_brokers_and_brokers_above_their_disks) {
  const Scene scene = scene_of(record(kPowerLoss, 3));
  std::vector<std::string> names;
  for (const Lane& lane : scene.lanes) names.push_back(lane.name);
  EXPECT_EQ(names, (std::vector<std::string>{"world, set-up, audit", "p1", "b1", "b1 page cache",
                                             "b1 platter"}));
}

TEST(Scene, each_event_has_a_lane_of_its_node) {
  const Recorded recorded = record(kPowerLoss, 3);
  const Scene scene = scene_of(recorded);
  ASSERT_EQ(scene.lane_of.size(), recorded.run.events.size());
  for (uint64_t i = 0; i < recorded.run.events.size(); ++i) {
    const Lane& lane = scene.lanes.at(scene.lane_of[i]);
    if (lane.kind != "helpers") {
      ASSERT_EQ(lane.node, recorded.run.events.at(i).header.node) << i;
    }
  }
}

TEST(Scene, the_order_is_one_of_time_and_leaves_nothing_out) {
  const Recorded recorded = record(kPowerLoss, 3);
  const Scene scene = scene_of(recorded);
  ASSERT_EQ(scene.order.size(), recorded.run.events.size());
  const auto time_of = [&](uint64_t i) { return recorded.run.events.at(i).header.time_ns; };
  EXPECT_TRUE(std::ranges::is_sorted(scene.order, {}, time_of));
  std::vector<uint64_t> all = scene.order;
  std::ranges::sort(all);
  EXPECT_TRUE(std::ranges::adjacent_find(all) == all.end());
}

TEST(Scene, a_power_loss_is_a_band_an_outage_and_as_large_a_loss_as_the_checkers_count) {
  const Recorded recorded = record(kPowerLoss, 3);
  const Scene scene = scene_of(recorded);
  ASSERT_EQ(scene.bands.size(), 1u);
  EXPECT_EQ(scene.bands[0].what, "power_loss");
  EXPECT_EQ(scene.bands[0].from_ns, 2'000'000'000);
  ASSERT_EQ(scene.outages.size(), 1u);
  EXPECT_EQ(scene.outages[0].how, "power_loss");
  EXPECT_GT(scene.outages[0].to_ns, scene.outages[0].from_ns);

  ASSERT_EQ(scene.logs.size(), 1u);
  const LogChart& chart = scene.logs[0];
  ASSERT_EQ(chart.losses.size(), 1u);
  const AckedLoss& loss = chart.losses[0];
  EXPECT_EQ(loss.from, 0);
  // The checkers count what clients were told, which may be an ack less.
  EXPECT_GE(static_cast<uint64_t>(loss.to - loss.from), recorded.report.records_lost_permitted);
  EXPECT_LE(static_cast<uint64_t>(loss.to - loss.from), recorded.report.records_lost_permitted + 5);
  EXPECT_GT(recorded.report.records_lost_permitted, 0u);
  EXPECT_EQ(value_at(chart.end, 2'000'000'001), -1);
  EXPECT_EQ(value_at(chart.end, loss.time_ns), loss.from);
  EXPECT_GT(value_at(scene.caches.at(1), 1'999'999'999), 0);
  EXPECT_EQ(value_at(scene.caches.at(1), 2'000'000'001), 0);
}

TEST(Scene, the_platter_never_reaches_behind_the_log_and_no_sound_log_lies_about_it) {
  for (const char* file : {"fsync-gate.json", "torn-tail.json", "flush-every-message.json"}) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      for (const LogChart& chart : scene_of(record(scenario_file(file), seed)).logs) {
        EXPECT_EQ(first_lie(chart), -1) << file << " seed " << seed << ": " << chart.topic;
        for (const StepLine::Point& point : chart.platter.points()) {
          if (point.value >= 0) {
            ASSERT_LE(point.value, value_at(chart.end, point.time_ns)) << file << " seed " << seed;
          }
        }
      }
    }
  }
}

TEST(Scene, a_log_that_goes_on_after_a_failed_fsync_is_seen_to_lie_when_the_checkers_say_so) {
  const Recorded recorded =
      record(scenario_file("fsync-gate.json"), 7, {R"(rules_off=["fence_on_fsync_error"])"});
  ASSERT_EQ(recorded.report.verdict, sim::Verdict::kViolated);
  const Scene scene = scene_of(recorded);
  ASSERT_EQ(scene.logs.size(), 1u);
  const sim::PropertyResult* property = recorded.report.property("S1");
  ASSERT_NE(property, nullptr);
  ASSERT_FALSE(property->findings.empty());
  EXPECT_EQ(first_lie(scene.logs[0]), property->findings.front().detected_ns);
}

TEST(Scene, events_that_fit_no_schema_are_drawn_and_do_no_harm) {
  Recorded recorded = record(kPowerLoss, 3);
  sim::EventLog cut;
  for (uint64_t i = 0; i < recorded.run.events.size(); ++i) {
    const sim::EventView event = recorded.run.events.at(i);
    cut.append(event.header, event.payload.first(event.payload.size() / 2));
  }
  recorded.run.events = std::move(cut);
  const Scene scene = scene_of(recorded);
  EXPECT_EQ(scene.order.size(), recorded.run.events.size());
  EXPECT_TRUE(scene.bands.empty());
}

}  // namespace
}  // namespace faultline::report
