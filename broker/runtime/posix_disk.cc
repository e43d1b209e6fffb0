// SPDX-License-Identifier: Apache-2.0
// System calls, their short results and their errno.
#include "broker/runtime/posix_disk.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include "broker/env/disk_path.h"

namespace faultline {
namespace {

constexpr uint64_t kOffsetMax = std::numeric_limits<off_t>::max();
constexpr mode_t kFileMode = 0644;
constexpr mode_t kDirectoryMode = 0755;

ErrorCode code_of(int error) {
  switch (error) {
    case ENOENT: return ErrorCode::kNotFound;
    case EEXIST: return ErrorCode::kExists;
    case ENOTDIR:
    case ENOTEMPTY: return ErrorCode::kNotDirectory;
    case ENOSPC:
    case EDQUOT: return ErrorCode::kNoSpace;
    case EROFS: return ErrorCode::kReadOnly;
    case EFBIG: return ErrorCode::kTooLarge;
    case EISDIR:
    case EINVAL:
    case EBADF:
    case EBUSY:
    case ENAMETOOLONG: return ErrorCode::kInvalidArgument;
    case EWOULDBLOCK: return ErrorCode::kLocked;
    default: return ErrorCode::kIo;
  }
}

// Of the system call that just failed: "write topic-0/x.log: ENOSPC".
std::unexpected<Error> fail_errno(const char* action, const std::string& path) {
  const int error = errno;
  const char* name = strerrorname_np(error);
  return fail(code_of(error), std::string(action) + " " + (path.empty() ? "the root" : path) +
                                  ": " + (name == nullptr ? "unknown errno" : name));
}

std::unexpected<Error> illegal_path(const std::string& path) {
  return fail(ErrorCode::kInvalidArgument, "illegal path " + path);
}

const char* or_dot(const std::string& path) { return path.empty() ? "." : path.c_str(); }

// Repeats a system call that a signal interrupted before it did anything.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

FileDescriptor open_at(const FileDescriptor& root, const std::string& path, int flags) {
  const char* name = or_dot(path);
  return FileDescriptor(
      uninterrupted([&] { return ::openat(root.number(), name, flags | O_CLOEXEC, kFileMode); }));
}

class PosixFile final : public File {
 public:
  PosixFile(FileDescriptor file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  uint64_t size() const override {
    struct stat status{};
    ASSERT(::fstat(file_.number(), &status) == 0);
    return static_cast<uint64_t>(status.st_size);
  }
  void submit(ReadAt& op) override { op.complete(read(op.offset, op.length)); }
  void submit(WriteAt& op) override { op.complete(write(op.offset, op.bytes)); }
  void submit(Truncate& op) override { op.complete(truncate_to(op.size)); }
  void submit(Sync& op) override {
    // Never repeated, not even after EINTR: the second call may report success for lost pages.
    if (::fsync(file_.number()) != 0) return op.complete(fail_errno("sync", path_));
    op.complete({});
  }

 private:
  Result<Slice> read(uint64_t offset, size_t length) const;
  Result<void> write(uint64_t offset, const Slices& bytes) const;
  Result<void> truncate_to(uint64_t new_size) const;

  FileDescriptor file_;
  std::string path_;
};

Result<Slice> PosixFile::read(uint64_t offset, size_t length) const {
  const uint64_t end = size();
  if (offset >= end) return Slice();
  Buffer buffer;
  const size_t wanted = std::min<uint64_t>(length, end - offset);
  uint8_t* to = buffer.extend(wanted);
  size_t done = 0;
  while (done < wanted) {
    const ssize_t got = uninterrupted([&] {
      return ::pread(file_.number(), to + done, wanted - done, static_cast<off_t>(offset + done));
    });
    if (got < 0) return fail_errno("read", path_);
    if (got == 0) break;  // cut by somebody else meanwhile
    done += static_cast<size_t>(got);
  }
  return std::move(buffer).freeze().subslice(0, done);
}

// Fills `vectors` with what of `bytes` follows the first `done` bytes; returns how many it used.
template <size_t kCount>
int fill_vectors(std::array<iovec, kCount>& vectors, const Slices& bytes, size_t done) {
  size_t used = 0;
  for (const Slice& slice : bytes) {
    if (done >= slice.size()) {
      done -= slice.size();
      continue;
    }
    // The system call takes void* for reading too.
    vectors[used++] = {const_cast<uint8_t*>(slice.data()) + done, slice.size() - done};
    done = 0;
    if (used == kCount) break;
  }
  return static_cast<int>(used);
}

Result<void> PosixFile::write(uint64_t offset, const Slices& bytes) const {
  const size_t total = total_size(bytes);
  if (offset > kOffsetMax || total > kOffsetMax - offset)
    return fail(ErrorCode::kInvalidArgument, "write " + path_ + ": offset too large");
  size_t done = 0;
  do {  // once even for nothing, so that a handle opened to read refuses that too
    std::array<iovec, 16> vectors;
    const int count = fill_vectors(vectors, bytes, done);
    const ssize_t put = uninterrupted([&] {
      return ::pwritev(file_.number(), vectors.data(), count, static_cast<off_t>(offset + done));
    });
    if (put < 0) return fail_errno("write", path_);
    if (put == 0 && total > 0)
      return fail(ErrorCode::kIo, "write " + path_ + ": nothing was taken");
    done += static_cast<size_t>(put);
  } while (done < total);
  return {};
}

Result<void> PosixFile::truncate_to(uint64_t new_size) const {
  if (new_size > kOffsetMax)
    return fail(ErrorCode::kInvalidArgument, "truncate " + path_ + ": size too large");
  const int result =
      uninterrupted([&] { return ::ftruncate(file_.number(), static_cast<off_t>(new_size)); });
  if (result != 0) return fail_errno("truncate", path_);
  return {};
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

Result<std::unique_ptr<File>> open_file(const FileDescriptor& root, const OpenFile& op) {
  if (!is_disk_path(op.path)) return illegal_path(op.path);
  FileDescriptor file = open_at(root, op.path, flags_of(op.mode));
  if (!file.is_open()) return fail_errno("open", op.path);
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) return fail_errno("open", op.path);
  if (S_ISDIR(status.st_mode))
    return fail(ErrorCode::kInvalidArgument, "open " + op.path + ": is a directory");
  return std::make_unique<PosixFile>(std::move(file), op.path);
}

struct DirectoryCloser {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

Result<std::vector<DirectoryEntry>> list_at(const FileDescriptor& root, const std::string& path) {
  if (!is_disk_path(path)) return illegal_path(path);
  const FileDescriptor directory = open_at(root, path, O_RDONLY | O_DIRECTORY);
  if (!directory.is_open()) return fail_errno("list", path);
  // The stream closes the descriptor that it is given, so it gets an own one.
  std::unique_ptr<DIR, DirectoryCloser> stream(::fdopendir(::dup(directory.number())));
  if (stream == nullptr) return fail_errno("list", path);
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
      return fail_errno("list", path);
    }
    entries.push_back({.name = name, .is_directory = S_ISDIR(status.st_mode)});
  }
  if (errno != 0) return fail_errno("list", path);
  return entries;
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (is_open()) ::close(number_);
}

Result<std::unique_ptr<PosixDisk>> PosixDisk::open_root(const std::string& root) {
  FileDescriptor directory(::open(or_dot(root), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) return fail_errno("open directory", root);
  return std::unique_ptr<PosixDisk>(new PosixDisk(std::move(directory)));
}

uint64_t PosixDisk::free_bytes() {
  struct statvfs status{};
  if (::fstatvfs(root_.number(), &status) != 0) return 0;
  return uint64_t{status.f_bavail} * uint64_t{status.f_frsize};
}

void PosixDisk::submit(OpenFile& op) { op.complete(open_file(root_, op)); }

void PosixDisk::submit(PathOp& op) { op.complete(apply(op)); }

void PosixDisk::submit(ListDirectory& op) { op.complete(list_at(root_, op.path)); }

Result<void> PosixDisk::apply(const PathOp& op) {
  if (!is_disk_path(op.path)) return illegal_path(op.path);
  switch (op.kind) {
    case PathOp::Kind::kRemove: return remove_path(op.path);
    case PathOp::Kind::kRename: return rename_path(op.path, op.target);
    case PathOp::Kind::kMakeDirectory: return make_directories(op.path);
    case PathOp::Kind::kSyncDirectory: return sync_directory_at(op.path);
    case PathOp::Kind::kLock: return lock_path(op.path);
  }
  UNREACHABLE();
}

Result<void> PosixDisk::remove_path(const std::string& path) {
  if (path.empty()) return fail(ErrorCode::kInvalidArgument, "remove the root");
  if (::unlinkat(root_.number(), path.c_str(), 0) == 0) return {};
  if (errno != EISDIR) return fail_errno("remove", path);
  if (::unlinkat(root_.number(), path.c_str(), AT_REMOVEDIR) == 0) return {};
  return fail_errno("remove", path);
}

Result<void> PosixDisk::rename_path(const std::string& from, const std::string& to) {
  if (!is_disk_path(to)) return illegal_path(to);
  if (from.empty() || to.empty()) return fail(ErrorCode::kInvalidArgument, "rename the root");
  if (::renameat(root_.number(), from.c_str(), root_.number(), to.c_str()) == 0) return {};
  return fail_errno("rename", from + " to " + to);
}

Result<void> PosixDisk::make_directories(const std::string& path) {
  size_t end = 0;
  while (end < path.size()) {
    end = std::min(path.find('/', end + 1), path.size());
    const std::string part = path.substr(0, end);
    if (::mkdirat(root_.number(), part.c_str(), kDirectoryMode) == 0) continue;
    if (errno != EEXIST) return fail_errno("make directory", part);
    struct stat status{};
    if (::fstatat(root_.number(), part.c_str(), &status, 0) != 0)
      return fail_errno("make directory", part);
    if (!S_ISDIR(status.st_mode))
      return fail(ErrorCode::kNotDirectory, "make directory " + part + ": is a file");
  }
  return {};
}

Result<void> PosixDisk::sync_directory_at(const std::string& path) {
  const FileDescriptor directory = open_at(root_, path, O_RDONLY | O_DIRECTORY);
  if (!directory.is_open() || ::fsync(directory.number()) != 0)
    return fail_errno("sync directory", path);
  return {};
}

Result<void> PosixDisk::lock_path(const std::string& path) {
  FileDescriptor file = open_at(root_, path, O_RDWR | O_CREAT);
  if (!file.is_open()) return fail_errno("lock", path);
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) return fail_errno("lock", path);
  locks_.push_back(std::move(file));
  return {};
}

}  // namespace faultline
