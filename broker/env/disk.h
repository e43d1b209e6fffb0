// SPDX-License-Identifier: Apache-2.0
// Disk: files and directories with POSIX's rules of durability. A write is in the page cache when
// its op completes, durable after sync() of that file; a new, renamed or removed name is durable
// after sync_dir() of its directory. Paths are relative to the node's root, with '/', without "..".
// Errors of all ops: kIo, kReadOnly, kNoSpace, kNotFound, and what each one says. After a failed
// sync the pages may be gone from the cache although reads succeed: never retry (KAFKA-10778, B31).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/env/op.h"

namespace faultline {

enum class OpenMode : uint8_t { kRead, kReadWrite, kCreate, kCreateNew };  // kCreate: open or make

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
  auto operator<=>(const DirectoryEntry&) const = default;
};

class File;
class Disk;

// Exactly the bytes of [offset, offset + length) that exist: shorter at the end of the file, empty
// past it. What is read to be sent may be the file itself instead of a copy: to be given to a
// stream, not to be looked at, for the file may be cut meanwhile.
class ReadAt final : public Op<Slice> {
 public:
  ReadAt(File& file, uint64_t offset, size_t length, bool is_to_send)
      : offset(offset), length(length), is_to_send(is_to_send), file_(file) {}
  const uint64_t offset;
  const size_t length;
  const bool is_to_send;

 private:
  void start() override;
  File& file_;
};

// Writes all bytes at `offset`; a gap before it reads as zeros. kNoSpace and kIo may leave any
// prefix written: the caller must read the size again or fence.
class WriteAt final : public Op<void> {
 public:
  WriteAt(File& file, uint64_t offset, Slices bytes)
      : offset(offset), bytes(std::move(bytes)), file_(file) {}
  const uint64_t offset;
  Slices bytes;

 private:
  void start() override;
  File& file_;
};

class Truncate final : public Op<void> {  // to a smaller or larger (zero-filled) size
 public:
  Truncate(File& file, uint64_t size) : size(size), file_(file) {}
  const uint64_t size;

 private:
  void start() override;
  File& file_;
};

class Sync final : public Op<void> {
 public:
  explicit Sync(File& file) : file_(file) {}

 private:
  void start() override;
  File& file_;
};

class File {
 public:
  virtual ~File() = default;
  ReadAt read_at(uint64_t offset, size_t length) { return {*this, offset, length, false}; }
  ReadAt read_to_send(uint64_t offset, size_t length) { return {*this, offset, length, true}; }
  WriteAt write_at(uint64_t offset, Slices bytes) { return {*this, offset, std::move(bytes)}; }
  WriteAt append(Slices bytes) { return WriteAt(*this, size(), std::move(bytes)); }
  Truncate truncate(uint64_t size) { return Truncate(*this, size); }
  Sync sync() { return Sync(*this); }
  // Size in the page cache, writes in flight not counted.
  virtual uint64_t size() const = 0;

  virtual void submit(ReadAt& op) = 0;
  virtual void submit(WriteAt& op) = 0;
  virtual void submit(Truncate& op) = 0;
  virtual void submit(Sync& op) = 0;
};

// Errors: kNotFound, kExists (kCreateNew), kNotDirectory.
class OpenFile final : public Op<std::unique_ptr<File>> {
 public:
  OpenFile(Disk& disk, std::string path, OpenMode mode)
      : path(std::move(path)), mode(mode), disk_(disk) {}
  const std::string path;
  const OpenMode mode;

 private:
  void start() override;
  Disk& disk_;
};

// An operation on names. kRename replaces a file at `target` atomically; kMakeDirectory makes
// parents too and succeeds if it exists; kRemove takes a file or an empty directory; kLock fails
// with kLocked while another owner of the same disk holds the path, until process end.
class PathOp final : public Op<void> {
 public:
  enum class Kind : uint8_t { kRemove, kRename, kMakeDirectory, kSyncDirectory, kLock };
  PathOp(Disk& disk, Kind kind, std::string path, std::string target = {})
      : kind(kind), path(std::move(path)), target(std::move(target)), disk_(disk) {}
  const Kind kind;
  const std::string path;
  const std::string target;

 private:
  void start() override;
  Disk& disk_;
};

// Entries of a directory in no particular order: sort before acting on them.
class ListDirectory final : public Op<std::vector<DirectoryEntry>> {
 public:
  ListDirectory(Disk& disk, std::string path) : path(std::move(path)), disk_(disk) {}
  const std::string path;

 private:
  void start() override;
  Disk& disk_;
};

class Disk {
 public:
  OpenFile open(std::string path, OpenMode mode) { return OpenFile(*this, std::move(path), mode); }
  PathOp remove(std::string path) { return path_op(PathOp::Kind::kRemove, std::move(path)); }
  PathOp rename(std::string from, std::string to) {
    return PathOp(*this, PathOp::Kind::kRename, std::move(from), std::move(to));
  }
  PathOp make_directory(std::string path) {
    return path_op(PathOp::Kind::kMakeDirectory, std::move(path));
  }
  PathOp sync_directory(std::string path) {
    return path_op(PathOp::Kind::kSyncDirectory, std::move(path));
  }
  PathOp lock(std::string path) { return path_op(PathOp::Kind::kLock, std::move(path)); }
  ListDirectory list(std::string path) { return ListDirectory(*this, std::move(path)); }
  virtual uint64_t free_bytes() = 0;
  virtual uint64_t total_bytes() = 0;  // of the volume; 0: unknown

  virtual void submit(OpenFile& op) = 0;
  virtual void submit(PathOp& op) = 0;
  virtual void submit(ListDirectory& op) = 0;

 protected:
  ~Disk() = default;

 private:
  PathOp path_op(PathOp::Kind kind, std::string path) { return {*this, kind, std::move(path)}; }
};

inline void ReadAt::start() { file_.submit(*this); }
inline void WriteAt::start() { file_.submit(*this); }
inline void Truncate::start() { file_.submit(*this); }
inline void Sync::start() { file_.submit(*this); }
inline void OpenFile::start() { disk_.submit(*this); }
inline void PathOp::start() { disk_.submit(*this); }
inline void ListDirectory::start() { disk_.submit(*this); }

}  // namespace faultline
