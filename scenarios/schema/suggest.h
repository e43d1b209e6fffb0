// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the nearest of some names, and lists of valid ones for people.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::scenarios {

// Insertions, deletions, replacements and swaps of neighbours that make one text of the other.
size_t edit_distance(std::string_view a, std::string_view b);

// The candidate that `name` was probably meant to be; empty where none is near.
std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates);

// "; did you mean \"x\"?", or nothing.
std::string did_you_mean(std::string_view name, std::span<const std::string_view> candidates);

// "valid keys: a, b, c"; where they are too many to read, how many and where to find them.
std::string valid_list(std::string_view what, std::span<const std::string_view> names);

}  // namespace faultline::scenarios
