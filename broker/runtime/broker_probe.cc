// SPDX-License-Identifier: Apache-2.0
// Which event is told at which level.
#include "broker/runtime/broker_probe.h"

#include <optional>

#include "broker/env/history_events.h"
#include "broker/env/history_marks.h"
#include "broker/server/server_events.h"

namespace faultline {
namespace {

using PairsFunction = std::string (*)(const EventPayload& payload);

template <class Payload>
std::string pairs(const EventPayload& payload) {
  std::string text = " payload=unreadable";
  with_payload<Payload>(payload, [&](const Payload& each) { text = pairs_of(each); });
  return text;
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

bool is_clean_stop(const EventPayload& payload) {
  bool is_clean = false;
  with_payload<server::BrokerStopped>(payload,
                                      [&](const auto& stopped) { is_clean = stopped.is_clean; });
  return is_clean;
}

}  // namespace

EventId BrokerProbe::emit(const EventType& type, uint64_t, const EventPayload& payload) {
  ++last_;
  if (type.id == history::LogAppended::kType.id) {
    count_append(payload);
    return last_;
  }
  if (type.id == history::LogFlushed::kType.id) ++counters_.flushes;
  if (type.id == server::BrokerLog::kType.id) {
    with_payload<server::BrokerLog>(payload, [&](const server::BrokerLog& sentence) {
      log_.say(level_of(sentence), type.name, sentence.text);
    });
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

void BrokerProbe::count_append(const EventPayload& payload) {
  with_payload<history::LogAppended>(payload, [&](const history::LogAppended& event) {
    ++counters_.batches;
    counters_.records += event.batch.last_offset - event.batch.base_offset + 1;
    counters_.bytes += event.bytes;
  });
}

}  // namespace faultline
