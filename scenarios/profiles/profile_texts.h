// SPDX-License-Identifier: Apache-2.0
// The files of scenarios/profiles as the build found them; the source is generated.
#pragma once

#include <span>
#include <string_view>

namespace faultline::scenarios {

struct ProfileText {
  std::string_view name;  // of the file, without .json
  std::string_view text;
};

std::span<const ProfileText> profile_texts();

}  // namespace faultline::scenarios
