// SPDX-License-Identifier: Apache-2.0
// Dump of record batches and their records, one line each.
#pragma once

#include <string_view>

#include "broker/base/bytes.h"
#include "broker/log/dump.h"

namespace faultline::log {

// `name` is what the line about bytes behind the last batch calls the file.
void dump_batches(std::string_view name, const Slice& bytes, TextSink& sink);

}  // namespace faultline::log
