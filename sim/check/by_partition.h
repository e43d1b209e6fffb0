// SPDX-License-Identifier: Apache-2.0
// ByPartition: what a checker keeps for each partition, found by the partition's number.
#pragma once

#include <vector>

#include "sim/check/partition_history.h"

namespace faultline::sim {

// A T for each partition, default-made when it is first asked for, which may move the others.
template <class T>
class ByPartition {
 public:
  T& operator[](const PartitionHistory& log) {
    if (log.number() >= values_.size()) values_.resize(log.number() + 1);
    return values_[log.number()];
  }

 private:
  std::vector<T> values_;
};

}  // namespace faultline::sim
