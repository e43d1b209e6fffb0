// SPDX-License-Identifier: Apache-2.0
// A child reads seeds of 8 bytes and answers with two lengths of 4 bytes, an outcome and a report.
#include "analysis/search/pool.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker/base/assert.h"

namespace faultline::search {
namespace {

constexpr size_t kHeadBytes = 8;

int64_t now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

bool read_all(int file, void* bytes, size_t count) {
  auto* at = static_cast<char*>(bytes);
  while (count > 0) {
    const ssize_t got = ::read(file, at, count);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    count -= static_cast<size_t>(got);
  }
  return true;
}

bool write_all(int file, const char* at, size_t count) {
  while (count > 0) {
    const ssize_t put = ::write(file, at, count);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    at += put;
    count -= static_cast<size_t>(put);
  }
  return true;
}

// The last line that a child wrote to its standard error, usually that of an ASSERT.
std::string last_words(std::FILE* file) {
  std::string text;
  std::rewind(file);
  char block[4096];
  while (const size_t count = std::fread(block, 1, sizeof block, file)) {
    text.append(block, count);
    if (text.size() > (64 << 10)) text.erase(0, text.size() - (32 << 10));
  }
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);  // npos + 1 == 0
}

}  // namespace

struct Pool::Worker {
  pid_t process = -1;
  int commands = -1;  // its seeds
  int answers = -1;
  std::FILE* words = nullptr;  // its standard error
  bool is_busy = false;
  uint64_t seed = 0;
  int64_t since_ms = 0;
  std::string received;
};

Pool::Pool(Player play, size_t jobs, int64_t hang_ms) : play_(std::move(play)), hang_ms_(hang_ms) {
  for (size_t i = 0; i < std::max<size_t>(1, jobs); ++i)
    workers_.push_back(std::make_unique<Worker>());
  for (const auto& worker : workers_) start(*worker);
}

Pool::~Pool() {
  for (const auto& worker : workers_) {
    if (worker->is_busy) ::kill(worker->process, SIGKILL);
    stop(*worker);
  }
}

void Pool::start(Worker& worker) {
  int commands[2] = {-1, -1};
  int answers[2] = {-1, -1};
  const bool has_pipes = ::pipe(commands) == 0 && ::pipe(answers) == 0;
  ASSERT(has_pipes);
  worker.words = std::tmpfile();
  std::fflush(nullptr);  // so that the child does not write it a second time
  worker.process = ::fork();
  ASSERT_OP(worker.process, >=, 0);
  if (worker.process == 0) {
    // What belongs to the parent and to other children: an open end would keep them from noticing
    // that the parent is gone.
    ::close(commands[1]);
    ::close(answers[0]);
    for (const auto& other : workers_) {
      if (other->commands >= 0) ::close(other->commands);
      if (other->answers >= 0) ::close(other->answers);
    }
    if (worker.words != nullptr) ::dup2(::fileno(worker.words), STDERR_FILENO);
    serve(commands[0], answers[1]);
  }
  ::close(commands[0]);
  ::close(answers[1]);
  worker.commands = commands[1];
  worker.answers = answers[0];
}

void Pool::stop(Worker& worker) {
  ::close(worker.commands);
  ::close(worker.answers);
  worker.commands = worker.answers = -1;
  int status = 0;
  while (::waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
  }
  if (worker.words != nullptr) std::fclose(worker.words);
  worker.words = nullptr;
}

void Pool::serve(int commands, int answers) {
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGPIPE, SIG_DFL);
  uint64_t seed = 0;
  while (read_all(commands, &seed, sizeof seed)) {
    try {
      const Played played = play_(seed);
      const std::string outcome = to_json(played.outcome);
      const uint32_t sizes[2] = {static_cast<uint32_t>(outcome.size()),
                                 static_cast<uint32_t>(played.report.size())};
      std::string message(reinterpret_cast<const char*>(sizes), kHeadBytes);
      message += outcome;
      message += played.report;
      if (!write_all(answers, message.data(), message.size())) break;
    } catch (const std::exception& error) {
      fmt::print(stderr, "exception: {}\n", error.what());
      std::abort();
    }
  }
  std::_Exit(0);
}

