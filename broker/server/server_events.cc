// SPDX-License-Identifier: Apache-2.0
// The codecs of server_events.h, and its sentences.
#include "broker/server/server_events.h"

#include <utility>

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<server::BrokerStarted>;
template struct Codec<server::BrokerStopped>;
template struct Codec<server::LogDirFailed>;
template struct Codec<server::ConnectionClosed>;
template struct Codec<server::RequestReceived>;
template struct Codec<server::RequestRefused>;
template struct Codec<server::BrokerLog>;

namespace server {
namespace {

void log_at(Probe& probe, const char* level, std::string text) {
  BrokerLog event;
  event.level = level;
  event.text = std::move(text);
  emit(probe, 0, event);
}

}  // namespace

void log_info(Probe& probe, std::string text) { log_at(probe, "info", std::move(text)); }
void log_warn(Probe& probe, std::string text) { log_at(probe, "warn", std::move(text)); }
void log_error(Probe& probe, std::string text) { log_at(probe, "error", std::move(text)); }

}  // namespace server
}  // namespace faultline
