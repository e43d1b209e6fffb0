// SPDX-License-Identifier: Apache-2.0
// Candidates: states that a chunk of work led to and that may be new, packed one behind the other,
// on their way from the thread that made them to the one that owns their shard.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "broker/base/bytes.h"
#include "model/explore/short_bytes.h"

namespace faultline::model {

struct Candidate {
  static constexpr uint8_t kNoGroup = 0xff;

  uint64_t hash = 0;
  uint32_t parent = 0;
  uint16_t size = 0;
  uint8_t group = kNoGroup;  // of a reduced expansion: its number in the chunk
  uint8_t is_deeper = 0;     // written by the shard's owner: it is in the open level

  const uint8_t* bytes() const { return reinterpret_cast<const uint8_t*>(this + 1); }
  Bytes state() const { return {bytes(), size}; }
};

class Candidates {
 public:
  void clear() { size_ = 0; }
  bool empty() const { return size_ == 0; }

  void add(const Candidate& head, Bytes state) {
    const size_t size = padded(state.size());
    if (words_.size() < size_ + size) words_.resize((size_ + size) * 2);
    std::memcpy(&words_[size_], &head, sizeof head);
    copy_bytes(reinterpret_cast<uint8_t*>(&words_[size_ + sizeof head / kWord]), state.data(),
               state.size());
    size_ += size;
  }

  // Another thread may have written them: they are far away.
  void prefetch() const {
    for (size_t at = 0; at < size_; at += kWordsPerLine) __builtin_prefetch(&words_[at]);
  }

  // Calls visit(Candidate&) for each, in order.
  template <class Visit>
  void for_each(Visit&& visit) {
    for (size_t at = 0; at < size_;) {
      auto* candidate = reinterpret_cast<Candidate*>(&words_[at]);
      visit(*candidate);
      at += padded(candidate->size);
    }
  }

 private:
  static constexpr size_t kWord = sizeof(uint64_t);
  static constexpr size_t kWordsPerLine = 64 / kWord;
  static size_t padded(size_t state_bytes) {
    return (sizeof(Candidate) + state_bytes + kWord - 1) / kWord;
  }

  std::vector<uint64_t> words_;
  size_t size_ = 0;  // in words
};

static_assert(sizeof(Candidate) == 16);

}  // namespace faultline::model
