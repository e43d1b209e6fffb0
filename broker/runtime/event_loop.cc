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
  std::optional<Duration> timeout = Duration{};  // none: for ever
  if (may_wait && timers_.empty()) {
    timeout.reset();
  } else if (may_wait) {
    timeout = std::max(Duration{}, timers_.next_deadline() - clock_.now());
  }
  std::array<epoll_event, kEventsPerTurn> events;
  const int count = wait(events, timeout);
  if (count < 0) {
    ASSERT_OP(errno, ==, EINTR);
    return;
  }
  for (int i = 0; i < count; ++i)
    static_cast<FdWatcher*>(events[i].data.ptr)->on_ready(events[i].events);
}

int EventLoop::wait(std::span<epoll_event> events, std::optional<Duration> timeout) {
  const int size = static_cast<int>(events.size());
  if (has_fine_wait_) {
    timespec fine{};
    if (timeout) fine = {timeout->ns / 1'000'000'000, timeout->ns % 1'000'000'000};
    const int count =
        ::epoll_pwait2(epoll_.number(), events.data(), size, timeout ? &fine : nullptr, nullptr);
    if (count >= 0 || errno != ENOSYS) return count;
    has_fine_wait_ = false;  // Linux before 5.11, and some sandboxes
  }
  // Rounded up: a timer is never early.
  const int64_t ms = timeout ? (timeout->ns + 999'999) / 1'000'000 : -1;
  const int bounded = static_cast<int>(std::min<int64_t>(ms, 3'600'000));
  return ::epoll_wait(epoll_.number(), events.data(), size, bounded);
}

}  // namespace faultline
