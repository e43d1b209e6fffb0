// SPDX-License-Identifier: Apache-2.0
// Collects what is wrong with a scenario and turns it into diagnostics: in the order of the file,
// with the source line of each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/schema/json_tree.h"
#include "scenarios/schema/parse.h"

namespace faultline::scenarios {

class Report {
 public:
  // The texts that places point into; a place's source is the index.
  Report(std::string_view text, std::string file_name, std::span<const Override> overrides,
         const PlanText* plan = nullptr);

  // Another text that places may point into; the source that they name.
  int add_source(std::string_view text, std::string file_name);

  void error(Place place, std::string path, std::string message, std::string hint = {});
  void warning(Place place, std::string path, std::string message, std::string hint = {});
  bool has_errors() const { return errors_ > 0; }

  // Sorted, the first kDiagnosticsMax of them; `dropped` counts the rest.
  std::vector<Diagnostic> take(size_t& dropped);

 private:
  struct Finding {
    Place place;
    size_t number = 0;  // of those at one place the first found comes first
    Diagnostic diagnostic;
  };
  void add(Severity severity, Place place, std::string path, std::string message, std::string hint);

  struct Source {
    std::string text;
    std::string file_name;
  };
  std::vector<Source> sources_;  // file, overrides, plan, what was added
  std::vector<Finding> findings_;
  size_t errors_ = 0;
};

}  // namespace faultline::scenarios
