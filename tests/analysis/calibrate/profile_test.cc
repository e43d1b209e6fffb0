// SPDX-License-Identifier: Apache-2.0
// Goal: a profile's file reads back as it was written, and a bad one is refused with its place.
// Method: a round trip and a few mistakes.
#include "analysis/calibrate/profile.h"

#include <gtest/gtest.h>

namespace faultline::calibrate {
namespace {

TEST(ProfileFile, is_read_as_it_was_written) {
  Profile profile;
  profile.notes = {{"what", "a \"broker\""}};
  profile.costs.request = 1'234'567;
  profile.costs.network_byte = 0;
  profile.client_costs.record = 77;
  profile.network = {microseconds(20), microseconds(90), {}};
  profile.write.points = {{0, nanoseconds(500)},
                          {500'000, microseconds(7)},
                          {990'000, microseconds(8)},
                          {999'900, microseconds(9)},
                          {1'000'000, milliseconds(1)}};
  profile.write.p50 = microseconds(7);
  profile.write.p99 = microseconds(8);
  profile.fsync = {milliseconds(1), milliseconds(1), {}};
  const std::string text = to_json(profile);
  const Result<Profile> read = parse_profile(text, "p.json");
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(read->costs, profile.costs);
  EXPECT_EQ(read->client_costs, profile.client_costs);
  EXPECT_EQ(read->network, profile.network);
  EXPECT_EQ(read->write, profile.write);
  EXPECT_EQ(read->fsync, profile.fsync);
  EXPECT_NE(text.find(R"("what": "a \"broker\"")"), std::string::npos) << text;
}

TEST(ProfileFile, a_bad_one_is_refused_with_its_place) {
  const auto error = [](std::string_view text) {
    const Result<Profile> read = parse_profile(text, "dir/p.json");
    return read ? std::string("none") : read.error().detail;
  };
  EXPECT_TRUE(error("{\n \"disk\": { \"fsync\": \"soon\" } }").contains("measured:2:21 error"))
      << error("{\n \"disk\": { \"fsync\": \"soon\" } }");
  EXPECT_NE(error("{"), "none");
  EXPECT_NE(error("{\"network\": {\"latency\": {\"p50\": \"1us\"}}}"), "none");
}

}  // namespace
}  // namespace faultline::calibrate
