// SPDX-License-Identifier: Apache-2.0
// Reading and atomic replacement.
#include "broker/log/whole_file.h"

#include <memory>

#include "broker/log/file_names.h"

namespace faultline::log {

Task<Result<Slice>> read_file(Disk& disk, std::string path, size_t bytes_max) {
  CO_TRY_ASSIGN(std::unique_ptr<File> file, co_await disk.open(path, OpenMode::kRead));
  const uint64_t size = file->size();
  if (size > bytes_max) co_return fail(ErrorCode::kTooLarge, path);
  if (size == 0) co_return Slice();
  CO_TRY_ASSIGN(Slice content, co_await file->read_at(0, size));
  co_return content;
}

Task<Result<void>> replace_file(Disk& disk, StorageRules rules, std::string directory,
                                std::string name, Slice content) {
  const std::string path = join_path(directory, name);
  const std::string temporary = path + std::string(kTemporarySuffix);
  CO_TRY_ASSIGN(std::unique_ptr<File> file, co_await disk.open(temporary, OpenMode::kCreate));
  if (file->size() > 0) CO_TRY(co_await file->truncate(0));
  Slices bytes;
  bytes.push_back(std::move(content));
  CO_TRY(co_await file->write_at(0, std::move(bytes)));
  // B35 (KAFKA-9892): a rename may reach the platter before the data does.
  if (rules.sync_snapshot_before_rename) CO_TRY(co_await file->sync());
  file.reset();
  CO_TRY(co_await disk.rename(temporary, path));
  CO_TRY(co_await sync_names(disk, rules, directory));
  co_return Result<void>{};
}

Task<Result<void>> sync_names(Disk& disk, StorageRules rules, std::string directory) {
  // B34 (KAFKA-3968): fsync of a file does not make its name durable.
  if (!rules.sync_directory_after_create) co_return Result<void>{};
  CO_TRY(co_await disk.sync_directory(directory));
  co_return Result<void>{};
}

}  // namespace faultline::log
