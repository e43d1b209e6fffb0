// SPDX-License-Identifier: Apache-2.0
// Comparing answers and telling what differs.
#include "tests/kafka/differential.h"

#include <cstdio>

#include "broker/wire/messages_api_versions.h"
#include "broker/wire/registry.h"
#include "tests/kafka/answer_json.h"
#include "tests/kafka/known_differences.h"
#include "tests/kafka/load_connection.h"

namespace faultline::differential {
namespace {

constexpr size_t kShownMax = 1500;

std::string shown(std::string text) {
  if (text.size() > kShownMax) text = text.substr(0, kShownMax) + "...";
  return text;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

// What a target chose by itself, under the names that are the same for all.
std::string with_names(std::string text, const Ids& ids) {
  for (const auto& [name, id] : ids.topics) replace_all(text, id.to_string(), kIdOf + name);
  for (const auto& [name, id] : ids.members) replace_all(text, id, kIdOf + name);
  return text;
}

const KnownDifference* find_known(const wire::ApiInfo& api, const std::string& path,
                                  const Json& judge, const Json& ours) {
  const std::string field = path.substr(path.rfind('/') + 1);
  for (const KnownDifference& known : known_differences())
    if (known.api == api.name && known.field == field && known.applies(judge, ours)) return &known;
  return nullptr;
}

}  // namespace

Differential::Differential(std::vector<std::unique_ptr<Target>> targets)
    : targets_(std::move(targets)) {
  learn_served();
}

void Differential::learn_served() {
  for (const auto& target : targets_) {
    wire::RequestHeader header;
    header.api_version = 0;
    target->send("main", join(wire::encode_request(header, wire::ApiVersionsRequest{})));
    const std::optional<Slice> frame = target->receive("main");
    if (!frame) load::die(target->name + " does not answer");
    const auto answer = load::LoadConnection::decode<wire::ApiVersionsRequest>(*frame, 0);
    std::set<int16_t> keys;
    for (const auto& api : answer.api_keys)
      if (target == targets_.front() || served_.contains(api.api_key)) keys.insert(api.api_key);
    served_ = std::move(keys);
  }
}

void Differential::pause(Duration duration) {
  for (const auto& target : targets_) target->pause(duration);
}

std::string Differential::text_of(const wire::ApiInfo& api, const Slice& body, int version) {
  const wire::MessageInfo* message =
      wire::find_message(wire::MessageKind::kRequest, static_cast<int>(api.key));
  const auto text = message->print(body, version, PrintStyle::kLine);
  return text ? *text : text.error().to_string();
}

Json Differential::to_json(const wire::ApiInfo& api, int version, const Slice& body,
                           const Ids& ids) {
  const wire::MessageInfo* message =
      wire::find_message(wire::MessageKind::kResponse, static_cast<int>(api.key));
  const auto text = message->print(body, version, PrintStyle::kJson);
  if (!text) return Json("malformed: " + text.error().to_string());
  Json json = Json::parse(with_names(*text, ids));
  make_comparable(json);
  return json;
}

void Differential::compare(const wire::ApiInfo& api, int version, const std::string& request,
                           const std::vector<Json>& answers) {
  ++compared_;
  ++per_api_[std::string(api.name)];
  for (size_t i = 1; i < answers.size(); ++i) {
    std::string text;
    const auto note = [&](const std::string& path, const Json& judge, const Json& ours) {
      if (const KnownDifference* known = find_known(api, path, judge, ours)) {
        ++known_[std::string(known->api) + " " + std::string(known->field) + ": " +
                 std::string(known->reason)];
        return;
      }
      text += "    " + path + ": " + shown(judge.dump()) + " | " + shown(ours.dump()) + "\n";
    };
    find_differences("", answers.front(), answers[i], note);
    if (text.empty()) continue;
    ++failures_;
    std::printf("answer %d, %s version %d (%s): %s | %s\n  request: %s\n%s", compared_,
                std::string(api.name).c_str(), version, about_.c_str(),
                targets_.front()->name.c_str(), targets_[i]->name.c_str(), shown(request).c_str(),
                text.c_str());
  }
}

}  // namespace faultline::differential
