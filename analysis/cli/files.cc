// SPDX-License-Identifier: Apache-2.0
#include "analysis/cli/files.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "scenarios/schema/parse.h"

namespace faultline::cli {

namespace {

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Handle = std::unique_ptr<std::FILE, Closer>;

}  // namespace

Result<std::string> read_file(const std::string& path) {
  const bool standard = path == "-";
  Handle owned(standard ? nullptr : std::fopen(path.c_str(), "rb"));
  std::FILE* file = standard ? stdin : owned.get();
  if (file == nullptr) return fail(ErrorCode::kNotFound, std::strerror(errno));
  std::string text;
  char block[1 << 16];
  while (const size_t count = std::fread(block, 1, sizeof block, file)) text.append(block, count);
  if (std::ferror(file) != 0) return fail(ErrorCode::kIo, std::strerror(errno));
  return text;
}

Result<> write_file(const std::string& path, std::string_view bytes) {
  Handle file(std::fopen(path.c_str(), "wb"));
  if (!file) return fail(ErrorCode::kIo, std::strerror(errno));
  if (std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size() ||
      std::fflush(file.get()) != 0) {
    return fail(ErrorCode::kIo, std::strerror(errno));
  }
  return {};
}

bool save(const std::string& path, std::string_view bytes, const Console& console) {
  const auto written = write_file(path, bytes);
  if (!written)
    console.complain(fmt::format("faultline: cannot write {}: {}\n", path, written.error().detail));
  return written.has_value();
}

std::expected<scenarios::Scenario, Exit> load_scenario(const std::string& path,
                                                       std::span<const std::string> sets,
                                                       const Console& console,
                                                       const std::string& plan) {
  scenarios::PlanText plan_text{.text = {}, .file_name = plan};
  std::string text;
  for (const bool is_plan : {false, true}) {
    const std::string& name = is_plan ? plan : path;
    if (is_plan && plan.empty()) continue;
    auto read = read_file(name);
    if (!read) {
      console.complain(fmt::format("faultline: cannot read {}: {}\n", name, read.error().detail));
      return std::unexpected(Exit::kNoInput);
    }
    (is_plan ? plan_text.text : text) = std::move(*read);
  }
  std::vector<scenarios::Override> overrides;
  for (const std::string& set : sets) overrides.push_back(scenarios::parse_override(set));
  auto outcome = scenarios::parse_scenario(text, path, overrides,
                                           plan.empty() ? nullptr : &plan_text, read_file);
  console.complain(outcome.to_string());
  if (!outcome.ok()) return std::unexpected(Exit::kBadUsage);
  return std::move(outcome.scenario);
}

}  // namespace faultline::cli
