// SPDX-License-Identifier: Apache-2.0
// Goal: a scenario takes from the profile that it names what it does not say itself, and a mistake
// in either is shown where it stands. Method: examples over files in memory; what is printed names
// no profile and reads back the same.
#include "scenarios/schema/profile_file.h"

#include <map>

#include <gtest/gtest.h>

#include "scenarios/profiles/profile_texts.h"
#include "scenarios/schema/description.h"
#include "scenarios/schema/units.h"

namespace faultline::scenarios {
namespace {

constexpr std::string_view kProfile = R"({
  "notes": { "measured": "never" },
  "cpu": { "costs": { "request_ps": 9000000, "record_ps": 70 } },
  "network": { "latency": { "p50": "20us", "p0": "10us", "p99": "90us", "p99.9": "200us", "p100": "1ms" } },
  "disk": { "fsync": { "p50": "2ms", "p99": "4ms" }, "write": "7us" } })";

ParseOutcome parse(std::string_view cluster, std::span<const Override> overrides = {},
                   std::string_view profile = kProfile) {
  const std::map<std::string, std::string> files = {{"dir/p.json", std::string(profile)},
                                                    {"/abs/p.json", std::string(profile)},
                                                    {"here.json", std::string(profile)}};
  const std::string text = R"({ "cluster": { "brokers": ["b1"], )" + std::string(cluster) + R"( },
    "topics": { "t": {} }, "clients": [ { "id": "p1", "type": "producer", "topic": "t" } ] })";
  return parse_scenario(text, "dir/s.json", overrides, nullptr,
                        [&](const std::string& path) -> Result<std::string> {
                          const auto found = files.find(path);
                          if (found == files.end())
                            return fail(ErrorCode::kNotFound, "no such file");
                          return found->second;
                        });
}

