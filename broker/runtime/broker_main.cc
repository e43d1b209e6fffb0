// SPDX-License-Identifier: Apache-2.0
// faultline-broker: the broker of the simulator on real sockets and files.
#include <cstdio>
#include <fstream>
#include <sstream>

#include <malloc.h>
#include <unistd.h>

#include "broker/runtime/broker_process.h"
#include "broker/runtime/stop_signals.h"
#include "broker/runtime/timer_queue.h"

namespace faultline {
namespace {

// Buffers of requests come and go all the time: memory that was touched once is kept for the next
// one, for a fresh page costs more than filling it.
void keep_touched_memory() {
  constexpr int kKept = 64 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kKept);
  ::mallopt(M_TRIM_THRESHOLD, kKept);
}

void print(std::FILE* to, std::string_view text) { std::fwrite(text.data(), 1, text.size(), to); }

ExitCode refuse(const std::string& text, ExitCode code) {
  print(stderr, "faultline-broker: " + text + "\n");
  return code;
}

ExitCode run(std::span<const char* const> arguments) {
  const Result<CommandLine> line = parse_command_line(arguments);
  if (!line) return refuse(line.error().detail, kExitUsage);
  if (line->wants_help || line->wants_version) {
    print(stdout, line->wants_help ? broker_usage() : "faultline-broker " FAULTLINE_VERSION "\n");
    return kExitOk;
  }
  std::ostringstream config_text;
  if (!line->config_file.empty()) {
    std::ifstream file(line->config_file, std::ios::binary);
    if (!file) return refuse("cannot read " + line->config_file, kExitNoInput);
    config_text << file.rdbuf();
  }
  const Result<BrokerOptions> options = broker_options(*line, config_text.view());
  if (!options) return refuse(options.error().detail, kExitUsage);
  RealClock clock;
  LineLog log(clock, STDERR_FILENO, options->is_verbose ? LogLevel::kDebug : LogLevel::kInfo);
  StopSignals::block();
  keep_touched_memory();
  return run_broker(*options, log, STDOUT_FILENO);
}

}  // namespace
}  // namespace faultline

int main(int argument_count, char** arguments) {
  return faultline::run(
      {arguments + 1, static_cast<size_t>(argument_count > 0 ? argument_count - 1 : 0)});
}
