// SPDX-License-Identifier: Apache-2.0
// What makes two failures the same: the checker that found it and the rule that it saw broken, as
// its sentence without numbers. Offsets, records and times differ from run to run of one bug.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/check/suite.h"

namespace faultline::shrink {

// "S1: a record whose ack promised fsync stays"; for what is no violation the kind comes first.
std::string signature_of(const sim::PropertyResult& property, const sim::Finding& finding);

// All of a run, each once, those that matter most first: violations before permitted losses and
// notes, what users see before what only the disk knows.
std::vector<std::string> signatures_of(const sim::CheckReport& report);

// The property's id: "S1".
std::string property_of(std::string_view signature);

}  // namespace faultline::shrink
