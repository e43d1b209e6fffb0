// SPDX-License-Identifier: Apache-2.0
#include "analysis/why/run_events.h"

namespace faultline::why {

std::optional<uint64_t> RunEvents::find(EventId id) const {
  if (id == 0) return std::nullopt;
  const uint64_t index = index_.find(id);
  if (index == sim::EventIndex::kNone) return std::nullopt;
  return index;
}

std::vector<uint64_t> RunEvents::causes_of(uint64_t index, size_t count_max) const {
  std::vector<uint64_t> chain{index};
  while (chain.size() < count_max) {
    const std::optional<uint64_t> cause = find(header(chain.back()).cause);
    if (!cause || *cause >= chain.back()) break;
    chain.push_back(*cause);
  }
  return chain;
}

}  // namespace faultline::why
