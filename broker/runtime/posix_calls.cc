// SPDX-License-Identifier: Apache-2.0
// System calls, their short results and their errno.
#include "broker/runtime/posix_calls.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "broker/runtime/io_vectors.h"
#include "broker/runtime/system_error.h"

namespace faultline::posix {
namespace {

constexpr uint64_t kOffsetMax = std::numeric_limits<off_t>::max();
constexpr mode_t kFileMode = 0644;
constexpr mode_t kDirectoryMode = 0755;

std::unexpected<Error> fail_path(const char* action, const std::string& path) {
  return fail_errno(std::string(action) + " " + (path.empty() ? "the root" : path));
}

const char* or_dot(const std::string& path) { return path.empty() ? "." : path.c_str(); }

FileDescriptor open_at(int root, const std::string& path, int flags) {
  const char* name = or_dot(path);
  return FileDescriptor(
      uninterrupted([&] { return ::openat(root, name, flags | O_CLOEXEC, kFileMode); }));
}

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead: return O_RDONLY;
    case OpenMode::kReadWrite: return O_RDWR;
    case OpenMode::kCreate: return O_RDWR | O_CREAT;
    case OpenMode::kCreateNew: return O_RDWR | O_CREAT | O_EXCL;
  }
  UNREACHABLE();
}

ssize_t read_part(int file, uint8_t* to, size_t length, uint64_t offset, bool from_cache_only) {
  const iovec vector{to, length};
  const int flags = from_cache_only ? RWF_NOWAIT : 0;
  return uninterrupted(
      [&] { return ::preadv2(file, &vector, 1, static_cast<off_t>(offset), flags); });
}

struct DirectoryCloser {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

}  // namespace

Result<FileDescriptor> open_file(int root, const std::string& path, OpenMode mode) {
  FileDescriptor file = open_at(root, path, flags_of(mode));
  struct stat status{};
  if (!file.is_open() || ::fstat(file.number(), &status) != 0) return fail_path("open", path);
  if (S_ISDIR(status.st_mode))
    return fail(ErrorCode::kInvalidArgument, "open " + path + ": is a directory");
  return file;
}

uint64_t size_of(int file) {
  struct stat status{};
  ASSERT(::fstat(file, &status) == 0);
  return static_cast<uint64_t>(status.st_size);
}

Result<std::optional<Slice>> read(int file, const std::string& path, uint64_t offset, size_t length,
                                  bool from_cache_only) {
  const uint64_t end = size_of(file);
  if (offset >= end) return Slice();
  Buffer buffer;
  const size_t wanted = std::min<uint64_t>(length, end - offset);
  uint8_t* to = buffer.extend(wanted);
  size_t done = 0;
  while (done < wanted) {
    const ssize_t got = read_part(file, to + done, wanted - done, offset + done, from_cache_only);
    // Not in the cache, or a file system that cannot tell.
    if (got < 0 && from_cache_only && (errno == EAGAIN || errno == EOPNOTSUPP)) return std::nullopt;
    if (got < 0) return fail_path("read", path);
    if (got == 0) break;  // cut by somebody else meanwhile
    done += static_cast<size_t>(got);
  }
  return std::move(buffer).freeze().subslice(0, done);
}

Result<void> write(int file, const std::string& path, uint64_t offset, const Slices& bytes) {
  const size_t total = total_size(bytes);
  if (offset > kOffsetMax || total > kOffsetMax - offset)
    return fail(ErrorCode::kInvalidArgument, "write " + path + ": offset too large");
  size_t done = 0;
  do {  // once even for nothing, so that a handle opened to read refuses that too
    std::array<iovec, 16> vectors;
    const int count = static_cast<int>(fill_vectors(vectors, bytes, done));
    const ssize_t put = uninterrupted(
        [&] { return ::pwritev(file, vectors.data(), count, static_cast<off_t>(offset + done)); });
    if (put < 0) return fail_path("write", path);
    if (put == 0 && total > 0) return fail(ErrorCode::kIo, "write " + path + ": nothing was taken");
    done += static_cast<size_t>(put);
  } while (done < total);
  return {};
}

