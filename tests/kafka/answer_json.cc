// SPDX-License-Identifier: Apache-2.0
// Stripping, sorting and comparing.
#include "tests/kafka/answer_json.h"

#include <algorithm>
#include <regex>
#include <set>

#include "broker/base/bytes.h"
#include "broker/wire/compression.h"
#include "broker/wire/record.h"
#include "broker/wire/record_batch.h"

namespace faultline::differential {
namespace {

using Json = nlohmann::json;

const std::set<std::string> kIgnored = {
    "host",        "port",       "cluster_id", "throttle_time_ms", "producer_id",
    "client_host", "session_id", "log_dir",    "total_bytes",      "usable_bytes"};
// Times that the operations choose lie before it, what a clock says behind it, and what is far in
// the future is chosen again.
constexpr int64_t kChosenBeforeMs = 1'750'000'000'000;
constexpr int64_t kChosenFromMs = 4'000'000'000'000;
constexpr size_t kPlainBytesMax = 1 << 26;

Slice from_hex(const std::string& text) {
  Buffer bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    const auto byte = static_cast<uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16));
    bytes.append(Bytes(&byte, 1));
  }
  return std::move(bytes).freeze();
}

Json time_json(int64_t time_ms) {
  if (time_ms < kChosenBeforeMs || time_ms >= kChosenFromMs) return time_ms;
  return "some time";
}

Json text_json(const std::optional<Bytes>& bytes) {
  if (!bytes) return nullptr;
  // Long values by their sum: equal bytes are all that matters.
  if (bytes->size() <= 64) return Json::binary({bytes->begin(), bytes->end()}).dump();
  return std::to_string(bytes->size()) + " bytes, " +
         std::to_string(std::hash<std::string_view>()(as_text(*bytes)));
}

Json record_json(const wire::RecordView& record, const wire::BatchView& batch) {
  Json json = {{"offset", record.offset_in(batch)},
               {"timestamp", time_json(record.timestamp_in(batch))},
               {"key", text_json(record.key)},
               {"value", text_json(record.value)},
               {"headers", Json::array()}};
  wire::HeaderIterator headers = record.headers();
  while (const auto header = headers.next())
    json["headers"].push_back({std::string(header->key), text_json(header->value)});
  return json;
}

Json batch_json(const Slice& bytes) {
  const wire::BatchView batch(bytes.view());
  Json json = {{"base_offset", batch.base_offset()},
               {"last_offset", batch.last_offset()},
               {"leader_epoch", batch.leader_epoch()},
               {"attributes", batch.attributes()},
               {"base_timestamp", time_json(batch.base_timestamp())},
               {"max_timestamp", time_json(batch.max_timestamp())},
               {"has_producer", batch.has_producer()},
               {"producer_epoch", batch.producer_epoch()},
               {"base_sequence", batch.base_sequence()},
               {"crc_is_valid", batch.crc_is_valid()},
               {"records", Json::array()}};
  const Result<Slice> plain = wire::plain_records(bytes, kPlainBytesMax);
  if (!plain) return json;
  wire::RecordIterator records(plain->view(), batch.record_count());
  while (const auto record = records.next()) json["records"].push_back(record_json(*record, batch));
  return json;
}

// Whole batches; Kafka may end with a part of one.
Json batches_json(const Slice& bytes) {
  Json json = Json::array();
  size_t position = 0;
  while (bytes.size() - position >= wire::kBatchHeaderSize) {
    const Result<size_t> size = wire::batch_size_at(bytes.view().subspan(position));
    if (!size || *size > bytes.size() - position) break;
    json.push_back(batch_json(bytes.subslice(position, *size)));
    position += *size;
  }
  return json;
}

// What an element of an array is about; empty where the order matters.
std::string key_of(const Json& element) {
  if (!element.is_object()) return {};
  for (const char* name :
       {"name", "topic", "topic_id", "member_id", "group_id", "key", "resource_name", "metadata"})
    if (element.contains(name) && element[name].is_string())
      return element[name].get<std::string>() + "!";
  for (const char* name : {"partition_index", "index", "partition", "node_id", "broker_id"})
    if (element.contains(name))
      return std::to_string(1'000'000'000'000 + element[name].get<int64_t>());
  return {};
}

void change(const std::string& name, Json& value) {
  const bool is_time = name.ends_with("timestamp") || name.ends_with("_time_ms");
  if (is_time && value.is_number_integer()) value = time_json(value.get<int64_t>());
  // A message that names the time.
  if (name.ends_with("message") && value.is_string())
    value = std::regex_replace(value.get<std::string>(), std::regex("[0-9]{13,}"), "N");
  if (name == "records" && value.is_string()) value = batches_json(from_hex(value));
}

}  // namespace

void make_comparable(Json& answer) {
  if (answer.is_object()) {
    for (const std::string& name : kIgnored) answer.erase(name);
    for (const char* name : {"topic_id", "member_id", "leader"})
      if (!answer.value(name, Json()).is_string() ||
          !answer[name].get<std::string>().starts_with(kIdOf))
        answer.erase(name);
    // Kafka writes this one into its metadata by itself (eligible leader replicas).
    if (answer.value("name", Json()) == "min.insync.replicas") {
      answer.erase("config_source");
      answer.erase("synonyms");
    }
    for (auto& [name, value] : answer.items()) change(name, value);
  }
  if (!answer.is_structured()) return;
  for (auto& [name, value] : answer.items()) make_comparable(value);
  const bool has_keys = answer.is_array() &&
                        std::any_of(answer.begin(), answer.end(),
                                    [](const Json& element) { return !key_of(element).empty(); });
  if (has_keys)
    std::sort(answer.begin(), answer.end(), [](const Json& left, const Json& right) {
      return key_of(left) + left.dump() < key_of(right) + right.dump();
    });
}

void find_differences(const std::string& path, const Json& left, const Json& right,
                      const Differs& differs) {
  if (left == right) return;
  if (left.is_object() && right.is_object()) {
    for (const auto& [name, value] : left.items())
      find_differences(path + "/" + name, value, right.value(name, Json("absent")), differs);
    for (const auto& [name, value] : right.items())
      if (!left.contains(name)) differs(path + "/" + name, "absent", value);
  } else if (left.is_array() && right.is_array() && left.size() == right.size()) {
    for (size_t i = 0; i < left.size(); ++i)
      find_differences(path + "/" + std::to_string(i), left[i], right[i], differs);
  } else {
    differs(path, left, right);
  }
}

}  // namespace faultline::differential
