// SPDX-License-Identifier: Apache-2.0
// Arguments and Kafka's names.
#include "broker/runtime/broker_options.h"

#include <charconv>

#include "broker/metadata/config_defs.h"
#include "broker/runtime/properties.h"

namespace faultline {
namespace {

constexpr std::string_view kUsage =
    R"(usage: faultline-broker --data DIR [--listen HOST:PORT] [OPTION]...
       faultline-broker --config FILE [OPTION]...

A Kafka-compatible broker, one node, that keeps its log in one directory.

  --data DIR            the log directory; made when it is not there    (log.dirs)
  --listen HOST:PORT    default 127.0.0.1:9092; port 0 takes a free one  (listeners)
  --advertise HOST:PORT what clients are told, default as --listen       (advertised.listeners)
  --metrics HOST:PORT   serve Prometheus metrics there                   (faultline.metrics.listen)
  --node-id N           default 1                                        (node.id)
  --cluster-id ID       of a new directory; an existing one must have it (cluster.id)
  --config FILE         Kafka's server.properties
  --set NAME=VALUE      any property, as in FILE, and stronger
  --verbose             connections and requests too
  --version, --help

Lines on stderr tell what happens. SIGTERM and SIGINT stop the broker; a second one does it at once.
Exit codes: 0 stopped as asked, 64 bad usage or configuration, 66 no such file, 73 the directory
cannot be used, 74 the disk failed while it ran, 75 port or directory in use: try later.
)";

std::unexpected<Error> invalid(std::string text) {
  return fail(ErrorCode::kInvalidArgument, std::move(text));
}

struct Flag {
  std::string_view name;
  std::string_view property;
  std::string_view prefix;  // of the value
};

constexpr Flag kFlags[] = {
    {"--data", "log.dirs", ""},
    {"--listen", "listeners", "PLAINTEXT://"},
    {"--advertise", "advertised.listeners", "PLAINTEXT://"},
    {"--metrics", "faultline.metrics.listen", ""},
    {"--node-id", "node.id", ""},
    {"--cluster-id", "cluster.id", ""},
};

// Properties of Kafka that are about things which this broker does not have: threads, ZooKeeper,
// other nodes. Setting them is no mistake, so nothing is said.
constexpr std::string_view kSilent[] = {
    "controller.listener.names",
    "controller.quorum.bootstrap.servers",
    "controller.quorum.voters",
    "inter.broker.listener.name",
    "listener.security.protocol.map",
    "log.cleaner.enable",
    "num.io.threads",
    "num.network.threads",
    "num.recovery.threads.per.data.dir",
    "process.roles",
    "zookeeper.connect",
    "zookeeper.connection.timeout.ms",
};

bool is_silent(std::string_view name) {
  for (const std::string_view each : kSilent)
    if (each == name) return true;
  return false;
}

// The broker's own listener of "PLAINTEXT://a:1,CONTROLLER://b:2".
Result<Endpoint> parse_listeners(std::string_view key, std::string_view text) {
  std::optional<Endpoint> found;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    const size_t separator = one.find("://");
    if (separator == one.npos)
      return invalid(std::string(key) + ": `" + std::string(one) + "` is not PROTOCOL://HOST:PORT");
    const std::string_view protocol = one.substr(0, separator);
    if (protocol == "CONTROLLER") continue;
    if (protocol == "SSL" || protocol.starts_with("SASL"))
      return invalid(std::string(key) + ": " + std::string(protocol) + " is not supported yet");
    if (found) return invalid(std::string(key) + ": one listener is supported");
    TRY_ASSIGN(found, parse_endpoint(one.substr(separator + 3)));
  }
  if (!found) return invalid(std::string(key) + ": no listener for clients");
  return *found;
}

Result<int32_t> parse_node_id(std::string_view key, std::string_view text) {
  int32_t id = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id < 0)
    return invalid(std::string(key) + ": `" + std::string(text) + "` is not a node id");
  return id;
}

