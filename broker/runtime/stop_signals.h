// SPDX-License-Identifier: Apache-2.0
// StopSignals: SIGTERM and SIGINT as events of the loop. Made before any thread, so that all
// threads inherit the mask. The second signal ends the process at once, as a user who waits
// expects.
#pragma once

#include <functional>
#include <memory>

#include "broker/runtime/event_loop.h"

namespace faultline {

class StopSignals final : private FdWatcher {
 public:
  // Blocks them in this thread; a broken pipe or a file
  // over its limit is an error of write() only. Call first.
  static void block();

  // Errors: kTooLarge (descriptors).
  static Result<std::unique_ptr<StopSignals>> create(EventLoop& loop,
                                                     std::function<void(int)> on_stop);

 private:
  StopSignals(FileDescriptor file, std::function<void(int)> on_stop);
  void on_ready(uint32_t events) override;

  FileDescriptor file_;
  std::function<void(int)> on_stop_;
  bool was_asked_ = false;
};

}  // namespace faultline
