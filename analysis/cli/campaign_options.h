// SPDX-License-Identifier: Apache-2.0
// What the verbs of many runs are given: `check` and `merge`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace faultline::cli {

struct CheckOptions {
  std::string file;               // may be empty with `resume`
  std::string seeds;              // "A..B", "A.."; empty: 1..100, or without end if there is a time
  std::string time;               // "60s": hand out no seed after it
  size_t jobs = 0;                // processes; 0: as many as there are processors
  std::string shard;              // "i/n"
  std::string stop_on = "never";  // or "first", or a number of failures
  std::string junit;              // where to write JUnit XML
  std::string results;            // where to write the result file
  std::string resume;             // a result file to go on with
  std::string out;                // folder for the recorded run of each failure
  std::vector<std::string> sets;
  bool fingerprints = false;  // a line `seed fingerprint verdict` for each
  bool twice = false;         // each seed twice in this process
  bool json = false;
};

struct MergeOptions {
  std::vector<std::string> files;
  std::string results;
  std::string junit;
};

}  // namespace faultline::cli
