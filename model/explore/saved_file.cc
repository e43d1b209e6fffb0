// SPDX-License-Identifier: Apache-2.0
// Checkpoint files. The hash is a chain over blocks of a fixed size.
#include "model/explore/saved_file.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "broker/base/hash.h"

namespace faultline::model {
namespace {

constexpr size_t kBlockBytes = 1 << 16;

std::string unfinished(const std::string& path) { return path + ".unfinished"; }

}  // namespace

FileWriter::FileWriter(std::string path)
    : path_(std::move(path)), file_(std::fopen(unfinished(path_).c_str(), "wb")) {
  is_good_ = file_ != nullptr;
}

void FileWriter::number(uint64_t value) {
  bytes({reinterpret_cast<const uint8_t*>(&value), sizeof value});
}

void FileWriter::bytes(Bytes bytes) {
  while (!bytes.empty()) {
    const Bytes part = bytes.first(std::min(bytes.size(), kBlockBytes - block_.size()));
    block_.insert(block_.end(), part.begin(), part.end());
    bytes = bytes.subspan(part.size());
    if (block_.size() == kBlockBytes) flush();
  }
}

void FileWriter::flush() {
  hash_ = hash64(block_, hash_);
  is_good_ = is_good_ && std::fwrite(block_.data(), 1, block_.size(), file_.get()) == block_.size();
  block_.clear();
}

Result<> FileWriter::commit() {
  if (!block_.empty()) flush();
  is_good_ = is_good_ && std::fwrite(&hash_, sizeof hash_, 1, file_.get()) == 1 &&
             std::fflush(file_.get()) == 0;
  file_.reset();
  if (is_good_) is_good_ = std::rename(unfinished(path_).c_str(), path_.c_str()) == 0;
  if (!is_good_) return fail(ErrorCode::kIo, "cannot write " + path_);
  return {};
}

FileReader::FileReader(const std::string& path) : file_(std::fopen(path.c_str(), "rb")) {
  if (file_ == nullptr || std::fseek(file_.get(), 0, SEEK_END) != 0) return;
  uint64_t hash = 0;
  uint64_t written = 0;
  const long size = std::ftell(file_.get());
  if (size < static_cast<long>(sizeof written)) return;
  std::rewind(file_.get());
  const uint64_t content = static_cast<uint64_t>(size) - sizeof written;
  std::vector<uint8_t> block(kBlockBytes);
  for (uint64_t left = content; left > 0;) {
    const size_t part = std::min<uint64_t>(left, kBlockBytes);
    if (std::fread(block.data(), 1, part, file_.get()) != part) return;
    hash = hash64(Bytes(block).first(part), hash);
    left -= part;
  }
  if (std::fread(&written, sizeof written, 1, file_.get()) != 1 || written != hash) return;
  std::rewind(file_.get());
  left_ = content;
  is_good_ = true;
}

uint64_t FileReader::number() {
  uint64_t value = 0;
  bytes(reinterpret_cast<uint8_t*>(&value), sizeof value);
  return is_good_ ? value : 0;
}

bool FileReader::bytes(uint8_t* out, size_t size) {
  if (size > left_) is_good_ = false;
  if (!is_good_ || size == 0) return is_good_;
  is_good_ = std::fread(out, 1, size, file_.get()) == size;
  left_ -= size;
  return is_good_;
}

}  // namespace faultline::model
