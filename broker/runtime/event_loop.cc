// SPDX-License-Identifier: Apache-2.0
// Turns of the loop: run, poll, expire.
#include "broker/runtime/event_loop.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/epoll.h>

#include "broker/runtime/system_error.h"

namespace faultline {
namespace {

// Between two looks at the outside world: bounds how long a burst of work keeps others waiting.
constexpr int kFibersPerTurn = 128;
constexpr int kEventsPerTurn = 256;
constexpr uint32_t kEvents = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

}  // namespace

Result<std::unique_ptr<EventLoop>> EventLoop::create() {
  FileDescriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.is_open()) return fail_errno("create an epoll descriptor");
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(epoll)));
}

Result<void> EventLoop::watch(const FileDescriptor& file, FdWatcher& watcher) {
  epoll_event event{};
  event.events = kEvents;
  event.data.ptr = &watcher;
  if (::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, file.number(), &event) != 0)
    return fail_errno("watch a descriptor");
  return {};
}

void EventLoop::rewatch(const FileDescriptor& file, FdWatcher& watcher) {
  epoll_event event{};
  event.events = kEvents;
  event.data.ptr = &watcher;
  ASSERT(::epoll_ctl(epoll_.number(), EPOLL_CTL_MOD, file.number(), &event) == 0);
}

void EventLoop::unwatch(const FileDescriptor& file) {
  epoll_event event{};  // old kernels want one
  ASSERT(::epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, file.number(), &event) == 0);
}

void EventLoop::run_until(const bool& is_done) {
  while (true) {
    run_ready();
    if (is_done) return;
    poll(ready_.empty() && later_.empty());
    ++turn_;
    timers_.expire(clock_.now());
    call_later();
  }
}

void EventLoop::run_ready() {
  for (int i = 0; i < kFibersPerTurn && !ready_.empty(); ++i) ready_.pop_front().run();
}

void EventLoop::call_later() {
  // Whoever asks again meanwhile is behind the mark.
  struct Mark final : FdWatcher {
    void on_ready(uint32_t) override {}
  } mark;
  later_.push_back(mark);
  while (true) {
    FdWatcher& watcher = later_.pop_front();
    if (&watcher == &mark) return;
    watcher.on_ready(0);
  }
}

void EventLoop::poll(bool may_wait) {
  timespec timeout{};
  const timespec* wait = &timeout;
  if (may_wait && timers_.empty()) {
    wait = nullptr;
  } else if (may_wait) {
    const int64_t ns = std::max<int64_t>(0, (timers_.next_deadline() - clock_.now()).ns);
    timeout.tv_sec = ns / 1'000'000'000;
    timeout.tv_nsec = ns % 1'000'000'000;
  }
  std::array<epoll_event, kEventsPerTurn> events;
  const int count = ::epoll_pwait2(epoll_.number(), events.data(), kEventsPerTurn, wait, nullptr);
  if (count < 0) {
    ASSERT_OP(errno, ==, EINTR);
    return;
  }
  for (int i = 0; i < count; ++i)
    static_cast<FdWatcher*>(events[i].data.ptr)->on_ready(events[i].events);
}

}  // namespace faultline