Result<void> truncate(int file, const std::string& path, uint64_t size) {
  if (size > kOffsetMax)
    return fail(ErrorCode::kInvalidArgument, "truncate " + path + ": size too large");
  const int result = uninterrupted([&] { return ::ftruncate(file, static_cast<off_t>(size)); });
  if (result != 0) return fail_path("truncate", path);
  return {};
}

Result<void> sync(int file, const std::string& path) {
  // Never repeated, not even after EINTR: the second call may report success for lost pages.
  if (::fsync(file) != 0) return fail_path("sync", path);
  return {};
}

Result<void> remove(int root, const std::string& path) {
  if (path.empty()) return fail(ErrorCode::kInvalidArgument, "remove the root");
  if (::unlinkat(root, path.c_str(), 0) == 0) return {};
  if (errno != EISDIR) return fail_path("remove", path);
  if (::unlinkat(root, path.c_str(), AT_REMOVEDIR) == 0) return {};
  return fail_path("remove", path);
}

Result<void> rename(int root, const std::string& from, const std::string& to) {
  if (from.empty() || to.empty()) return fail(ErrorCode::kInvalidArgument, "rename the root");
  if (::renameat(root, from.c_str(), root, to.c_str()) == 0) return {};
  return fail_path("rename", from + " to " + to);
}

Result<void> make_directories(int root, const std::string& path) {
  size_t end = 0;
  while (end < path.size()) {
    end = std::min(path.find('/', end + 1), path.size());
    const std::string part = path.substr(0, end);
    if (::mkdirat(root, part.c_str(), kDirectoryMode) == 0) continue;
    if (errno != EEXIST) return fail_path("make directory", part);
    struct stat status{};
    if (::fstatat(root, part.c_str(), &status, 0) != 0) return fail_path("make directory", part);
    if (!S_ISDIR(status.st_mode))
      return fail(ErrorCode::kNotDirectory, "make directory " + part + ": is a file");
  }
  return {};
}

Result<void> sync_directory(int root, const std::string& path) {
  const FileDescriptor directory = open_at(root, path, O_RDONLY | O_DIRECTORY);
  if (!directory.is_open() || ::fsync(directory.number()) != 0)
    return fail_path("sync directory", path);
  return {};
}

Result<FileDescriptor> lock(int root, const std::string& path) {
  FileDescriptor file = open_at(root, path, O_RDWR | O_CREAT);
  if (!file.is_open()) return fail_path("lock", path);
  const int locked = ::flock(file.number(), LOCK_EX | LOCK_NB);
  if (locked != 0 && errno == EWOULDBLOCK)
    return fail(ErrorCode::kLocked, path + " is held by another running process");
  if (locked != 0) return fail_path("lock", path);
  return file;
}

Result<std::vector<DirectoryEntry>> list(int root, const std::string& path) {
  const FileDescriptor directory = open_at(root, path, O_RDONLY | O_DIRECTORY);
  if (!directory.is_open()) return fail_path("list", path);
  // The stream closes the descriptor that it is given, so it gets an own one.
  const int own = ::fcntl(directory.number(), F_DUPFD_CLOEXEC, 0);
  if (own < 0) return fail_path("list", path);
  std::unique_ptr<DIR, DirectoryCloser> stream(::fdopendir(own));
  if (stream == nullptr) return fail_path("list", path);
  std::vector<DirectoryEntry> entries;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    struct stat status{};
    if (::fstatat(directory.number(), name.c_str(), &status, 0) != 0) {
      if (errno == ENOENT) continue;  // removed meanwhile, or a dangling link
      return fail_path("list", path);
    }
    entries.push_back({.name = name, .is_directory = S_ISDIR(status.st_mode)});
  }
  if (errno != 0) return fail_path("list", path);
  return entries;
}

uint64_t free_bytes(int root) {
  struct statvfs status{};
  if (::fstatvfs(root, &status) != 0) return 0;
  return uint64_t{status.f_bavail} * uint64_t{status.f_frsize};
}

uint64_t total_bytes(int root) {
  struct statvfs status{};
  if (::fstatvfs(root, &status) != 0) return 0;
  return uint64_t{status.f_blocks} * uint64_t{status.f_frsize};
}

}  // namespace faultline::posix
