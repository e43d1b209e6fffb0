// SPDX-License-Identifier: Apache-2.0
// How a state of Kraft lies in words of 64 bits, and how people read it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "model/explore/step.h"
#include "model/specs/bit_field.h"

namespace faultline::model::kraft {

enum Role : uint8_t { kUnattached, kFollower, kProspective, kCandidate, kLeader };

// A server: its epoch, whom it voted for and who leads in it (both plus one), its role, whether it
// has fetched from that leader, who voted for it, its log's length, its high watermark, whether its
// disk was replaced; as a leader, how far each server has fetched; and its records {voters, epoch},
// where voters is the new set, or 0 in a record that changes none. A slot is zero where no record
// is.
constexpr BitField kEpoch{0, 3}, kVoted{3, 2}, kKnown{5, 2}, kRole{7, 3}, kFetched{10, 1};
constexpr BitField kVotes{11, 3}, kEnd{14, 3}, kHw{17, 3}, kReplaced{20, 1};
constexpr BitField acked(unsigned s) { return {21 + 3 * s, 3}; }
constexpr BitField kAllAcked{21, 9};
constexpr unsigned kLog = 30, kRecordBits = 6, kSlots = 5;
constexpr BitField record(unsigned i) { return {kLog + kRecordBits * i, kRecordBits}; }
constexpr BitField record_epoch(unsigned i) { return {kLog + kRecordBits * i, 3}; }
constexpr BitField record_voters(unsigned i) { return {kLog + kRecordBits * i + 3, 3}; }
constexpr uint64_t below(unsigned i) { return (uint64_t{1} << kRecordBits * i) - 1; }

// History: budgets used, and what any leader has committed, in the same place as a server's log.
constexpr BitField kWritten{0, 3}, kChanges{3, 3}, kRestarts{6, 2}, kDisks{8, 2};
constexpr BitField kByEpoch{10, 3}, kCount{13, 3}, kConflict{16, 1};

inline bool is(uint64_t server, Role role) { return get(server, kRole) == role; }

inline unsigned matching(uint64_t a, uint64_t b) {
  unsigned i = 0;
  while (i < std::min(get(a, kEnd), get(b, kEnd)) && get(a, record(i)) == get(b, record(i))) ++i;
  return i;
}

// To compare two logs: the epoch of the last record, then the length.
inline unsigned freshness(uint64_t server) {
  const unsigned end = get(server, kEnd);
  return end == 0 ? 0 : get(server, record_epoch(end - 1)) << 3 | end;
}

inline uint64_t appended(uint64_t server, unsigned entry) {
  const unsigned end = get(server, kEnd);
  return with(with(server, record(end), entry), kEnd, end + 1);
}

inline std::string log_text(uint64_t word, unsigned end) {
  std::string text;
  for (unsigned i = 0; i < end; ++i) {
    const unsigned voters = get(word, record_voters(i));
    text += (i == 0 ? "" : " ") + (voters == 0 ? std::string("m") : members_text(voters)) + "@e" +
            std::to_string(get(word, record_epoch(i)));
  }
  return "[" + text + "]";
}

inline void describe_server(uint64_t word, const std::string& name, Fields& fields) {
  constexpr std::array kRoles = {"unattached", "follower", "prospective", "candidate", "leader"};
  fields.add(name, std::string(kRoles[get(word, kRole)]) + " in epoch " +
                       std::to_string(get(word, kEpoch)));
  fields.add(name + " voted for", one_or_none_text(get(word, kVoted)));
  fields.add(name + " leader", one_or_none_text(get(word, kKnown)));
  fields.add(name + " log", log_text(word, get(word, kEnd)));
  fields.add(name + " high watermark", get(word, kHw));
  if (is(word, kProspective) || is(word, kCandidate))
    fields.add(name + " votes", members_text(get(word, kVotes)));
  if (get(word, kReplaced) == 1) fields.add(name + " disk", "replaced");
}

}  // namespace faultline::model::kraft
