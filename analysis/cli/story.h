// SPDX-License-Identifier: Apache-2.0
// The story of a run on the terminal.
#pragma once

#include <span>
#include <string>

#include "analysis/cli/console.h"
#include "analysis/report/story.h"

namespace faultline::cli {

using report::StoryLine;

// The lines as a table.
std::string draw(std::span<const StoryLine> lines, const Console& console);

}  // namespace faultline::cli
