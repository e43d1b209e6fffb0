// SPDX-License-Identifier: Apache-2.0
// The `faultline` program.
#include <exception>
#include <string>
#include <vector>

#include "analysis/cli/verbs.h"

int main(int argc, char** argv) {
  using namespace faultline::cli;
  const Console console = Console::of_process();
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    return static_cast<int>(run_command_line(arguments, console));
  } catch (const std::exception& error) {
    console.complain(std::string("faultline: a bug in this program: ") + error.what() + "\n");
    return static_cast<int>(Exit::kToolBug);
  }
}
