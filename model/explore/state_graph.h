// SPDX-License-Identifier: Apache-2.0
// StateGraph: every reachable state of a space and every step between them, in memory, for the
// questions that need the edges (liveness). States are numbered in breadth-first order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/explore/search.h"
#include "model/explore/space.h"

namespace faultline::model {

class StateGraph {
 public:
  using Id = uint32_t;
  struct Edge {
    Step step;
    Id target = 0;
  };

  // Explores all of it, unless a limit of the options is reached: then why_incomplete() says which.
  StateGraph(const Space& space, const SearchOptions& options);

  const std::string& why_incomplete() const { return why_incomplete_; }
  Id size() const { return static_cast<Id>(ends_.size()); }
  Id initial() const { return initial_; }  // states below this number are the initial ones
  Bytes state(Id id) const {
    const uint64_t begin = id == 0 ? 0 : ends_[id - 1];
    return Bytes(bytes_).subspan(begin, ends_[id] - begin);
  }
  std::span<const Edge> edges(Id id) const {
    const uint64_t begin = id == 0 ? 0 : edge_ends_[id - 1];
    return std::span(edges_).subspan(begin, edge_ends_[id] - begin);
  }
  uint64_t edge_count() const { return edges_.size(); }
  uint64_t bytes() const;

 private:
  Id number_of(Bytes state);
  void grow();

  std::vector<uint8_t> bytes_;
  std::vector<uint64_t> ends_;  // of each state in bytes_
  std::vector<Edge> edges_;
  std::vector<uint64_t> edge_ends_;
  std::vector<Id> slots_ = std::vector<Id>(64);  // id + 1; 0 is empty
  Id initial_ = 0;
  std::string why_incomplete_;
};

}  // namespace faultline::model
