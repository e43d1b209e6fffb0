// SPDX-License-Identifier: Apache-2.0
// Goal: a fingerprint is a function of the sequence of events and of nothing else, and changes with
// every part of every event. Method: record small synthetic runs and compare.
#include "sim/trace/recorder.h"

#include <cstring>
#include <span>

#include <gtest/gtest.h>

#include "broker/env/emit.h"

namespace faultline::sim {
namespace {

void describe_nothing(std::string&) {}
constexpr EventType kTick{0x10, "test.tick", describe_nothing};
constexpr EventType kTock{0x11, "test.tock", describe_nothing};

struct Step {
  int64_t time_ns = 5;
  int32_t node = 1;
  const EventType* type = &kTick;
  uint64_t entity = 7;
  EventId cause = 0;
  std::string payload = "abc";
};

void record(Recorder& recorder, const Step& step) {
  recorder.record(step.time_ns, step.node, *step.type, step.entity, step.cause,
                  as_bytes(step.payload));
}

std::vector<Step> run_of(int count) {
  std::vector<Step> steps(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    Step& step = steps[static_cast<size_t>(i)];
    step.time_ns = i * 10;
    step.node = i % 3;
    step.payload = std::string(static_cast<size_t>(i % 50), static_cast<char>('a' + i % 26));
  }
  return steps;
}

Fingerprint fingerprint_of(const std::vector<Step>& steps) {
  Recorder recorder({.keep = Recorder::Keep::kNothing});
  for (const Step& step : steps) record(recorder, step);
  return recorder.fingerprint();
}

TEST(Recorder, gives_equal_fingerprints_to_equal_runs_whatever_it_keeps) {
  const std::vector<Step> steps = run_of(10'000);
  Recorder keeping({.keep = Recorder::Keep::kEvents});
  Recorder bounded({.keep_last = 100});
  for (const Step& step : steps) {
    record(keeping, step);
    record(bounded, step);
    (void)keeping.fingerprint();  // looking does not change the value
  }
  EXPECT_EQ(keeping.fingerprint(), fingerprint_of(steps));
  EXPECT_EQ(bounded.fingerprint(), fingerprint_of(steps));
  EXPECT_EQ(keeping.checkpoints(), bounded.checkpoints());
  ASSERT_EQ(keeping.checkpoints().size(), 2U);
  EXPECT_EQ(keeping.checkpoints()[1].event_count, 8192U);
  EXPECT_EQ(keeping.checkpoints()[1].time_ns, 81'910);
}

TEST(Recorder, changes_the_fingerprint_with_every_part_of_an_event) {
  const Fingerprint original = fingerprint_of(run_of(200));
  for (size_t place : {size_t{0}, size_t{63}, size_t{64}, size_t{199}}) {
    std::vector<std::vector<Step>> variants(7, run_of(200));
    variants[0][place].time_ns += 1;
    variants[1][place].node += 1;
    variants[2][place].type = &kTock;
    variants[3][place].entity += 1;
    variants[4][place].cause = 1;
    variants[5][place].payload += '\0';
    variants[6].erase(variants[6].begin() + static_cast<ptrdiff_t>(place));
    for (size_t i = 0; i < variants.size(); ++i)
      EXPECT_NE(fingerprint_of(variants[i]), original) << "variant " << i << " at " << place;
  }
}

TEST(Recorder, takes_payloads_from_its_room_or_from_elsewhere) {
  std::vector<Step> steps = run_of(1'000);
  steps[500].payload = std::string(5'000, 'x');
  Recorder recorder({.keep = Recorder::Keep::kEvents});
  for (size_t i = 0; i < steps.size(); ++i) {
    const std::string& text = steps[i].payload;
    const std::span<uint8_t> room = recorder.payload_room();
    ASSERT_GE(room.size(), kEventBytesUsual);
    const bool is_in_room = i % 3 != 0 && text.size() <= room.size();
    if (is_in_room) std::memcpy(room.data(), text.data(), text.size());
    const Bytes payload = is_in_room ? Bytes(room.first(text.size())) : as_bytes(text);
    recorder.record(steps[i].time_ns, steps[i].node, kTick, steps[i].entity, 0, payload);
    EXPECT_EQ(as_text(recorder.log().at(i).payload), text);
  }
  EXPECT_EQ(recorder.fingerprint(), fingerprint_of(steps));
}

TEST(Recorder, does_not_mistake_a_payload_for_the_next_event) {
  std::vector<Step> whole = run_of(1);
  std::vector<Step> shifted = run_of(2);
  whole[0].payload = std::string(44, '\0');
  shifted[0] = shifted[1] = Step{0, 0, &kTick, 0, 0, ""};
  EXPECT_NE(fingerprint_of(whole), fingerprint_of(shifted));
}

TEST(Recorder, numbers_events_per_node) {
  Recorder recorder({.keep = Recorder::Keep::kEvents});
  for (const Step& step : run_of(6)) record(recorder, step);
  Step of_world;
  of_world.node = -1;
  record(recorder, of_world);
  const EventLog& log = recorder.log();
  EXPECT_EQ(log.at(0).header.id, event_id(0, 1));
  EXPECT_EQ(log.at(4).header.id, event_id(1, 2));
  EXPECT_EQ(log.at(6).header.id, event_id(-1, 1));
  const EventIndex index(log);
  for (uint64_t i = 0; i < log.end_index(); ++i) EXPECT_EQ(index.find(log.at(i).header.id), i);
  EXPECT_EQ(index.find(event_id(9, 1)), EventIndex::kNone);
  EXPECT_EQ(index.find(0), EventIndex::kNone);
}

TEST(Recorder, shows_each_event_to_its_observers_in_order) {
  struct Counter final : EventObserver {
    void on_event(const EventView& event) override {
      EXPECT_EQ(event.header.time_ns, static_cast<int64_t>(text.size()) * 10);
      text += event.payload.empty() ? '-' : static_cast<char>(event.payload[0]);
    }
    std::string text;
  };
  Counter counter;
  Recorder recorder({.keep = Recorder::Keep::kNothing});
  recorder.add_observer(counter);
  for (const Step& step : run_of(5)) record(recorder, step);
  EXPECT_EQ(counter.text, "-bcde");
}

TEST(EventLog, keeps_what_was_appended_and_drops_only_old_chunks) {
  const std::vector<Step> steps = run_of(20'000);
  Recorder recorder({.keep_last = 5000});
  for (const Step& step : steps) record(recorder, step);
  const EventLog& log = recorder.log();
  EXPECT_EQ(log.end_index(), 20'000U);
  EXPECT_GE(log.size(), 5000U);
  EXPECT_LE(log.size(), 5000U + 2 * EventLog::kChunkEvents);
  for (uint64_t i = log.first_index(); i < log.end_index(); ++i) {
    EXPECT_EQ(as_text(log.at(i).payload), steps[i].payload);
    EXPECT_EQ(log.at(i).header.time_ns, steps[i].time_ns);
  }
}

TEST(RecorderDeathTest, refuses_two_types_with_one_id) {
  static constexpr EventType kTwin{0x10, "test.twin", describe_nothing};
  Recorder recorder({.keep = Recorder::Keep::kNothing});
  record(recorder, Step{});
  Step twin;
  twin.type = &kTwin;
  EXPECT_DEATH(record(recorder, twin), "type.name");
}

}  // namespace
}  // namespace faultline::sim
