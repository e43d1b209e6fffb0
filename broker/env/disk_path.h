// SPDX-License-Identifier: Apache-2.0
// The paths that every Disk takes: relative to the disk's root, '/' between names, "" is the root
// itself. Nothing else is legal: no "." or "..", no empty name, no leading or trailing '/', no NUL,
// no name above 255 bytes. So no path can leave the root, and one file has one spelling.
#pragma once

#include <cstddef>
#include <string_view>

namespace faultline {

constexpr size_t kDiskNameBytesMax = 255;
constexpr size_t kDiskPathBytesMax = 4000;

constexpr bool is_disk_name(std::string_view name) {
  return !name.empty() && name.size() <= kDiskNameBytesMax && name != "." && name != ".." &&
         name.find('/') == name.npos && name.find('\0') == name.npos;
}

constexpr bool is_disk_path(std::string_view path) {
  if (path.empty()) return true;
  if (path.size() > kDiskPathBytesMax) return false;
  while (true) {
    const size_t slash = path.find('/');
    if (!is_disk_name(path.substr(0, slash))) return false;
    if (slash == path.npos) return true;
    path.remove_prefix(slash + 1);
  }
}

// The directory that holds `path`: "" for a name in the root.
constexpr std::string_view parent_path(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

constexpr std::string_view last_name(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

}  // namespace faultline