bool Pool::has_idle() const {
  return std::ranges::any_of(workers_, [](const auto& worker) { return !worker->is_busy; });
}

size_t Pool::busy() const {
  return static_cast<size_t>(
      std::ranges::count_if(workers_, [](const auto& worker) { return worker->is_busy; }));
}

void Pool::give(uint64_t seed) {
  const auto idle =
      std::ranges::find_if(workers_, [](const auto& worker) { return !worker->is_busy; });
  ASSERT(idle != workers_.end());
  Worker& worker = **idle;
  worker.is_busy = true;
  worker.seed = seed;
  worker.since_ms = now_ms();
  // A child that is gone already is noticed when its answers end.
  std::signal(SIGPIPE, SIG_IGN);
  (void)write_all(worker.commands, reinterpret_cast<const char*>(&seed), sizeof seed);
}

std::unique_ptr<Played> Pool::receive(Worker& worker) {
  if (worker.received.size() < kHeadBytes) return nullptr;
  uint32_t sizes[2] = {0, 0};
  std::memcpy(sizes, worker.received.data(), kHeadBytes);
  if (worker.received.size() < kHeadBytes + sizes[0] + sizes[1]) return nullptr;
  auto played = std::make_unique<Played>();
  Result<Outcome> outcome =
      outcome_from_json(std::string_view(worker.received).substr(kHeadBytes, sizes[0]));
  ASSERT(outcome.has_value());  // our own words
  played->outcome = std::move(*outcome);
  played->report = worker.received.substr(kHeadBytes + sizes[0], sizes[1]);
  worker.received.clear();
  worker.is_busy = false;
  return played;
}

// The child is dead or has to die; its seed gets an outcome and it a successor.
Played Pool::bury(Worker& worker, bool is_hung) {
  if (is_hung) ::kill(worker.process, SIGKILL);
  int status = 0;
  while (::waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
  }
  Played played;
  Outcome& outcome = played.outcome;
  outcome.seed = worker.seed;
  outcome.crash = is_hung               ? "took too long"
                  : WIFSIGNALED(status) ? fmt::format("signal {} ({})", WTERMSIG(status),
                                                      ::strsignal(WTERMSIG(status)))
                                        : fmt::format("exit code {}", WEXITSTATUS(status));
  if (worker.words != nullptr) outcome.detail = last_words(worker.words);
  outcome.signature = "crash: " + (outcome.detail.empty() ? outcome.crash : outcome.detail);
  ::close(worker.commands);
  ::close(worker.answers);
  if (worker.words != nullptr) std::fclose(worker.words);
  worker = Worker{};
  start(worker);
  return played;
}

std::vector<Played> Pool::wait(int timeout_ms) {
  std::vector<pollfd> waiting;
  std::vector<Worker*> of;
  for (const auto& worker : workers_) {
    if (!worker->is_busy) continue;
    waiting.push_back({worker->answers, POLLIN, 0});
    of.push_back(worker.get());
  }
  std::vector<Played> arrived;
  if (waiting.empty()) return arrived;
  const int ready = ::poll(waiting.data(), waiting.size(), timeout_ms);
  for (size_t i = 0; i < of.size(); ++i) {
    Worker& worker = *of[i];
    const bool is_hung = hang_ms_ > 0 && now_ms() - worker.since_ms > hang_ms_;
    if (ready > 0 && waiting[i].revents != 0) {
      char block[1 << 16];
      const ssize_t got = ::read(worker.answers, block, sizeof block);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        arrived.push_back(bury(worker, false));
        continue;
      }
      worker.received.append(block, static_cast<size_t>(got));
      if (const auto played = receive(worker)) arrived.push_back(std::move(*played));
    } else if (is_hung) {
      arrived.push_back(bury(worker, true));
    }
  }
  return arrived;
}

}  // namespace faultline::search
