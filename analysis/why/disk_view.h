// SPDX-License-Identifier: Apache-2.0
// What the page cache held of a log and what the platter had of it, side by side, at the moment at
// which they parted.
#pragma once

#include <vector>

#include "analysis/why/chain.h"

namespace faultline::why {

struct DiskView {
  std::string title;
  std::vector<DiskLine> lines;
};

// Empty where the chain has no append, or nothing of its file was lost.
DiskView view_disk(const RunEvents& events, const Chain& chain, uint64_t symptom);

}  // namespace faultline::why
