// SPDX-License-Identifier: Apache-2.0
// Walks over trees and ports.
#include "sim/disk/disk_image.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "broker/env/disk_path.h"

namespace faultline::sim {
namespace {

std::string join_path(const std::string& directory, const std::string& name) {
  if (directory.empty() || name.empty()) return directory + name;
  return directory + "/" + name;
}

std::unexpected<Error> too_large(const std::string& path) {
  return fail(ErrorCode::kTooLarge, path + ": too large for an image");
}

}  // namespace

Result<DiskImage> export_image(const DiskCore& disk, DiskView view) {
  DiskImage image;
  std::vector<std::pair<std::string, NodeRef>> open = {{"", kRootNode}};
  const DirectoryTree& tree = disk.tree();
  while (!open.empty()) {
    const auto [path, node] = open.back();
    open.pop_back();
    if (tree.is_directory(node)) {
      if (!path.empty()) image.directories.insert(path);
      const auto inside =
          view == DiskView::kCache ? tree.entries(node) : tree.durable_entries(node);
      for (const auto& [name, child] : inside) open.emplace_back(join_path(path, name), child);
      continue;
    }
    const CachedFile& file = tree.file(node);
    const Platter& platter = file.platter();
    const uint64_t size = view == DiskView::kCache ? file.size() : platter.size();
    if (size > kImageFileBytesMax) return too_large(path);
    const ByteRange all{0, size};
    image.files[path] = view == DiskView::kCache ? file.read(all) : platter.data().read(all);
  }
  return image;
}

Result<void> import_image(DiskCore& disk, const DiskImage& image, Instant now) {
  for (const std::string& path : image.directories)
    TRY(disk.change_names(PathOp::Kind::kMakeDirectory, path, "", now));
  for (const auto& [path, bytes] : image.files) {
    TRY(disk.change_names(PathOp::Kind::kMakeDirectory, std::string(parent_path(path)), "", now));
    TRY_ASSIGN(const NodeRef file, disk.open(path, OpenMode::kCreate, now));
    Result<void> written = disk.truncate(file, 0, now);
    const Slices slices = {bytes};
    if (written) written = disk.write(file, 0, slices, now);
    disk.close(file);
    TRY(written);
  }
  disk.settle_everything();
  return {};
}

Task<Result<DiskImage>> read_image(Disk* disk, std::string below) {
  DiskImage image;
  std::vector<std::string> open = {""};  // directories of the image
  while (!open.empty()) {
    const std::string path = std::move(open.back());
    open.pop_back();
    std::string place = join_path(below, path);
    Result<std::vector<DirectoryEntry>> entries = co_await disk->list(std::move(place));
    if (!entries) co_return std::unexpected(entries.error());
    std::sort(entries->begin(), entries->end());
    for (const DirectoryEntry& entry : *entries) {
      const std::string inside = join_path(path, entry.name);
      if (entry.is_directory) {
        image.directories.insert(inside);
        open.push_back(inside);
        continue;
      }
      std::string file_path = join_path(below, inside);
      CO_TRY_ASSIGN(const std::unique_ptr<File> file,
                    co_await disk->open(std::move(file_path), OpenMode::kRead));
      const uint64_t size = file->size();
      if (size > kImageFileBytesMax) co_return too_large(inside);
      CO_TRY_ASSIGN(image.files[inside], co_await file->read_at(0, size));
    }
  }
  co_return image;
}

Task<Result<void>> write_image(Disk* disk, std::string below, DiskImage image) {
  std::set<std::string> directories = {below, std::string(parent_path(below))};
  std::string root = below;
  CO_TRY(co_await disk->make_directory(std::move(root)));
  for (const std::string& path : image.directories) {
    std::string place = join_path(below, path);
    directories.insert(place);
    CO_TRY(co_await disk->make_directory(std::move(place)));
  }
  for (const auto& [path, bytes] : image.files) {
    std::string directory = join_path(below, std::string(parent_path(path)));
    directories.insert(directory);
    CO_TRY(co_await disk->make_directory(std::move(directory)));
    std::string place = join_path(below, path);
    CO_TRY_ASSIGN(const std::unique_ptr<File> file,
                  co_await disk->open(std::move(place), OpenMode::kCreate));
    CO_TRY(co_await file->truncate(0));
    Slices slices;
    slices.push_back(bytes);
    CO_TRY(co_await file->write_at(0, std::move(slices)));
    CO_TRY(co_await file->sync());
  }
  // Children before parents: a name is durable once the directory that holds it is.
  for (auto directory = directories.rbegin(); directory != directories.rend(); ++directory) {
    std::string place = *directory;
    CO_TRY(co_await disk->sync_directory(std::move(place)));
  }
  co_return Result<void>{};
}

}  // namespace faultline::sim
