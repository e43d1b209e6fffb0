// SPDX-License-Identifier: Apache-2.0
// Layout of lines and objects; the values come from notation_print.h.
#include "sim/trace/print.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "broker/base/notation_print.h"

namespace faultline::sim {
namespace {

std::string hexadecimal(Bytes bytes) {
  std::string text;
  for (uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

int32_t node_of(EventId id) {
  const auto high = static_cast<uint32_t>(id >> 40);
  return high == 0xffffff ? -1 : static_cast<int32_t>(high);
}

uint64_t number_of(EventId id) { return id & ((uint64_t{1} << 40) - 1); }

}  // namespace

std::string time_text(int64_t time_ns) {
  constexpr uint64_t kSecond = 1'000'000'000;
  const uint64_t ns =
      time_ns < 0 ? 0 - static_cast<uint64_t>(time_ns) : static_cast<uint64_t>(time_ns);
  return fmt::format("{}{}.{:09}", time_ns < 0 ? "-" : "", ns / kSecond, ns % kSecond);
}

std::string node_key(int32_t node) { return "node:" + std::to_string(node); }

EventPrinter::EventPrinter(const RunFile& run) : run_(run) {
  for (const TypeInfo& type : run.types) {
    Result<PayloadSchema> schema = PayloadSchema::parse(type.schema);
    if (schema) schemas_.emplace(type.id, std::move(*schema));
  }
  for (const auto& [key, value] : run.info.more) {
    int32_t node = 0;
    if (!key.starts_with("node:")) continue;
    const auto [end, error] = std::from_chars(key.data() + 5, key.data() + key.size(), node);
    if (error == std::errc() && end == key.data() + key.size()) node_names_[node] = value;
  }
}

std::string EventPrinter::node_name(int32_t node) const {
  const auto name = node_names_.find(node);
  if (name != node_names_.end()) return name->second;
  return node == -1 ? "world" : std::to_string(node);
}

std::optional<int32_t> EventPrinter::find_node(std::string_view text) const {
  for (const auto& [node, name] : node_names_)
    if (name == text) return node;
  if (text == "world") return -1;
  int32_t node = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), node);
  if (error == std::errc() && end == text.data() + text.size()) return node;
  return std::nullopt;
}

std::string EventPrinter::id_text(EventId id) const {
  if (id == 0) return "-";
  return fmt::format("{}:{}", node_name(node_of(id)), number_of(id));
}

std::string EventPrinter::payload_text(const EventView& event) const {
  const auto schema = schemas_.find(event.header.kind);
  if (schema != schemas_.end()) {
    Printer printer(schema->second.version(), PrintStyle::kLine);
    if (schema->second.visit(event.payload, printer)) {
      std::string text = std::move(printer).take();
      return text.substr(1, text.size() - 2);  // without the outer braces
    }
  }
  return event.payload.empty() ? "" : "0x" + hexadecimal(event.payload);
}

std::string EventPrinter::line(const EventView& event) const {
  const EventHeader& header = event.header;
  const TypeInfo* type = run_.type(header.kind);
  const std::string kind = type != nullptr ? type->name : fmt::format("kind {:#06x}", header.kind);
  const std::string ids =
      id_text(header.id) + (header.cause == 0 ? "" : " <- " + id_text(header.cause));
  std::string text = fmt::format("{:>14} {:<5} {:<20} {:<16} {}", time_text(header.time_ns),
                                 node_name(header.node), kind, ids, payload_text(event));
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::string EventPrinter::json(uint64_t index, const EventView& event) const {
  const EventHeader& header = event.header;
  const TypeInfo* type = run_.type(header.kind);
  std::string text = fmt::format(R"({{"index":{},"time_ns":{},"node":{},"node_name":)", index,
                                 header.time_ns, header.node);
  append_json_string(text, node_name(header.node));
  text += R"(,"kind":)";
  append_json_string(text, type != nullptr ? type->name : fmt::format("{:#06x}", header.kind));
  text += fmt::format(R"(,"id":"{}:{}","entity":{},"cause":)", node_of(header.id),
                      number_of(header.id), header.entity);
  text += header.cause == 0
              ? "null"
              : fmt::format(R"("{}:{}")", node_of(header.cause), number_of(header.cause));
  const auto schema = schemas_.find(header.kind);
  if (schema != schemas_.end()) {
    Printer printer(schema->second.version(), PrintStyle::kJson);
    if (schema->second.visit(event.payload, printer))
      return text + R"(,"payload":)" + std::move(printer).take() + "}";
  }
  return text + R"(,"payload_hex":")" + hexadecimal(event.payload) + "\"}";
}

}  // namespace faultline::sim
