// SPDX-License-Identifier: Apache-2.0
// Region: the memory of one search, in large pages. A search touches its tables and states in no
// order, so with small pages it would wait for address translations, and for the kernel to hand out
// each. What is given back is handed out again in slabs. Any thread may call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace faultline::model {

class Region {
 public:
  static constexpr size_t kSlabBytes = 1 << 15;

  Region() = default;
  ~Region();
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  uint8_t* slab();                       // kSlabBytes of anything
  uint64_t* zeroed_words(size_t words);  // at the start of a cache line
  // What zeroed_words() gave.
  void give_back(uint64_t* words, size_t count);

 private:
  struct Block {
    uint8_t* begin = nullptr;
    size_t bytes = 0;
  };

  uint8_t* fresh(size_t bytes);
  void recycle(uint8_t* from, size_t bytes);

  std::mutex mutex_;
  std::vector<Block> blocks_;
  uint8_t* next_ = nullptr;  // in the last block
  size_t left_ = 0;
  std::vector<uint8_t*> slabs_;  // to be handed out again
};

}  // namespace faultline::model