Result<void> set_config(BrokerOptions& options, const std::string& key, const std::string& value) {
  const metadata::ConfigDef* def = metadata::find_config(metadata::broker_config_defs(), key);
  if (def != nullptr) {
    TRY_ASSIGN(options.configs[key], metadata::check_config(*def, value));
  } else if (!is_silent(key)) {
    options.warnings.push_back("unknown configuration " + key + " is ignored");
  }
  return {};
}

Result<void> set_property(BrokerOptions& options, const std::string& key,
                          const std::string& value) {
  if (key == "log.dirs" || key == "log.dir") {
    if (value.find(',') != value.npos) return invalid(key + ": one directory is supported");
    options.data = value;
  } else if (key == "listeners") {
    TRY_ASSIGN(options.listen, parse_listeners(key, value));
  } else if (key == "advertised.listeners") {
    TRY_ASSIGN(options.advertised, parse_listeners(key, value));
    if (options.advertised.host.empty()) return invalid(key + ": needs a host");
  } else if (key == "faultline.metrics.listen") {
    TRY_ASSIGN(options.metrics, parse_endpoint(value));
  } else if (key == "node.id" || key == "broker.id") {
    TRY_ASSIGN(options.node_id, parse_node_id(key, value));
  } else if (key == "cluster.id") {
    options.cluster_id = value;
  } else {
    TRY(set_config(options, key, value));
  }
  return {};
}

}  // namespace

std::string_view broker_usage() { return kUsage; }

Result<Endpoint> parse_endpoint(std::string_view text) {
  const size_t colon = text.rfind(':');
  std::string_view host = colon == text.npos ? std::string_view() : text.substr(0, colon);
  const std::string_view port_text = colon == text.npos ? text : text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != host.npos) {
    return invalid("`" + std::string(text) + "`: IPv6 goes in brackets, [::1]:9092");
  }
  uint16_t port = 0;
  const auto [end, error] =
      std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc() || end != port_text.data() + port_text.size())
    return invalid("`" + std::string(text) + "` is not HOST:PORT");
  return Endpoint{std::string(host), port};
}

Result<CommandLine> parse_command_line(std::span<const char* const> arguments) {
  CommandLine line;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string_view name = arguments[i];
    if (name == "--help" || name == "-h") line.wants_help = true;
    if (name == "--version") line.wants_version = true;
    if (name == "--verbose") line.is_verbose = true;
    if (name == "--help" || name == "-h" || name == "--version" || name == "--verbose") continue;
    std::string value;
    const size_t equals = name.starts_with("--") ? name.find('=') : name.npos;
    if (equals != name.npos) {
      value = name.substr(equals + 1);
      name = name.substr(0, equals);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else if (name.starts_with("--")) {
      return invalid(std::string(name) + " needs a value, or does not exist; see --help");
    }
    const Flag* flag = nullptr;
    for (const Flag& each : kFlags)
      if (each.name == name) flag = &each;
    if (flag != nullptr) {
      line.properties.emplace_back(flag->property, std::string(flag->prefix) + value);
    } else if (name == "--config") {
      line.config_file = value;
    } else if (name == "--set" && value.find('=') != value.npos) {
      const size_t middle = value.find('=');
      line.properties.emplace_back(value.substr(0, middle), value.substr(middle + 1));
    } else {
      return invalid("unknown argument `" + std::string(name) + "`; see --help");
    }
  }
  return line;
}

Result<BrokerOptions> broker_options(const CommandLine& line, std::string_view config_text) {
  BrokerOptions options;
  options.is_verbose = line.is_verbose;
  Result<std::vector<Property>> properties = parse_properties(config_text);
  if (!properties) return fail(ErrorCode::kCorrupt, properties.error().detail);
  for (const Property& property : *properties) {
    const Result<void> set = set_property(options, property.key, property.value);
    if (!set) return invalid("line " + std::to_string(property.line) + ": " + set.error().detail);
  }
  for (const auto& [key, value] : line.properties) TRY(set_property(options, key, value));
  if (options.data.empty()) return invalid("where is the log directory? give --data DIR");
  return options;
}

}  // namespace faultline
