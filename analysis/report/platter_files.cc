// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/platter_files.h"

#include <algorithm>

namespace faultline::report {
namespace {

constexpr uint64_t kPageBytes = 4096;

sim::ByteRange range_of(int64_t offset, int64_t length) {
  const uint64_t from = static_cast<uint64_t>(std::max<int64_t>(offset, 0));
  return {from, from + static_cast<uint64_t>(std::max<int64_t>(length, 0))};
}

// A write makes whole pages dirty, and so saves what a failed sync had dropped of them.
sim::ByteRange pages_of(sim::ByteRange range) {
  return {range.from / kPageBytes * kPageBytes,
          (range.to + kPageBytes - 1) / kPageBytes * kPageBytes};
}

}  // namespace

void PlatterFiles::on(uint64_t file, const sim::DiskNamed& named) {
  if (named.change == "remove") {
    if (File* old = file_at(named.path)) clear(*old);
    by_path_.erase(named.path);
    return;
  }
  File& here = files_[file];
  if (const auto old = by_path_.find(here.path); old != by_path_.end() && old->second == file)
    by_path_.erase(old);
  if (File* replaced = file_at(named.path); replaced != nullptr && replaced != &here)
    clear(*replaced);
  here.path = named.path;
  by_path_[named.path] = file;
}

void PlatterFiles::on(uint64_t file, const sim::DiskWritten& written, int64_t time_ns) {
  if (written.length <= 0) return;
  File& here = files_[file];
  const sim::ByteRange range = range_of(written.offset, written.length);
  for (const sim::ByteRange saved : here.dropped.within(pages_of(range))) {
    here.dropped.remove(saved);
    here.unsynced.push_back({written.number, time_ns, saved});
    here.first_unsynced = std::min(here.first_unsynced, saved.from);
    unsynced_bytes_ += saved.size();
  }
  here.unsynced.push_back({written.number, time_ns, range});
  here.first_unsynced = std::min(here.first_unsynced, range.from);
  unsynced_bytes_ += range.size();
}

void PlatterFiles::on(uint64_t file, const sim::DiskTruncated& truncated) {
  File& here = files_[file];
  const auto size = static_cast<uint64_t>(std::max<int64_t>(truncated.size, 0));
  here.dropped.remove({size, UINT64_MAX});
  for (Write& write : here.unsynced) {
    const uint64_t to = std::max(std::min(write.range.to, size), write.range.from);
    unsynced_bytes_ -= write.range.to - to;
    write.range.to = to;
  }
  std::erase_if(here.unsynced, [](const Write& write) { return write.range.empty(); });
  find_first(here);
}

void PlatterFiles::on(uint64_t file, const sim::DiskSynced& synced) {
  forget_until(files_[file], synced.number);
}

void PlatterFiles::on(const sim::DiskFileCut& cut) {
  if (File* file = file_at(cut.path))
    file->dropped.remove({static_cast<uint64_t>(std::max<int64_t>(cut.size_after, 0)), UINT64_MAX});
}

void PlatterFiles::on(const sim::DiskPowerLost&) {
  for (auto& [id, file] : files_) {
    file.unsynced.clear();
    file.first_unsynced = kNothingMissing;
  }
  unsynced_bytes_ = 0;
}

// After a power loss the file itself says what is left; what a failed sync drops, nobody else says.
void PlatterFiles::on(const history::DiskLost& lost) {
  File* file = file_at(lost.path);
  if (file == nullptr || lost.why != "sync_error") return;
  const sim::ByteRange range = range_of(lost.offset, lost.length);
  file->dropped.add(range);
  std::erase_if(file->unsynced, [&](const Write& write) {
    const bool is_dropped = !sim::intersection(write.range, range).empty();
    if (is_dropped) unsynced_bytes_ -= write.range.size();
    return is_dropped;
  });
  find_first(*file);
}

void PlatterFiles::settle(int64_t time_ns) {
  if (write_back_after_ns_ <= 0) return;
  for (auto& [id, file] : files_)
    while (!file.unsynced.empty() && file.unsynced.front().time_ns < time_ns - write_back_after_ns_)
      forget_until(file, file.unsynced.front().number);
}

uint64_t PlatterFiles::first_missing(const std::string& path) const {
  const auto id = by_path_.find(path);
  if (id == by_path_.end()) return kNothingMissing;
  const File& file = files_.at(id->second);
  const uint64_t first_dropped =
      file.dropped.empty() ? kNothingMissing : file.dropped.ranges().front().from;
  return std::min(file.first_unsynced, first_dropped);
}

const std::string& PlatterFiles::path_of(uint64_t file) const {
  static const std::string kUnknown;
  const auto found = files_.find(file);
  return found == files_.end() ? kUnknown : found->second.path;
}

void PlatterFiles::forget_until(File& file, int64_t number) {
  while (!file.unsynced.empty() && file.unsynced.front().number <= number) {
    unsynced_bytes_ -= file.unsynced.front().range.size();
    file.unsynced.pop_front();
  }
  find_first(file);
}

void PlatterFiles::clear(File& file) {
  for (const Write& write : file.unsynced) unsynced_bytes_ -= write.range.size();
  file = File();
}

void PlatterFiles::find_first(File& file) {
  file.first_unsynced = kNothingMissing;
  for (const Write& write : file.unsynced)
    file.first_unsynced = std::min(file.first_unsynced, write.range.from);
}

PlatterFiles::File* PlatterFiles::file_at(const std::string& path) {
  const auto id = by_path_.find(path);
  return id == by_path_.end() ? nullptr : &files_.at(id->second);
}

}  // namespace faultline::report
