// SPDX-License-Identifier: Apache-2.0
// H5. A reader that has read the whole log knows which record is the first with at least a given
// timestamp; the broker has to know the same.
#include <algorithm>

#include <fmt/format.h>

#include "sim/check/hooks.h"

namespace faultline::sim {
namespace {

class TimeSearchChecker final : public Checker {
 public:
  TimeSearchChecker()
      : Checker({"H5", "a search by time finds the first record",
                 "The offset found for a timestamp is that of the first record which has at least "
                 "this timestamp."}) {}

  void on_polled(const Step&, const PartitionHistory&, const ReaderHistory& reader,
                 const FetchInFlight*, const history::Polled& event) override {
    std::vector<Read>& read = read_by(reader);
    for (const history::PolledRecord& record : event.records) {
      // From here on it reads again: what it read before may have changed.
      if (!read.empty() && record.offset <= read.back().offset) read.clear();
      read.push_back({record.offset, record.timestamp_ms});
    }
  }

  void on_offset_found(const Step& step, const PartitionHistory& log, const ReaderHistory& reader,
                       const history::OffsetFound& event) override {
    const std::vector<Read>& read = read_by(reader);
    const bool is_whole =
        !read.empty() && read.front().offset == log.start_offset() &&
        read.back().offset + 1 == log.end_offset() &&
        read.back().offset - read.front().offset + 1 == static_cast<Offset>(read.size());
    if (!is_whole) return;  // damaged, or deleted meanwhile
    count_check();
    const auto first = std::find_if(read.begin(), read.end(), [&](const Read& record) {
      return record.timestamp_ms >= event.timestamp_ms;
    });
    const Offset expected = first == read.end() ? -1 : first->offset;
    if (event.offset == expected) return;
    violated({.subject = log.subject(expected),
              .since_ns = step.header.time_ns,
              .detected_ns = step.header.time_ns,
              .expected = fmt::format("the search for timestamp {} finds offset {}",
                                      event.timestamp_ms, expected),
              .observed = fmt::format("it found offset {}", event.offset),
              .events = {step.header.id}});
  }

 private:
  struct Read {
    Offset offset = 0;
    int64_t timestamp_ms = 0;
  };

  std::vector<Read>& read_by(const ReaderHistory& reader) {
    if (reader.number >= read_.size()) read_.resize(reader.number + size_t{1});
    return read_[reader.number];
  }

  std::vector<std::vector<Read>> read_;  // by number of the reader
};

}  // namespace

std::unique_ptr<Checker> make_time_search_checker() { return make_checker<TimeSearchChecker>(); }

}  // namespace faultline::sim