TEST(Profile, fills_in_what_the_scenario_does_not_say) {
  const ParseOutcome outcome =
      parse(R"("profile": "p.json", "disk": { "fsync": "3ms", "capacity": "1GiB" })");
  ASSERT_TRUE(outcome.ok()) << outcome.to_string();
  const Cluster& cluster = outcome.scenario.cluster;
  EXPECT_EQ(cluster.cpu.costs.request, 9'000'000);
  EXPECT_EQ(cluster.cpu.costs.record, 70);
  EXPECT_EQ(cluster.cpu.costs.log_append, CpuCosts{}.log_append);
  EXPECT_EQ(cluster.disk.fsync, (Latency{milliseconds(3), milliseconds(3)}));
  EXPECT_EQ(cluster.disk.write, (Latency{microseconds(7), microseconds(7)}));
  EXPECT_EQ(cluster.disk.capacity, 1 << 30);
  const std::vector<Quantile> points = {{0, microseconds(10)},
                                        {500'000, microseconds(20)},
                                        {990'000, microseconds(90)},
                                        {999'000, microseconds(200)},
                                        {1'000'000, milliseconds(1)}};
  EXPECT_EQ(cluster.network.latency.points, points);
  EXPECT_EQ(cluster.network.latency.p50, microseconds(20));
}

TEST(Profile, a_printed_scenario_holds_the_values_and_names_no_file) {
  const ParseOutcome first = parse(R"("profile": "p.json")");
  ASSERT_TRUE(first.ok()) << first.to_string();
  const std::string text = to_json(first.scenario);
  EXPECT_EQ(text.find("profile"), std::string::npos) << text;
  const ParseOutcome second = parse_scenario(text, "dir/s.json");
  ASSERT_TRUE(second.ok()) << second.to_string();
  EXPECT_EQ(to_json(second.scenario), text);
  EXPECT_EQ(second.scenario.cluster.network.latency, first.scenario.cluster.network.latency);
  EXPECT_EQ(second.scenario.cluster.cpu.costs, first.scenario.cluster.cpu.costs);
}

TEST(Profile, a_path_is_relative_to_the_scenario_or_to_where_set_was_said) {
  EXPECT_TRUE(parse(R"("profile": "./../dir/nothing.json")")
                  .to_string()
                  .contains("s.json:1:46 error  cluster.profile: cannot read "
                            "dir/./../dir/nothing.json: no such file"))
      << parse(R"("profile": "./../dir/nothing.json")").to_string();
  EXPECT_TRUE(parse(R"("profile": "/abs/p.json")").ok());
  const Override change = parse_override("cluster.profile=here.json");
  EXPECT_TRUE(parse(R"("config": {})", {&change, 1}).ok());
  const Override own = parse_override("cluster.cpu.costs.record_ps=5");
  EXPECT_EQ(parse(R"("profile": "p.json")", {&own, 1}).scenario.cluster.cpu.costs.record, 5);
}

TEST(Profile, mistakes_in_it_are_shown_with_its_own_lines) {
  const auto message = [](std::string_view profile) {
    const ParseOutcome outcome = parse(R"("profile": "p.json")", {}, profile);
    EXPECT_FALSE(outcome.ok()) << profile;
    return outcome.to_string();
  };
  EXPECT_EQ(message("{\n  \"cpu\": { \"costs\": { \"request\": 1 } } }"),
            "dir/p.json:2:23 error  cluster.cpu.costs: unknown key \"request\"; did you mean "
            "\"request_ps\"?\n"
            "     2 |   \"cpu\": { \"costs\": { \"request\": 1 } } }\n"
            "       |                       ^\n"
            "       = valid keys: resume_ps, request_ps, network_byte_ps, checksum_byte_ps, "
            "compressed_byte_ps, decompressed_byte_ps, record_ps, log_append_ps, log_read_ps\n");
  EXPECT_TRUE(message("[]").contains("a profile is a JSON object"));
  EXPECT_TRUE(message("{").starts_with("dir/p.json:1:"));
  EXPECT_TRUE(message(R"({"disc": {}})").contains("did you mean \"disk\"?"));
  EXPECT_TRUE(message(R"({"disk": 3})").contains("\"disk\" is an object"));
  EXPECT_TRUE(message(R"({"disk": {}, "disk": {}})").contains("appears twice"));
  EXPECT_TRUE(message(R"({"disk": {"fsync": "2 years"}})").starts_with("dir/p.json:1:20 error"));
  EXPECT_TRUE(message(R"({"cpu": {"costs": {"record_ps": -1}}})").contains("at least 0"));
}

TEST(Profile, a_table_of_quantiles_is_whole_and_ascends) {
  const auto message = [](std::string_view latency) {
    return parse(R"("network": {"latency": )" + std::string(latency) + "}").to_string();
  };
  EXPECT_TRUE(message(R"({"p50": "2us", "p90": "3us", "p99": "4us"})").contains("from p0 to p100"));
  EXPECT_TRUE(message(R"({"p0": "1us", "p50": "2us", "p90": "9us", "p99": "4us", "p100": "1s"})")
                  .contains("p90 must not exceed p99"));
  EXPECT_TRUE(message(R"({"p0": "1us", "p50": "2us", "p50.0": "3us", "p99": "4us", "p100": "1s"})")
                  .contains("p50 appears twice"));
  EXPECT_TRUE(message(R"({"p0": "1us", "p50": "2us", "p99": "4us", "p101": "1s"})")
                  .contains("unknown key \"p101\""));
  EXPECT_TRUE(message(R"({"p0": "1us", "p99": "4us", "p100": "1s"})").contains("missing key"));
}

TEST(Profile, an_unknown_name_is_explained) {
  const std::string text = parse(R"("profile": "kafka-nowhere")").to_string();
  EXPECT_TRUE(text.contains("there is no profile \"kafka-nowhere\"")) << text;
  EXPECT_TRUE(parse(R"("profile": 7)").to_string().contains("cluster.profile: expected"));
}

TEST(Profile, every_shipped_one_is_whole) {
  for (const ProfileText& profile : profile_texts()) {
    const ParseOutcome outcome = parse(R"("profile": ")" + std::string(profile.name) + "\"");
    ASSERT_TRUE(outcome.ok()) << outcome.to_string();
    const Cluster& cluster = outcome.scenario.cluster;
    EXPECT_NE(cluster.cpu.costs, CpuCosts{}) << profile.name;
    EXPECT_FALSE(cluster.network.latency.points.empty()) << profile.name;
    EXPECT_FALSE(cluster.disk.fsync.points.empty()) << profile.name;
  }
}

TEST(Quantiles, are_exact_to_a_millionth) {
  EXPECT_EQ(parse_quantile("p99.9"), 999'000u);
  EXPECT_EQ(parse_quantile("p0"), 0u);
  EXPECT_EQ(parse_quantile("p100"), 1'000'000u);
  for (const char* text : {"p", "99", "p100.1", "p-1", "p1e1", "p0.00001", "q50"})
    EXPECT_FALSE(parse_quantile(text)) << text;
  for (const uint32_t share : {0u, 1u, 10u, 500'000u, 999'900u, 1'000'000u})
    EXPECT_EQ(parse_quantile(format_quantile(share)), share);
  EXPECT_EQ(format_quantile(999'900), "p99.99");
}

}  // namespace
}  // namespace faultline::scenarios
