// SPDX-License-Identifier: Apache-2.0
#include "analysis/search/coverage.h"

#include <algorithm>
#include <array>
#include <utility>

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

// The place of one of kDerived.
consteval size_t mark_of(std::string_view name) {
  const auto* known = std::ranges::find(kDerived, name);
  if (known == std::end(kDerived)) std::unreachable();  // which does not compile
  return static_cast<size_t>(known - kDerived);
}

constexpr uint32_t kSegments = 3;  // none, one, several
constexpr uint32_t kOrigins = 4;
constexpr uint32_t kStates = kOrigins * kSegments * 2 * 2;

static_assert(kMarks.size() <= 64 && kStates <= 64, "a bit for each");

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
  states_.set(static_cast<uint32_t>(log.origin) +
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
  if (++log.segments == 2) marks_.set(mark_of("roll: a second segment"));
}

void CoverageObserver::handle(Log& log, const history::LogAppended& event) {
  log.is_known = true;
  log.end = event.batch.last_offset + 1;
  if (event.batch.last_offset > event.batch.base_offset)
    marks_.set(mark_of("append: a batch of several records"));
  if (event.producer_id < 0) marks_.set(mark_of("append: without a producer id"));
}

void CoverageObserver::handle(Log& log, const history::LogFlushed& event) {
  log.flushed = std::max(log.flushed, event.end_offset);
  if (event.end_offset < log.end) marks_.set(mark_of("flush: behind the end of the log"));
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
    marks_.set(mark_of("recovery: after a clean stop"));
  } else if (event.end_offset < log.end) {
    log.origin = Origin::kCut;
    marks_.set(mark_of("recovery: cut the log"));
  } else {
    log.origin = Origin::kScanned;
    marks_.set(event.end_offset == 0 ? mark_of("recovery: the log was empty")
                                     : mark_of("recovery: found everything"));
  }
  log.end = event.end_offset;
  log.flushed = std::min(log.flushed, log.end);
}

void CoverageObserver::handle(Log& log, const history::LogTruncated& event) {
  log.end = std::min(log.end, event.end_offset);
  const bool is_undone = event.reason.starts_with("append");
  marks_.set(is_undone ? mark_of("truncation: an append failed")
                       : mark_of("truncation: was asked for"));
}

void CoverageObserver::handle(Log&, const history::LogStartMoved& event) {
  if (event.start_offset > 0) marks_.set(mark_of("retention: moved the start of a log"));
}

void CoverageObserver::handle(Log& log, const history::LogFenced& event) {
  log.is_fenced = true;
  marks_.set(event.reason.starts_with("append")  ? mark_of("fence: an append failed")
             : event.reason.starts_with("flush") ? mark_of("fence: an fsync failed")
                                                 : mark_of("fence: something else failed"));
}

// A name that is none of ours, from a recording of another version, is no mark.
void CoverageObserver::handle(Log&, const history::LogReached& event) {
  const auto* known = std::ranges::find(history::kLogMarks, event.what);
  if (known != std::end(history::kLogMarks))
    marks_.set(std::size(kDerived) + static_cast<size_t>(known - history::kLogMarks));
}

void CoverageObserver::handle(Log&, const history::BrokerAcked& event) {
  if (event.is_duplicate) marks_.set(mark_of("ack: a retry was answered from the window"));
  marks_.set(event.promises_flush ? mark_of("ack: after fsync")
                                  : mark_of("ack: from the page cache"));
}

std::set<std::string> CoverageObserver::marks() const {
  std::set<std::string> names;
  for (size_t i = 0; i < kMarks.size(); ++i)
    if (marks_[i]) names.emplace(kMarks[i]);
  return names;
}

std::set<std::string> CoverageObserver::log_states() const {
  std::set<std::string> texts;
  for (uint32_t state = 0; state < kStates; ++state)
    if (states_[state]) texts.insert(state_text(state));
  return texts;
}

}  // namespace faultline::search
