// SPDX-License-Identifier: Apache-2.0
// Oracle: does this scenario still fail in the same way? Answers each question once; counts what it
// costs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "scenarios/run/simulation.h"

namespace faultline::shrink {

class Oracle {
 public:
  // `keep_going` is asked before each run; once it says no, nothing fails any more.
  // What fails must please `accepts`, too, where there is one.
  Oracle(std::string signature, std::function<bool()> keep_going,
         std::function<bool(const scenarios::Scenario&)> accepts)
      : signature_(std::move(signature)),
        keep_going_(std::move(keep_going)),
        accepts_(std::move(accepts)) {}

  // The scenario as a file with this content would be read, if it is legal and its own seed fails
  // with the signature.
  std::optional<scenarios::Scenario> fails(const scenarios::Scenario& candidate);

  const std::string& signature() const { return signature_; }
  uint64_t runs() const { return runs_; }
  bool is_stopped() const { return is_stopped_; }

 private:
  const std::string signature_;
  const std::function<bool()> keep_going_;
  const std::function<bool(const scenarios::Scenario&)> accepts_;
  std::set<std::string> rejected_;
  uint64_t runs_ = 0;
  bool is_stopped_ = false;
};

// Whether a run of the scenario with its own seed has the signature.
bool has_signature(const scenarios::Scenario& scenario, const std::string& signature);

}  // namespace faultline::shrink
