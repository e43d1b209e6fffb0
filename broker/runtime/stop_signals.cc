// SPDX-License-Identifier: Apache-2.0
// signalfd.
#include "broker/runtime/stop_signals.h"

#include <csignal>

#include <sys/signalfd.h>
#include <unistd.h>

#include "broker/runtime/system_error.h"

namespace faultline {
namespace {

constexpr int kExitInterrupted = 130;

sigset_t stop_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

void StopSignals::block() {
  const sigset_t set = stop_signals();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
}

Result<std::unique_ptr<StopSignals>> StopSignals::create(EventLoop& loop,
                                                         std::function<void(int)> on_stop) {
  const sigset_t set = stop_signals();
  FileDescriptor file(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!file.is_open()) return fail_errno("create a signal descriptor");
  std::unique_ptr<StopSignals> signals(new StopSignals(std::move(file), std::move(on_stop)));
  TRY(loop.watch(signals->file_, *signals));
  return signals;
}

StopSignals::StopSignals(FileDescriptor file, std::function<void(int)> on_stop)
    : file_(std::move(file)), on_stop_(std::move(on_stop)) {}

void StopSignals::on_ready(uint32_t) {
  signalfd_siginfo info{};
  while (::read(file_.number(), &info, sizeof info) == sizeof info) {
    if (was_asked_) ::_exit(kExitInterrupted);
    was_asked_ = true;
    on_stop_(static_cast<int>(info.ssi_signo));
  }
}

}  // namespace faultline
