// SPDX-License-Identifier: Apache-2.0
// System calls on files with whole results: short reads and writes are continued, errno becomes an
// Error that names the path. None of them remembers anything, so they may run on any thread. Paths
// are relative to `root`, a descriptor of a directory, and legal (disk_path.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/env/disk.h"
#include "broker/runtime/file_descriptor.h"

namespace faultline::posix {

Result<FileDescriptor> open_file(int root, const std::string& path, OpenMode mode);
uint64_t size_of(int file);
// What the contract of ReadAt says. With `from_cache_only`, nothing when the device would be asked.
Result<std::optional<Slice>> read(int file, const std::string& path, uint64_t offset, size_t length,
                                  bool from_cache_only);
Result<void> write(int file, const std::string& path, uint64_t offset, const Slices& bytes);
Result<void> truncate(int file, const std::string& path, uint64_t size);
Result<void> sync(int file, const std::string& path);

Result<void> remove(int root, const std::string& path);
Result<void> rename(int root, const std::string& from, const std::string& to);
Result<void> make_directories(int root, const std::string& path);
Result<void> sync_directory(int root, const std::string& path);
Result<FileDescriptor> lock(int root, const std::string& path);
Result<std::vector<DirectoryEntry>> list(int root, const std::string& path);
uint64_t free_bytes(int root);
uint64_t total_bytes(int root);

}  // namespace faultline::posix
