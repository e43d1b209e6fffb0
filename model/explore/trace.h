// SPDX-License-Identifier: Apache-2.0
// A counterexample as a recorded run, so that `faultline events` and `faultline diff` read it: one
// event a step, with its action and what it changed; a second of time for each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/env/emit.h"
#include "model/explore/counterexample.h"
#include "sim/trace/run_file.h"

namespace faultline::model {

struct ModelInitial {
  static constexpr MessageSpec kSpec = event_spec("model.initial");
  static constexpr EventType kType = event_type<ModelInitial>(0x3000, kSpec);
  struct Field {
    std::string name;
    std::string value;
    void wire(auto& a) {
      a.f("name", name);
      a.f("value", value);
    }
  };
  std::vector<Field> state;
  void wire(auto& a) { a.f("state", state); }
};

struct ModelStep {
  static constexpr MessageSpec kSpec = event_spec("model.step");
  static constexpr EventType kType = event_type<ModelStep>(0x3001, kSpec);
  struct Change {
    std::string field;
    std::string before;  // empty where the field is new
    std::string after;   // empty where it is gone
    void wire(auto& a) {
      a.f("field", field);
      a.f("before", before);
      a.f("after", after);
    }
  };
  std::string step;    // "BecomeLeader(replica 1)"
  std::string action;  // "BecomeLeader"
  std::vector<int16_t> parameters;
  std::vector<Change> changes;
  void wire(auto& a) {
    a.f("step", step);
    a.f("action", action);
    a.f("parameters", parameters);
    a.f("changes", changes);
  }
};

struct ModelViolation {
  static constexpr MessageSpec kSpec = event_spec("model.violation");
  static constexpr EventType kType = event_type<ModelViolation>(0x3002, kSpec);
  std::string property;
  int64_t loop_from = -1;  // the step from which on the run repeats; -1: it is finite
  void wire(auto& a) {
    a.f("property", property);
    a.f("loop_from", loop_from);
  }
};

// `title` says what was checked: it becomes the run's scenario.
sim::RunFile recorded_run(const Space& space, const Counterexample& counterexample,
                          std::string title);

}  // namespace faultline::model
