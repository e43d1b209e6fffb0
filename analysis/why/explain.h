// SPDX-License-Identifier: Apache-2.0
// Why a run ended as it did: the finding that matters most, and the chain of events from the step
// that decided it to the one that shows it, with what the disk held at the moment of the loss.
// Everything comes from the recorded events and their causes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/result.h"
#include "sim/check/finding.h"
#include "sim/trace/run_file.h"

namespace faultline::why {

struct Step {
  uint64_t index = 0;  // of the event in the run
  EventId id = 0;
  int64_t time_ns = 0;
  std::string who;           // "p1", "b1", "disk b1", "fault 1"
  std::string what;          // "appends it at offset 786, byte 7,305,009"
  bool is_decision = false;  // without it, the symptom would not be
  bool is_symptom = false;
  int weight = 0;  // the heaviest leave first when there is too little room
};

// One line of what the page cache and the platter held, side by side.
struct DiskLine {
  std::string where;
  std::string cache;
  std::string platter;
};

struct Explanation {
  std::string scenario;
  uint64_t seed = 0;
  std::string fingerprint;
  sim::Verdict verdict = sim::Verdict::kUnknown;

  // What is explained; without a finding only the remarks say something.
  bool has_finding = false;
  sim::Finding finding;
  std::string property_id;
  std::string property_name;
  std::string property_meaning;
  uint64_t others = 0;                 // findings of this kind, this one not counted
  std::vector<std::string> rules_off;  // "name: what it is for"
  std::vector<Step> steps;             // in order
  std::string disk_title;
  std::vector<DiskLine> disk;
  std::vector<std::string> remarks;

  // Of a model's run only: second 3 of a time stands for step 3.
  bool counts_steps = false;
  std::string command;  // what finds it again
};

struct ExplainOptions {
  std::string property;  // id; empty: the one that matters most
  size_t steps_max = 9;
};

// Errors: kInvalidArgument (the run's scenario is unreadable; it has no finding of this property).
Result<Explanation> explain(const sim::RunFile& run, const ExplainOptions& options);

}  // namespace faultline::why
