// SPDX-License-Identifier: Apache-2.0
// The codecs of the shared vocabularies, history_events.h and world_events.h.
#include "broker/env/history_events.h"

#include "broker/base/hash.h"
#include "broker/base/notation_codec.h"
#include "broker/base/prng.h"
#include "broker/env/history_marks.h"
#include "broker/env/world_events.h"

namespace faultline {

namespace history {

uint64_t partition_entity(std::string_view topic, int32_t partition) {
  return hash64(as_bytes(topic), static_cast<uint64_t>(static_cast<uint32_t>(partition))) >> 16;
}

uint64_t record_digest(Bytes value) { return hash64(value); }

uint64_t extend_chain(uint64_t chain, const Batch& batch) {
  const uint64_t base = static_cast<uint64_t>(batch.base_offset);
  return mix(chain, base, static_cast<uint64_t>(batch.last_offset), batch.crc);
}

}  // namespace history

template struct Codec<history::LogFile>;
template struct Codec<history::LogAppended>;
template struct Codec<history::LogFlushed>;
template struct Codec<history::LogRecovered>;
template struct Codec<history::LogTruncated>;
template struct Codec<history::LogStartMoved>;
template struct Codec<history::LogFenced>;
template struct Codec<history::LogAudited>;
template struct Codec<history::LogDeleted>;
template struct Codec<history::LogReached>;
template struct Codec<history::BrokerAcked>;
template struct Codec<history::SendInvoked>;
template struct Codec<history::SendAcked>;
template struct Codec<history::SendFailed>;
template struct Codec<history::SendUnknown>;
template struct Codec<history::FetchSent>;
template struct Codec<history::Polled>;
template struct Codec<history::PositionReset>;
template struct Codec<history::Unreadable>;
template struct Codec<history::OffsetFound>;
template struct Codec<history::ReadThrough>;

template struct Codec<history::NodeStarted>;
template struct Codec<history::NodeCrashed>;
template struct Codec<history::NodeStopped>;
template struct Codec<history::FaultInjected>;
template struct Codec<history::FaultHealed>;
template struct Codec<history::DiskLost>;
template struct Codec<history::DiskDamaged>;
template struct Codec<history::TailStarted>;
template struct Codec<history::RunEnded>;

}  // namespace faultline
