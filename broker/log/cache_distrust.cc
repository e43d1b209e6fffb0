// SPDX-License-Identifier: Apache-2.0
// Copies segments whose cached pages cannot be trusted.
#include "broker/log/cache_distrust.h"

#include "broker/log/file_names.h"
#include "broker/log/whole_file.h"

namespace faultline::log {
namespace {

constexpr size_t kCopyBytes = 1 << 20;

}  // namespace

Task<void> leave_unsynced_marker(Disk* disk, std::string directory) {
  std::string path = join_path(directory, kUnsyncedMarkerFile);
  const Result<std::unique_ptr<File>> file =
      co_await disk->open(std::move(path), OpenMode::kCreate);
  (void)file;
}

Task<Result<void>> write_anew(Disk* disk, StorageRules rules, std::string directory,
                              std::string name) {
  const std::string path = join_path(directory, name);
  const std::string copy_path = path + std::string(kTemporarySuffix);
  CO_TRY_ASSIGN(std::unique_ptr<File> from, co_await disk->open(path, OpenMode::kRead));
  CO_TRY_ASSIGN(std::unique_ptr<File> to, co_await disk->open(copy_path, OpenMode::kCreate));
  CO_TRY(co_await to->truncate(0));
  for (uint64_t offset = 0; offset < from->size(); offset += kCopyBytes) {
    CO_TRY_ASSIGN(Slice bytes, co_await from->read_at(offset, kCopyBytes));
    Slices slices;
    slices.push_back(std::move(bytes));
    CO_TRY(co_await to->write_at(offset, std::move(slices)));
  }
  CO_TRY(co_await to->sync());
  from.reset();
  to.reset();
  CO_TRY(co_await disk->rename(copy_path, path));
  CO_TRY(co_await sync_names(*disk, rules, directory));
  co_return Result<void>{};
}

}  // namespace faultline::log
