// SPDX-License-Identifier: Apache-2.0
#include "analysis/search/coverage.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace faultline::search {
namespace {

constexpr std::string_view kDerived[] = {
    "ack: a retry was answered from the window",
    "ack: after fsync",
    "ack: from the page cache",
    "append: a batch of several records",
    "append: without a producer id",
    "flush: behind the end of the log",
    "recovery: after a clean stop",
    "recovery: cut the log",
    "recovery: found everything",
    "recovery: the log was empty",
    "retention: moved the start of a log",
    "roll: a second segment",
    "truncation: an append failed",
    "truncation: was asked for",
    "fence: an append failed",
    "fence: an fsync failed",
    "fence: something else failed",
};

// Those that events show, and those that logs tell of themselves.
constexpr auto kMarks = [] {
  std::array<std::string_view, std::size(kDerived) + std::size(history::kLogMarks)> all;
  std::ranges::copy(history::kLogMarks, std::ranges::copy(kDerived, all.begin()).out);
  return all;
}();

constexpr uint32_t kSegments = 3;  // none, one, several
constexpr uint32_t kOrigins = 4;

std::string state_text(uint32_t state) {
  constexpr std::string_view kSizes[] = {"empty", "one segment", "several segments"};
  constexpr std::string_view kFrom[] = {"new", "after a clean stop", "scanned", "cut by recovery"};
  const uint32_t origin = state % kOrigins;
  const uint32_t segments = state / kOrigins % kSegments;
  const bool is_dirty = state / kOrigins / kSegments % 2 != 0;
  const bool is_fenced = state / kOrigins / kSegments / 2 != 0;
  return fmt::format("{}, {}, {}{}", kSizes[segments], is_dirty ? "unflushed tail" : "all flushed",
                     kFrom[origin], is_fenced ? ", fenced" : "");
}

}  // namespace

std::span<const std::string_view> known_marks() { return kMarks; }

// An empty log has no unflushed tail.
size_t log_states_possible() { return kOrigins * (kSegments * 2 - 1) * 2; }

template <class Payload>
bool CoverageObserver::handle_as(const sim::EventView& event) {
  if (Payload::kType.id != event.header.kind) return false;
  Log& log = logs_[{event.header.node, event.header.entity}];
  if (!with_payload<Payload>(event.contents(), [&](const Payload& each) { handle(log, each); }))
    return true;
  if (!log.is_known) return true;
  const bool is_empty = log.end == 0;
  const uint32_t segments = is_empty ? 0 : log.segments > 1 ? 2 : 1;
  const uint32_t dirty = !is_empty && log.flushed < log.end ? 1 : 0;
  const uint32_t fenced = log.is_fenced ? 1 : 0;
  states_.insert(static_cast<uint32_t>(log.origin) +
                 kOrigins * (segments + kSegments * (dirty + 2 * fenced)));
  return true;
}

void CoverageObserver::on_event(const sim::EventView& event) {
  using namespace history;
  (void)(handle_as<LogAppended>(event) || handle_as<BrokerAcked>(event) ||
         handle_as<LogFlushed>(event) || handle_as<LogFile>(event) ||
         handle_as<LogRecovered>(event) || handle_as<LogTruncated>(event) ||
         handle_as<LogStartMoved>(event) || handle_as<LogFenced>(event) ||
         handle_as<LogReached>(event));
}

void CoverageObserver::handle(Log& log, const history::LogFile&) {
  log.is_known = true;
  if (++log.segments == 2) mark("roll: a second segment");
}

void CoverageObserver::handle(Log& log, const history::LogAppended& event) {
  log.is_known = true;
  log.end = event.batch.last_offset + 1;
  if (event.batch.last_offset > event.batch.base_offset) mark("append: a batch of several records");
  if (event.producer_id < 0) mark("append: without a producer id");
}

void CoverageObserver::handle(Log& log, const history::LogFlushed& event) {
  log.flushed = std::max(log.flushed, event.end_offset);
  if (event.end_offset < log.end) mark("flush: behind the end of the log");
}

void CoverageObserver::handle(Log& log, const history::LogRecovered& event) {
  const bool is_first = !log.is_known;
  log.is_known = true;
  log.is_fenced = false;
  log.segments = 0;
  if (is_first && event.end_offset == 0) {
    log.origin = Origin::kNew;
  } else if (event.was_clean) {
    log.origin = Origin::kClean;
    mark("recovery: after a clean stop");
  } else if (event.end_offset < log.end) {
    log.origin = Origin::kCut;
    mark("recovery: cut the log");
  } else {
    log.origin = Origin::kScanned;
    mark(event.end_offset == 0 ? "recovery: the log was empty" : "recovery: found everything");
  }
  log.end = event.end_offset;
  log.flushed = std::min(log.flushed, log.end);
}

void CoverageObserver::handle(Log& log, const history::LogTruncated& event) {
  log.end = std::min(log.end, event.end_offset);
  const bool is_undone = event.reason.starts_with("append");
  mark(is_undone ? "truncation: an append failed" : "truncation: was asked for");
}

void CoverageObserver::handle(Log&, const history::LogStartMoved& event) {
  if (event.start_offset > 0) mark("retention: moved the start of a log");
}

void CoverageObserver::handle(Log& log, const history::LogFenced& event) {
  log.is_fenced = true;
  mark(event.reason.starts_with("append")  ? "fence: an append failed"
       : event.reason.starts_with("flush") ? "fence: an fsync failed"
                                           : "fence: something else failed");
}

// A name that is none of ours, from a recording of another version, is no mark.
void CoverageObserver::handle(Log&, const history::LogReached& event) {
  const auto* known = std::ranges::find(history::kLogMarks, event.what);
  if (known != std::end(history::kLogMarks)) mark(*known);
}

void CoverageObserver::handle(Log&, const history::BrokerAcked& event) {
  if (event.is_duplicate) mark("ack: a retry was answered from the window");
  mark(event.promises_flush ? "ack: after fsync" : "ack: from the page cache");
}

std::set<std::string> CoverageObserver::log_states() const {
  std::set<std::string> texts;
  for (const uint32_t state : states_) texts.insert(state_text(state));
  return texts;
}

}  // namespace faultline::search
