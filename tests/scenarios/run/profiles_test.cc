// SPDX-License-Identifier: Apache-2.0
// Goal: the costs and latencies of a profile are those of the run. Method: the same small load
// under two profiles; what one of them doubles, doubles what the clients see, and nothing else.
#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "broker/env/history_events.h"
#include "scenarios/run/build_world.h"
#include "scenarios/run/simulation.h"
#include "scenarios/schema/parse.h"

namespace faultline::scenarios {
namespace {

// The time between a send and its ack, by the clients' own events.
class AckTimes final : public sim::EventObserver {
 public:
  void on_event(const sim::EventView& event) override {
    if (event.header.kind == history::SendInvoked::kType.id) {
      const auto sent = Codec<history::SendInvoked>::decode(Slice::copy_of(event.payload), 0);
      began_[sent->send_id] = event.header.time_ns;
    } else if (event.header.kind == history::SendAcked::kType.id) {
      const auto acked = Codec<history::SendAcked>::decode(Slice::copy_of(event.payload), 0);
      times_.push_back(event.header.time_ns - began_[acked->send_id]);
    }
  }
  double median_us() {
    EXPECT_GT(times_.size(), 100u);
    std::ranges::sort(times_);
    return static_cast<double>(times_[times_.size() / 2]) / 1e3;
  }

 private:
  std::map<int64_t, int64_t> began_;
  std::vector<int64_t> times_;
};

double median_ack_us(const std::string& profile, bool flushes) {
  const std::string text = R"({ "cluster": { "brokers": ["b1"], "profile": "./p.json" },
    "topics": { "t": { "config": { "flush.messages": )" +
                           std::string(flushes ? "1" : "9223372036854775807") + R"( } } },
    "clients": [ { "id": "p1", "type": "producer", "topic": "t", "rate": "20/s", "linger": "0ms" } ],
    "until": { "time": "2s", "settle": "1s" } })";
  ParseOutcome outcome =
      parse_scenario(text, "s.json", {}, nullptr,
                     [&](const std::string&) -> Result<std::string> { return profile; });
  EXPECT_TRUE(outcome.ok()) << outcome.to_string();
  AckTimes times;
  const RunResult result = run_scenario(outcome.scenario, {.seed = 1, .observer = &times});
  EXPECT_EQ(result.stopped_because, "");
  return times.median_us();
}

std::string profile(std::string_view fsync, std::string_view write, std::string_view latency,
                    int64_t request_ps, int64_t client_resume_ps = 200'000) {
  return fmt::format(R"({{ "network": {{ "latency": "{}" }},
    "disk": {{ "fsync": "{}", "write": "{}" }},
    "cpu": {{ "costs": {{ "request_ps": {} }}, "client_costs": {{ "resume_ps": {} }} }} }})",
                     latency, fsync, write, request_ps, client_resume_ps);
}

TEST(Profiles, a_disk_twice_as_slow_doubles_the_ack_of_what_is_flushed) {
  const double once = median_ack_us(profile("5ms", "50us", "10us", 6'000'000), true);
  const double twice = median_ack_us(profile("10ms", "100us", "10us", 6'000'000), true);
  EXPECT_GT(once, 5'000);
  EXPECT_GT(twice / once, 1.9);
  EXPECT_LT(twice / once, 2.1);
  const double unflushed = median_ack_us(profile("10ms", "100us", "10us", 6'000'000), false);
  EXPECT_LT(unflushed, 500) << "fsync must not count where nothing is flushed";
}

TEST(Profiles, the_network_counts_there_and_back_and_the_processor_once) {
  const double fast = median_ack_us(profile("5ms", "50us", "10us", 6'000'000), false);
  const double far = median_ack_us(profile("5ms", "50us", "1010us", 6'000'000), false);
  EXPECT_NEAR(far - fast, 2'000, 20);
  const double slow = median_ack_us(profile("5ms", "50us", "10us", 1'006'000'000), false);
  EXPECT_NEAR(slow - fast, 1'000, 20);
  const std::string busy_client = profile("5ms", "50us", "10us", 6'000'000, 200'200'000);
  EXPECT_GT(median_ack_us(busy_client, false) - fast, 200) << "a client resumes tasks too";
}

TEST(Profiles, without_one_the_costs_are_those_of_the_simulated_machine) {
  const sim::CostTable standard;
  const CpuCosts costs;
  EXPECT_EQ(costs.resume, standard.resume_ps);
  const std::array<int64_t, kWorkKinds> listed = {
      costs.request,           costs.network_byte, costs.checksum_byte, costs.compressed_byte,
      costs.decompressed_byte, costs.record,       costs.log_append,    costs.log_read};
  EXPECT_EQ(listed, standard.work_ps);
}

}  // namespace
}  // namespace faultline::scenarios
