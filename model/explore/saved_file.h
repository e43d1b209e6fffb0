// SPDX-License-Identifier: Apache-2.0
// A file of numbers and bytes that is there whole or not at all: written beside its name and moved
// there when complete, with a hash of everything at its end. For checkpoints of a search.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/result.h"

namespace faultline::model {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// Errors are sticky and reported by commit().
class FileWriter {
 public:
  explicit FileWriter(std::string path);
  void number(uint64_t value);
  void bytes(Bytes bytes);
  template <class T>
  void list(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    number(values.size());
    bytes({reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(T)});
  }
  Result<> commit();

 private:
  void flush();

  std::string path_;
  File file_;
  std::vector<uint8_t> block_;
  bool is_good_ = true;
  uint64_t hash_ = 0;
};

// Errors are sticky; what is read after one is 0 and empty.
class FileReader {
 public:
  // Reads the file once to check its hash: is_good() says whether it is there and whole.
  explicit FileReader(const std::string& path);
  uint64_t number();
  bool bytes(uint8_t* out, size_t size);
  template <class T>
  std::vector<T> list() {
    static_assert(std::is_trivially_copyable_v<T>);
    const uint64_t count = number();
    if (count * sizeof(T) > left_) return fail_list<T>();
    std::vector<T> values(count);
    bytes(reinterpret_cast<uint8_t*>(values.data()), count * sizeof(T));
    return values;
  }
  bool is_good() const { return is_good_; }
  bool is_at_end() const { return is_good_ && left_ == 0; }

 private:
  template <class T>
  std::vector<T> fail_list() {
    is_good_ = false;
    return {};
  }

  File file_;
  uint64_t left_ = 0;  // bytes before the hash
  bool is_good_ = false;
};

}  // namespace faultline::model
