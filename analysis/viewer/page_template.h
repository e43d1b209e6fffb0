// SPDX-License-Identifier: Apache-2.0
// The viewer as it is checked in: one HTML page with three marks that a report fills in - %TITLE%,
// %ABOUT% (JSON) and %COLUMNS% (base64).
#pragma once

#include <string_view>

namespace faultline::viewer {

std::string_view page_template();

}  // namespace faultline::viewer
