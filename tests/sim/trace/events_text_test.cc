// SPDX-License-Identifier: Apache-2.0
// Goal: events are found, printed and compared as people and tools need them. Method: a small run
// of the shared vocabulary, written to bytes and read back, so that only the file's own schema is
// used.
#include <gtest/gtest.h>

#include "broker/env/history_events.h"
#include "broker/env/world_events.h"
#include "sim/trace/diff.h"
#include "sim/trace/print.h"
#include "sim/trace/select.h"

namespace faultline::sim {
namespace {

class Script {
 public:
  template <class Payload>
  EventId tell(int64_t time_ns, int32_t node, EventId cause, const Payload& payload) {
    const Slice bytes = Codec<Payload>::encode(payload, 0);
    return recorder.record(time_ns, node, Payload::kType, 7, cause, bytes.view());
  }
  RunFile file() {
    RunInfo info;
    info.more = {{node_key(1), "b1"}, {node_key(2), "p1"}, {"note", "not a node"}};
    Result<RunFile> run =
        decode_run(encode_run(make_run(std::move(info), {}, std::move(recorder))).view());
    EXPECT_TRUE(run.has_value());
    return std::move(*run);
  }

  Recorder recorder{{}};
};

// `count` appends after a send; `twist` changes the payload of one of them.
RunFile run_of(int count, int twist = -1) {
  Script script;
  EventId last = script.tell(5, 2, 0, history::SendInvoked{.send_id = 1, .topic = "orders"});
  for (int i = 0; i < count; ++i) {
    const history::LogFlushed flushed{"orders", 0, i == twist ? 1'000'000 : i};
    last = script.tell(12'000'000'000 + i, 1, last, flushed);
  }
  return script.file();
}

TEST(EventPrinter, prints_a_line_for_people) {
  const RunFile run = run_of(1);
  const EventPrinter printer(run);
  EXPECT_EQ(printer.line(run.events.at(1)),
            "  12.000000000 b1    log.flushed          b1:1 <- p1:1     "
            "topic: \"orders\", partition: 0, end_offset: 0");
}

TEST(EventPrinter, prints_an_object_for_tools) {
  const RunFile run = run_of(1);
  EXPECT_EQ(EventPrinter(run).json(1, run.events.at(1)),
            R"({"index":1,"time_ns":12000000000,"node":1,"node_name":"b1","kind":"log.flushed",)"
            R"("id":"1:1","entity":7,"cause":"2:1",)"
            R"("payload":{"topic":"orders","partition":0,"end_offset":0}})");
}

TEST(EventPrinter, shows_bytes_that_do_not_fit_their_schema) {
  Script script;
  script.recorder.record(-1'500'000'000, -1, history::LogFlushed::kType, 0, 0,
                         as_bytes("\x01\xff"));
  const RunFile run = script.file();
  const EventPrinter printer(run);
  EXPECT_EQ(printer.line(run.events.at(0)),
            "  -1.500000000 world log.flushed          world:1          0x01ff");
  EXPECT_NE(printer.json(0, run.events.at(0)).find(R"("payload_hex":"01ff")"), std::string::npos);
}

TEST(EventPrinter, knows_nodes_by_name_and_number) {
  const RunFile run = run_of(1);
  const EventPrinter printer(run);
  EXPECT_EQ(printer.find_node("p1"), 2);
  EXPECT_EQ(printer.find_node("17"), 17);
  EXPECT_EQ(printer.find_node("world"), -1);
  EXPECT_FALSE(printer.find_node("b9").has_value());
  EXPECT_EQ(printer.node_name(3), "3");
}

TEST(Select, finds_events_by_node_kind_and_time) {
  const RunFile run = run_of(10);
  const auto count = [&](const Selection& selection) {
    return select_events(run, selection).size();
  };
  EXPECT_EQ(count({}), 11U);
  EXPECT_EQ(count({.node = 2}), 1U);
  EXPECT_EQ(count({.kind = "log"}), 10U);
  EXPECT_EQ(count({.kind = "log.flushed"}), 10U);
  EXPECT_EQ(count({.kind = "lo"}), 0U);
  EXPECT_EQ(count({.from_ns = 12'000'000'003, .until_ns = 12'000'000'005}), 3U);
  EXPECT_EQ(count({.node = 2, .kind = "log"}), 0U);
  EXPECT_EQ(count({.entity = 8}), 0U);
  EXPECT_EQ(kinds_named(run, "log"), std::vector<std::string>{"log.flushed"});
  EXPECT_TRUE(kinds_named(run, "lag").empty());
}

TEST(Diff, says_that_equal_runs_are_equal) {
  const RunFile a = run_of(100);
  const RunFile b = run_of(100);
  const RunDiff diff = diff_runs(a, b);
  EXPECT_TRUE(diff.is_equal);
  EXPECT_EQ(diff_text(a, b, diff, "a", "b").substr(0, 18), "equal: 101 events,");
}

TEST(Diff, finds_the_first_difference_wherever_it_is) {
  const RunFile a = run_of(20'000);
  for (int twist : {0, 1, 63, 4094, 4095, 4096, 12'345, 19'999}) {
    const RunFile b = run_of(20'000, twist);
    const RunDiff diff = diff_runs(a, b);
    EXPECT_FALSE(diff.is_equal);
    EXPECT_TRUE(diff.is_exact);
    EXPECT_EQ(diff.index, static_cast<uint64_t>(twist) + 1);
    EXPECT_EQ(diff.differences, std::vector<std::string>{"payload"});
    for (uint64_t index : diff.causes) EXPECT_LT(index, diff.index);
    for (uint64_t index : diff.before) EXPECT_LT(index, diff.index);
  }
}

TEST(Diff, tells_what_led_to_the_difference) {
  const RunFile a = run_of(5);
  const RunFile b = run_of(5, 3);
  const std::string text = diff_text(a, b, diff_runs(a, b, 2), "a.flrun", "b.flrun");
  EXPECT_EQ(text,
            "the runs part at event 4: payload\n"
            "\n"
            "A = a.flrun\n"
            "B = b.flrun\n"
            "A   12.000000003 b1    log.flushed          b1:4 <- b1:3     "
            "topic: \"orders\", partition: 0, end_offset: 3\n"
            "B   12.000000003 b1    log.flushed          b1:4 <- b1:3     "
            "topic: \"orders\", partition: 0, end_offset: 1000000\n"
            "\n"
            "what caused them, in both runs:\n"
            "    12.000000001 b1    log.flushed          b1:2 <- b1:1     "
            "topic: \"orders\", partition: 0, end_offset: 1\n"
            "    12.000000002 b1    log.flushed          b1:3 <- b1:2     "
            "topic: \"orders\", partition: 0, end_offset: 2\n"
            "\n"
            "what these nodes did before, in both runs:\n"
            "    12.000000001 b1    log.flushed          b1:2 <- b1:1     "
            "topic: \"orders\", partition: 0, end_offset: 1\n"
            "    12.000000002 b1    log.flushed          b1:3 <- b1:2     "
            "topic: \"orders\", partition: 0, end_offset: 2\n");
}

TEST(Diff, says_which_run_ends_first) {
  const RunFile a = run_of(10);
  const RunFile b = run_of(12);
  const RunDiff diff = diff_runs(a, b);
  EXPECT_EQ(diff.index, 11U);
  EXPECT_FALSE(diff.left.has_value());
  ASSERT_TRUE(diff.right.has_value());
  EXPECT_NE(diff_text(a, b, diff, "a", "b").find("a ends here"), std::string::npos);
}

TEST(Diff, narrows_it_down_by_checkpoints_when_the_events_were_not_kept) {
  const auto bare = [](int twist) {
    RunFile run = run_of(20'000, twist);
    run.events = EventLog();
    return run;
  };
  const RunFile a = bare(-1);
  const RunFile b = bare(9000);
  const RunDiff diff = diff_runs(a, b);
  EXPECT_FALSE(diff.is_equal);
  EXPECT_FALSE(diff.is_exact);
  EXPECT_EQ(diff.index, 8192U);
  EXPECT_EQ(diff.index_at_latest, 12'287U);
  EXPECT_NE(diff_text(a, b, diff, "a", "b").find("between event 8192 and event 12287"),
            std::string::npos);
}

}  // namespace
}  // namespace faultline::sim
