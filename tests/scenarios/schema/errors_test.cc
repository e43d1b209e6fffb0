// SPDX-License-Identifier: Apache-2.0
// Goal: a mistake in a scenario is explained so that it can be mended without reading anything
// else. Method: golden texts; errors/NAME.json must give errors/NAME.expected. Set
// FAULTLINE_WRITE_GOLDEN=1 to write them, then read what changed.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "scenarios/schema/parse.h"

namespace faultline::scenarios {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<fs::path> cases() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(FAULTLINE_SOURCE_DIR "/tests/scenarios/errors")) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class ScenarioErrors : public testing::TestWithParam<fs::path> {};

TEST_P(ScenarioErrors, are_explained_as_in_the_golden_text) {
  const fs::path& path = GetParam();
  const ParseOutcome outcome = parse_scenario(contents(path), path.filename().string());
  EXPECT_FALSE(outcome.ok());
  fs::path golden = path;
  golden.replace_extension(".expected");
  if (std::getenv("FAULTLINE_WRITE_GOLDEN") != nullptr) {
    std::ofstream(golden) << outcome.to_string();
  }
  EXPECT_EQ(outcome.to_string(), contents(golden));
}

INSTANTIATE_TEST_SUITE_P(Files, ScenarioErrors, testing::ValuesIn(cases()),
                         [](const testing::TestParamInfo<fs::path>& info) {
                           std::string name = info.param.stem().string();
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ScenarioErrors, a_file_with_very_many_stops_at_twenty) {
  std::string text = "{\"version\": 1, \"cluster\": {\"brokers\": [\"b1\"]}";
  for (int i = 0; i < 50; ++i) text += ", \"zz" + std::to_string(i) + "\": 1";
  const ParseOutcome outcome = parse_scenario(text + "}", "many.json");
  EXPECT_EQ(outcome.diagnostics.size(), kDiagnosticsMax);
  EXPECT_EQ(outcome.dropped, 30u);
  EXPECT_FALSE(outcome.ok());
  EXPECT_TRUE(outcome.to_string().ends_with("and 30 more\n"));
}

}  // namespace
}  // namespace faultline::scenarios
