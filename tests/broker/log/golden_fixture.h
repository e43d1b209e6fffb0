// SPDX-License-Identifier: Apache-2.0
// Where the recorded directories of Apache Kafka are; tests skip themselves where they are absent.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <gtest/gtest.h>

namespace faultline::log {

inline std::string golden_path(const std::string& name) {
  return std::string(FAULTLINE_SHARED_DIR) + "/data/kafka-4.1-golden/" + name;
}

inline std::string read_golden(const std::string& name) {
  std::ifstream in(golden_path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The text of each file in a dump, by the file's name.
inline std::map<std::string, std::string> split_dump(const std::string& dump) {
  constexpr std::string_view kStart = "Dumping ";
  std::map<std::string, std::string> parts;
  size_t at = 0;
  while (at < dump.size()) {
    size_t next = dump.find("\nDumping ", at);
    next = next == std::string::npos ? dump.size() : next + 1;
    const std::string part = dump.substr(at, next - at);
    const size_t line_end = part.find('\n');
    parts[part.substr(kStart.size(), line_end - kStart.size())] = part;
    at = next;
  }
  return parts;
}

}  // namespace faultline::log

#define SKIP_WITHOUT_GOLDEN_DATA()                                 \
  if (!std::filesystem::exists(::faultline::log::golden_path(""))) \
  GTEST_SKIP() << "no recorded Kafka data at " << ::faultline::log::golden_path("")
