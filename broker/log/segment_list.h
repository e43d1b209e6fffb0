// SPDX-License-Identifier: Apache-2.0
// The segments of a log in order. A removed segment stays in memory while a Pin lives, so a reader
// that waits for the disk never holds a dead one.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "broker/log/segment.h"

namespace faultline::log {

class SegmentList {
 public:
  // Keeps the segments that are there now alive.
  class Pin {
   public:
    explicit Pin(SegmentList& list) : list_(&list) { ++list.pins_; }
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;
    ~Pin() {
      if (--list_->pins_ == 0) list_->removed_.clear();
    }

   private:
    SegmentList* list_;
  };

  bool empty() const { return segments_.empty(); }
  size_t size() const { return segments_.size(); }
  Segment& operator[](size_t index) { return *segments_[index]; }
  const Segment& operator[](size_t index) const { return *segments_[index]; }
  Segment& active() { return *segments_.back(); }
  const Segment& active() const { return *segments_.back(); }
  const Segment& first() const { return *segments_.front(); }
  int64_t size_bytes() const;
  // Index of the last segment that starts at or before `offset`; 0 when all start behind it.
  size_t floor(Offset offset) const;
  // Pointers that a Pin keeps valid, from segment number `from` on.
  std::vector<Segment*> pointers(size_t from = 0) const;

  size_t loaded_index_count() const;
  // Of all but the active segment; nobody may be writing to them.
  void drop_unused_indexes();

  void push_back(std::unique_ptr<Segment> segment) { segments_.push_back(std::move(segment)); }
  // Takes out the segments [from, to) and gives them back for removal of their files; a Pin must
  // live.
  std::vector<Segment*> remove(size_t from, size_t to);

 private:
  std::vector<std::unique_ptr<Segment>> segments_;
  std::vector<std::unique_ptr<Segment>> removed_;
  int pins_ = 0;
};

}  // namespace faultline::log
