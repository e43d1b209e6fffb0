// SPDX-License-Identifier: Apache-2.0
// Which errors end a log directory.
#include "broker/server/log_dir_health.h"

#include "broker/server/server_events.h"

namespace faultline::server {

bool LogDirHealth::is_fatal(ErrorCode code) {
  return code == ErrorCode::kIo || code == ErrorCode::kNoSpace || code == ErrorCode::kReadOnly ||
         code == ErrorCode::kFenced;
}

void LogDirHealth::report(const Error& error) {
  if (has_failed_ || !is_fatal(error.code)) return;
  has_failed_ = true;
  reason_ = error.to_string();
  LogDirFailed event;
  event.directory = directory_;
  event.reason = reason_;
  emit(probe_, 0, event);
  failed_.notify_all();
}

}  // namespace faultline::server
