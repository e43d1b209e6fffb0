// SPDX-License-Identifier: Apache-2.0
// kafka_load COMMAND [--NAME VALUE]...: the load generator of ./dev bench-kafka.
#include <charconv>
#include <cstring>
#include <map>
#include <string>

#include "tests/kafka/load.h"
#include "tests/kafka/load_connection.h"

namespace faultline::load {
namespace {

using Command = void (*)(const LoadOptions&);

const std::map<std::string, Command> kCommands = {
    {"create", create_topic},   {"delete", delete_topic},     {"produce", produce},
    {"fetch", fetch},           {"latency", measure_latency}, {"first-ack", await_first_ack},
    {"serve-bare", serve_bare},
};

template <class Int>
void parse(const std::string& text, Int& to) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
  if (error != std::errc() || end != text.data() + text.size()) die("not a number: " + text);
}

void set_option(LoadOptions& options, const std::string& name, const std::string& value) {
  if (name == "--port") return parse(value, options.port);
  if (name == "--partitions") return parse(value, options.partitions);
  if (name == "--bytes") return parse(value, options.bytes);
  if (name == "--record-bytes") return parse(value, options.record_bytes);
  if (name == "--batch-bytes") return parse(value, options.batch_bytes);
  if (name == "--in-flight") return parse(value, options.in_flight);
  if (name == "--rate") return parse(value, options.rate);
  if (name == "--seconds") return parse(value, options.seconds);
  if (name == "--topic") {
    options.topic = value;
  } else if (name == "--file") {
    options.file = value;
  } else {
    die("unknown option " + name);
  }
}

void run(int count, char** arguments) {
  if (count < 2) die("usage: kafka_load COMMAND [--NAME VALUE]...");
  const auto command = kCommands.find(arguments[1]);
  if (command == kCommands.end()) die(std::string("unknown command ") + arguments[1]);
  LoadOptions options;
  for (int i = 2; i < count; ++i) {
    const std::string name = arguments[i];
    if (name == "--bare") {
      options.is_bare = true;
    } else if (i + 1 < count) {
      set_option(options, name, arguments[++i]);
    } else {
      die(name + " lacks its value");
    }
  }
  command->second(options);
}

}  // namespace
}  // namespace faultline::load

int main(int count, char** arguments) {
  faultline::load::run(count, arguments);
  return 0;
}
