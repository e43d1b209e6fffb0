// SPDX-License-Identifier: Apache-2.0
// What `faultline-broker` was told: by its arguments, by a file of Kafka's properties, or both; an
// argument wins. Reading them touches nothing but the text.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/result.h"
#include "broker/server/broker_config.h"

namespace faultline {

struct BrokerOptions {
  std::string data;  // the log directory
  Endpoint listen{"127.0.0.1", 9092};
  Endpoint advertised;              // host empty: as `listen`
  std::optional<Endpoint> metrics;  // none: not served
  int32_t node_id = 1;
  std::string cluster_id;  // empty: the directory's, or a new one
  server::StaticConfigs configs;
  bool is_verbose = false;
  std::vector<std::string> warnings;  // of what was read and means nothing here
};

struct CommandLine {
  bool wants_help = false;
  bool wants_version = false;
  std::string config_file;  // empty: none
  // The rest in order, as properties: "--listen X" is listeners=PLAINTEXT://X.
  std::vector<std::pair<std::string, std::string>> properties;
  bool is_verbose = false;
};

std::string_view broker_usage();

// Errors: kInvalidArgument, a sentence for the user.
Result<CommandLine> parse_command_line(std::span<const char* const> arguments);
// `config_text` is the content of the file. Errors: kInvalidArgument and kCorrupt, with the line.
Result<BrokerOptions> broker_options(const CommandLine& line, std::string_view config_text);

// "HOST:PORT", "[IPv6]:PORT", ":PORT" or "PORT".
Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace faultline
