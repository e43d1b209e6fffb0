// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/profile_file.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "scenarios/profiles/profile_texts.h"
#include "scenarios/schema/suggest.h"

namespace faultline::scenarios {
namespace {

constexpr std::array<std::string_view, 3> kSections = {"cpu", "network", "disk"};
constexpr std::array<std::string_view, 4> kKeys = {"notes", "cpu", "network", "disk"};

struct Found {
  std::string text;
  std::string file_name;
};

std::optional<Found> find_shipped(std::string_view name, Place place, Report& report) {
  std::vector<std::string_view> names;
  for (const ProfileText& profile : profile_texts()) {
    if (profile.name == name)
      return Found{std::string(profile.text), fmt::format("profiles/{}.json", name)};
    names.push_back(profile.name);
  }
  report.error(place, "cluster.profile",
               fmt::format("there is no profile \"{}\"{}", name, did_you_mean(name, names)),
               valid_list("profiles", names) + "; or a file, as in \"./my-profile.json\"");
  return std::nullopt;
}

std::optional<Found> find_profile(const JsonValue& named, const std::string& scenario_file,
                                  const ReadProfile& read, Report& report) {
  const std::string& name = named.text;
  if (!name.contains('/') && !name.ends_with(".json"))
    return find_shipped(name, named.place, report);
  std::string path = name;
  const size_t folder_end = scenario_file.rfind('/');
  const bool is_relative = !name.starts_with('/') && named.place.source == 0;
  if (is_relative && folder_end != std::string::npos)
    path = scenario_file.substr(0, folder_end + 1) + name;
  const Result<std::string> text =
      read ? read(path) : fail(ErrorCode::kUnsupported, "no files can be named here");
  if (text) return Found{*text, path};
  report.error(named.place, "cluster.profile",
               fmt::format("cannot read {}: {}", path, text.error().detail));
  return std::nullopt;
}

bool is_latency(const JsonValue& value) { return value.find("p50") != nullptr; }

// Members of `from` that `to` lacks; a latency is one value.
void fill_in(JsonValue& to, const JsonValue& from) {
  for (const JsonMember& member : from.members) {
    JsonMember* own = to.find(member.key);
    if (own == nullptr) {
      to.members.push_back(member);
    } else if (own->value.type == JsonType::kObject && member.value.type == JsonType::kObject &&
               !is_latency(own->value) && !is_latency(member.value)) {
      fill_in(own->value, member.value);
    }
  }
}

bool check_keys(const JsonValue& profile, Report& report) {
  bool is_fine = true;
  for (const JsonMember& each : profile.members) {
    std::string message;
    if (std::ranges::find(kKeys, each.key) == kKeys.end()) {
      message =
          fmt::format("a profile has no key \"{}\"{}", each.key, did_you_mean(each.key, kKeys));
    } else if (profile.find(each.key) != &each) {
      message = fmt::format("key \"{}\" appears twice", each.key);
    } else if (each.key != "notes" && each.value.type != JsonType::kObject) {
      message = fmt::format("\"{}\" is an object, as in a scenario's \"cluster\"", each.key);
    }
    if (message.empty()) continue;
    is_fine = false;
    report.error(each.key_place, "", message, valid_list("keys", kKeys));
  }
  return is_fine;
}

}  // namespace

void apply_profile(JsonValue& root, const std::string& file_name, const ReadProfile& read,
                   Report& report) {
  JsonMember* cluster = root.find("cluster");
  if (cluster == nullptr) return;
  const JsonMember* named = cluster->value.find("profile");
  if (named == nullptr || named->value.type != JsonType::kString) return;  // the reader complains
  const auto found = find_profile(named->value, file_name, read, report);
  if (!found) return;
  const int source = report.add_source(found->text, found->file_name);
  const JsonParse parsed = parse_json(found->text, source);
  if (parsed.error) return report.error(parsed.error->place, "", parsed.error->message);
  if (parsed.root.type != JsonType::kObject)
    return report.error(parsed.root.place, "", "a profile is a JSON object: { \"cpu\": {..} }");
  if (!check_keys(parsed.root, report)) return;
  JsonValue wanted{.type = JsonType::kObject};
  for (const JsonMember& member : parsed.root.members)
    if (std::ranges::find(kSections, member.key) != kSections.end())
      wanted.members.push_back(member);
  fill_in(cluster->value, wanted);
}

}  // namespace faultline::scenarios
