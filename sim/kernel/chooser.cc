// SPDX-License-Identifier: Apache-2.0
// Replaying a choice log.
#include "sim/kernel/chooser.h"

namespace faultline::sim {

size_t ReplayChooser::pick(std::span<Fiber* const> ready) {
  if (is_on_track_ && next_ < log_.size()) {
    for (size_t i = 0; i < ready.size(); ++i) {
      if (ready[i]->id() != log_[next_]) continue;
      ++next_;
      return i;
    }
  }
  is_on_track_ = false;
  return 0;
}

}  // namespace faultline::sim
