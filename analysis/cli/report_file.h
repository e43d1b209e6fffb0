// SPDX-License-Identifier: Apache-2.0
// A run judged, drawn and written as a page; for every verb that offers one.
#pragma once

#include <string>

#include "broker/base/result.h"
#include "sim/trace/run_file.h"

namespace faultline::cli {

// `run` has all its events; `replay` is what to type to see it again. Errors: kUnsupported (events
// of another version of this program, which would be judged wrongly), kIo.
Result<> write_report(const sim::RunFile& run, const std::string& replay, const std::string& path);

}  // namespace faultline::cli
