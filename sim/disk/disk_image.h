// SPDX-License-Identifier: Apache-2.0
// DiskImage: the contents of a disk as plain data, to take them out of a simulated disk, to put
// them in, and to move them through any Disk port: with PosixDisk that is a real directory, which
// the simulator itself never touches. Bytes are shared with the disk, not copied.
#pragma once

#include <map>
#include <set>
#include <string>

#include "broker/env/disk.h"
#include "broker/env/task.h"
#include "sim/disk/disk_core.h"

namespace faultline::sim {

struct DiskImage {
  std::set<std::string> directories;  // all of them, those of files included
  std::map<std::string, Slice> files;
  bool operator==(const DiskImage&) const = default;
};

constexpr uint64_t kImageFileBytesMax = uint64_t{1} << 30;

enum class DiskView : uint8_t {
  kCache,    // what processes see
  kPlatter,  // what would be there after a power loss that keeps nothing
};

// Errors: kTooLarge (a file above kImageFileBytesMax), kInvalidArgument (an illegal path).
Result<DiskImage> export_image(const DiskCore& disk, DiskView view);
// Adds the image to the disk, durable and not in the cache; files that exist are replaced. Faults
// do not apply.
Result<void> import_image(DiskCore& disk, const DiskImage& image, Instant now);

// The same through a port. `below` is a directory of it, "" its root; paths of the image begin
// there. Writing syncs files and directories.
Task<Result<DiskImage>> read_image(Disk* disk, std::string below);
Task<Result<void>> write_image(Disk* disk, std::string below, DiskImage image);

}  // namespace faultline::sim
