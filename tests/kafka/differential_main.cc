// SPDX-License-Identifier: Apache-2.0
// kafka_differential KAFKA_PORT FAULTLINE_PORT SEED OPERATIONS [NAME=VALUE]...
// The same operations for Apache Kafka, for faultline-broker and for the broker in the simulator,
// which gets the given broker configurations. Exit code 1 when an answer differs.
#include <charconv>
#include <cstdio>
#include <string>

#include "tests/kafka/differential.h"
#include "tests/kafka/load_connection.h"
#include "tests/kafka/operations.h"

namespace faultline::differential {
namespace {

constexpr int kArguments = 5;

int64_t number(const std::string& text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) load::die("not a number: " + text);
  return value;
}

void print_summary(const Differential& differential) {
  std::printf("%d answers of each compared:", differential.compared());
  for (const auto& [api, count] : differential.per_api()) std::printf(" %s %d", api.c_str(), count);
  std::printf("\n%d differ\n", differential.failures());
  for (const auto& [reason, count] : differential.known())
    std::printf("known difference, %d times: %s\n", count, reason.c_str());
}

int run(int count, char** arguments) {
  if (count < kArguments)
    load::die(
        "usage: kafka_differential KAFKA_PORT FAULTLINE_PORT SEED OPERATIONS [NAME=VALUE]...");
  std::map<std::string, std::string, std::less<>> configs;
  for (int i = kArguments; i < count; ++i) {
    const std::string text = arguments[i];
    configs[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
  }
  const auto seed = static_cast<uint64_t>(number(arguments[3]));
  std::vector<std::unique_ptr<Target>> targets;
  targets.push_back(make_real_target("Apache Kafka", static_cast<uint16_t>(number(arguments[1]))));
  targets.push_back(make_real_target("Faultline", static_cast<uint16_t>(number(arguments[2]))));
  targets.push_back(make_simulated_target("Faultline, simulated", seed, configs));
  Differential differential(std::move(targets));
  Operations operations(differential, seed);
  for (int64_t i = number(arguments[4]); i > 0; --i) {
    operations.run_one();
    std::fflush(stdout);
  }
  print_summary(differential);
  return differential.failures() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace faultline::differential

int main(int count, char** arguments) { return faultline::differential::run(count, arguments); }
