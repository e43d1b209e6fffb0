// SPDX-License-Identifier: Apache-2.0
// Step: which action a model takes and for whom, e.g. BecomeLeader(replica 1, epoch 2). Small and
// plain, because one is made for each transition; names are in the model's list of ActionInfo.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace faultline::model {

// A number of an enum or an integer; so that models may number their actions by a plain enum.
template <class T>
concept Number = std::is_integral_v<T> || std::is_enum_v<T>;

struct Step {
  static constexpr size_t kParametersMax = 4;

  uint16_t action = 0;  // index into the model's actions()
  uint16_t count = 0;   // of parameters
  std::array<int16_t, kParametersMax> parameters{};

  constexpr Step() = default;
  template <Number Action, Number... Parameters>
    requires(sizeof...(Parameters) <= kParametersMax)
  constexpr explicit Step(Action which, Parameters... values)
      : action(static_cast<uint16_t>(which)),
        count(sizeof...(Parameters)),
        parameters{static_cast<int16_t>(values)...} {}

  bool operator==(const Step&) const = default;
};

// An action by name, with the names of its parameters: {"BecomeLeader", {"replica", "epoch"}}.
struct ActionInfo {
  std::string name;
  std::vector<std::string> parameters;
};

// What people see of a state: one line a field, in a fixed order. A counterexample prints the
// fields that a step changed.
class Fields {
 public:
  struct Field {
    std::string name;
    std::string value;
    bool operator==(const Field&) const = default;
  };

  void add(std::string name, std::string value) {
    fields_.push_back({std::move(name), std::move(value)});
  }
  void add(std::string name, int64_t value) { add(std::move(name), std::to_string(value)); }
  const std::vector<Field>& all() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

}  // namespace faultline::model
