// SPDX-License-Identifier: Apache-2.0
// PlatterFiles: which bytes of one node's files are on the platter, and which only in the page
// cache, as far as the disk's events tell. What a program believes of its log comes from its own
// events; the difference between the two is what a report has to show.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "broker/env/world_events.h"
#include "sim/disk/byte_ranges.h"
#include "sim/disk/disk_events.h"
#include "sim/disk/power_loss_events.h"

namespace faultline::report {

class PlatterFiles {
 public:
  static constexpr uint64_t kNothingMissing = UINT64_MAX;

  // The system writes back by itself what is older than this; 0: it never does.
  explicit PlatterFiles(int64_t write_back_after_ns) : write_back_after_ns_(write_back_after_ns) {}

  // `file` is the identity of the event's file.
  void on(uint64_t file, const sim::DiskNamed& named);
  void on(uint64_t file, const sim::DiskWritten& written, int64_t time_ns);
  void on(uint64_t file, const sim::DiskTruncated& truncated);
  void on(uint64_t file, const sim::DiskSynced& synced);
  void on(const sim::DiskFileCut& cut);
  void on(const sim::DiskPowerLost& lost);
  void on(const history::DiskLost& lost);
  // Lets the system write back what has become old.
  void settle(int64_t time_ns);

  // Bytes that the system means to write one day; those that a failed sync dropped are none.
  uint64_t unsynced_bytes() const { return unsynced_bytes_; }
  // The first byte of the file that the platter does not hold, or kNothingMissing.
  uint64_t first_missing(const std::string& path) const;
  // Empty for a file that was never named.
  const std::string& path_of(uint64_t file) const;

 private:
  struct Write {
    int64_t number = 0;
    int64_t time_ns = 0;
    sim::ByteRange range;
  };
  struct File {
    std::string path;
    std::deque<Write> unsynced;  // in the order of their numbers
    sim::ByteRanges dropped;     // by a failed sync, and not written again since
    uint64_t first_unsynced = kNothingMissing;
  };

  void forget_until(File& file, int64_t number);
  void clear(File& file);
  static void find_first(File& file);
  File* file_at(const std::string& path);

  int64_t write_back_after_ns_;
  uint64_t unsynced_bytes_ = 0;
  std::map<uint64_t, File> files_;
  std::map<std::string, uint64_t> by_path_;
};

}  // namespace faultline::report
