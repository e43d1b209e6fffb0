// SPDX-License-Identifier: Apache-2.0
// What clients did, as far as events have said so: every send with its outcome, and where each
// consumer stands in each partition.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/check/partition_history.h"

namespace faultline::sim {

// The outcome is essential: an unknown send may be in the log, a failed one must not be.
enum class SendOutcome : uint8_t { kPending, kAcked, kFailed, kUnknown };

struct Send {
  history::SendInvoked request;
  uint32_t producer = 0;  // from 1, one per (node, entity) and life of it
  Step invoked;

  std::string to_string() const;  // "record 7 of producer 2"
  SendOutcome outcome = SendOutcome::kPending;
  EventId resolved = 0;
  Offset placed_at = -1;   // where its record was last seen
  uint32_t placed_in = 0;  // in which incarnation of the log
};

struct FetchInFlight {
  EventId id = 0;
  uint64_t place = 0;
  Offset offset = 0;
  uint32_t incarnation = 0;
  Offset acked_end = 0;  // of the partition when the fetch was sent
};

// One consumer in one partition.
struct ReaderHistory {
  uint32_t number = 0;          // from 1
  Offset next = -1;             // of the next record; -1 unknown
  Offset contiguous_from = -1;  // since then it has skipped nothing
  std::deque<FetchInFlight> fetches;
};

// What a digest stands for, for people. `send` may be null.
std::string record_text(const Send* send, uint64_t digest);

// Which send has a digest, the latest where several do. A digest is a hash already, so the table is
// open and flat: it is asked for each record that anybody meets.
class DigestIndex {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  uint32_t find(uint64_t digest);
  void put(uint64_t digest, uint32_t send);
  // It will be asked for soon. The index of a long run is larger than what caches hold.
  void expect(uint64_t digest) const {
    if (!entries_.empty()) __builtin_prefetch(&entries_[digest & (entries_.size() - 1)]);
  }

 private:
  struct Entry {
    uint64_t digest = 0;
    uint32_t send = kNone;
  };

  size_t place_of(uint64_t digest) const;
  void put_newest();
  void grow();

  std::vector<Entry> entries_;  // a power of two of them, at most half in use
  size_t used_ = 0;
  Entry newest_;  // not among the entries yet: its place is on its way into the cache
};

class ClientHistory {
 public:
  static constexpr size_t kFetchesInFlightMax = 16;

  Send& on_send(const Step& step, history::SendInvoked event);
  // Null when the send is not known, or was resolved before.
  Send* resolve(const Step& step, int64_t send_id, SendOutcome outcome);
  // The send whose record has this digest; null when nobody sent it.
  Send* find_digest(uint64_t digest);
  // Hints, without effect on results: a digest that will be asked for, and one whose turn is next,
  // so that the index and the send itself are in the cache by then.
  void expect_digest(uint64_t digest) const { by_digest_.expect(digest); }
  void expect_send(uint64_t digest);

  ReaderHistory& reader(const Step& step, const TopicPartition& partition);
  // Takes the fetch with this id, and older ones, off the reader's list.
  static bool take_fetch(ReaderHistory& reader, EventId id, FetchInFlight& fetch);

  uint64_t count(SendOutcome outcome) const { return counts_[static_cast<size_t>(outcome)]; }
  uint64_t send_count() const { return sends_.size(); }

 private:
  using ClientKey = std::pair<int32_t, uint64_t>;  // (node, entity)
  struct Producer {
    uint32_t number = 0;
    std::vector<std::pair<int64_t, uint32_t>> sends;  // send ids, which rise, and where in sends_

    // Where in sends_ it is.
    std::optional<uint32_t> place_of(int64_t send_id) const;
  };

  std::deque<Send> sends_;
  uint64_t counts_[4] = {};
  uint32_t producer_count_ = 0;
  uint32_t reader_count_ = 0;
  std::map<ClientKey, Producer> producers_;
  DigestIndex by_digest_;
  using ReaderKey = std::tuple<int32_t, uint64_t, TopicPartition>;  // (node, entity, partition)
  std::map<ReaderKey, ReaderHistory> readers_;                      // never erased
  // Asked for last, by the partition's index.
  std::array<std::pair<const ReaderKey, ReaderHistory>*, 8> recent_readers_{};
};

}  // namespace faultline::sim
