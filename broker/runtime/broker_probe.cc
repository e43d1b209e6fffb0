// SPDX-License-Identifier: Apache-2.0
// Which event is told at which level.
#include "broker/runtime/broker_probe.h"

#include <optional>

#include "broker/env/history_events.h"
#include "broker/env/history_marks.h"
#include "broker/server/server_events.h"

namespace faultline {
namespace {

using PairsFunction = std::string (*)(Bytes payload);

template <class Payload>
std::string pairs(Bytes payload) {
  const Result<Payload> decoded = decode_event<Payload>(payload);
  return decoded ? pairs_of(*decoded) : " payload=unreadable";
}

struct Told {
  const EventType* type;
  LogLevel level;
  PairsFunction pairs;
};

template <class Payload>
constexpr Told told(LogLevel level) {
  return {&Payload::kType, level, &pairs<Payload>};
}

constexpr Told kTold[] = {
    told<server::BrokerStarted>(LogLevel::kInfo),
    told<server::BrokerStopped>(LogLevel::kInfo),
    told<server::LogDirFailed>(LogLevel::kError),
    told<server::ConnectionClosed>(LogLevel::kDebug),
    told<server::RequestReceived>(LogLevel::kDebug),
    told<server::RequestRefused>(LogLevel::kDebug),
    told<history::LogRecovered>(LogLevel::kInfo),
    told<history::LogTruncated>(LogLevel::kWarn),
    told<history::LogStartMoved>(LogLevel::kInfo),
    told<history::LogFenced>(LogLevel::kError),
    told<history::LogDeleted>(LogLevel::kInfo),
    told<history::LogReached>(LogLevel::kDebug),
};

// A sentence has its level with it.
LogLevel level_of(const server::BrokerLog& sentence) {
  if (sentence.level == "error") return LogLevel::kError;
  if (sentence.level == "warn") return LogLevel::kWarn;
  return LogLevel::kInfo;
}

bool is_clean_stop(Bytes payload) {
  const Result<server::BrokerStopped> stopped = decode_event<server::BrokerStopped>(payload);
  return stopped && stopped->is_clean;
}

}  // namespace

EventId BrokerProbe::emit(const EventType& type, uint64_t, Bytes payload) {
  ++last_;
  if (type.id == history::LogAppended::kType.id) {
    count_append(payload);
    return last_;
  }
  if (type.id == history::LogFlushed::kType.id) ++counters_.flushes;
  if (type.id == server::BrokerLog::kType.id) {
    const Result<server::BrokerLog> sentence = decode_event<server::BrokerLog>(payload);
    if (sentence) log_.say(level_of(*sentence), type.name, sentence->text);
    return last_;
  }
  for (const Told& each : kTold) {
    if (each.type->id != type.id) continue;
    LogLevel level = each.level;
    if (type.id == server::BrokerStopped::kType.id && !is_clean_stop(payload))
      level = LogLevel::kError;
    if (log_.wants(level)) log_.write(level, type.name, each.pairs(payload));
    break;
  }
  return last_;
}

void BrokerProbe::count_append(Bytes payload) {
  const Result<history::LogAppended> event = decode_event<history::LogAppended>(payload);
  if (!event) return;
  ++counters_.batches;
  counters_.records += event->batch.last_offset - event->batch.base_offset + 1;
  counters_.bytes += event->bytes;
}

}  // namespace faultline
