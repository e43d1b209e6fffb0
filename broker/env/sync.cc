// SPDX-License-Identifier: Apache-2.0
// Wake-ups in order of arrival.
#include "broker/env/sync.h"

namespace faultline {

void Notifier::Wait::start() {
  accept(notifier_);
  notifier_.waiters_.push_back(*this);
}

void Notifier::notify_one() {
  if (waiters_.empty()) return;
  static_cast<Wait&>(waiters_.pop_front()).complete({});
}

void Mutex::Lock::start() {
  if (!mutex_.is_locked_) {
    mutex_.is_locked_ = true;
    return complete(Guard(mutex_));
  }
  accept(mutex_);
  mutex_.waiters_.push_back(*this);
}

void Mutex::release() {
  ASSERT(is_locked_);
  if (waiters_.empty()) {
    is_locked_ = false;
    return;
  }
  waiters_.pop_front().complete(Guard(*this));
}

}  // namespace faultline
