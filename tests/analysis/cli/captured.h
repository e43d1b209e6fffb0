// SPDX-License-Identifier: Apache-2.0
// Runs command lines in this process and keeps what they print; and a folder of scratch files.
#pragma once

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/cli/verbs.h"

namespace faultline::cli {

struct Captured {
  Exit exit = Exit::kHeld;
  std::string out;
  std::string err;
};

inline std::string contents_of(std::FILE* file) {
  std::string text;
  std::rewind(file);
  char block[4096];
  while (const size_t count = std::fread(block, 1, sizeof block, file)) text.append(block, count);
  std::fclose(file);
  return text;
}

inline Captured faultline(const std::vector<std::string>& arguments, bool unicode = true) {
  Console console{.out = std::tmpfile(), .err = std::tmpfile(), .unicode = unicode};
  Captured captured{.exit = run_command_line(arguments, console)};
  captured.out = contents_of(console.out);
  captured.err = contents_of(console.err);
  return captured;
}

// A folder for one test, empty at its start and gone after it.
class Scratch {
 public:
  Scratch()
      : path_(std::filesystem::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return path_ / name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(file(name)) << text;
    return file(name);
  }

 private:
  std::filesystem::path path_;
};

// One broker, one producer, one consumer; a power loss under Kafka's defaults.
inline const std::string kSmall = R"({
  "version": 1, "name": "small", "seed": 3,
  "cluster": { "brokers": ["b1"] },
  "topics": { "orders": {} },
  "clients": [
    { "id": "p1", "type": "producer", "topic": "orders", "rate": "50/s" },
    { "id": "c1", "type": "consumer", "topic": "orders" }],
  "faults": { "timeline": [{ "at": "2s", "kind": "power_loss", "keep": 0 }] },
  "until": { "time": "4s", "settle": "5s" } }
)";

}  // namespace faultline::cli
