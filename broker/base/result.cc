// SPDX-License-Identifier: Apache-2.0
// Texts of errors.
#include "broker/base/result.h"

#include "broker/base/assert.h"

namespace faultline {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kCancelled: return "cancelled";
    case ErrorCode::kTimedOut: return "timed out";
    case ErrorCode::kIo: return "input/output error";
    case ErrorCode::kNoSpace: return "no space left";
    case ErrorCode::kReadOnly: return "read-only";
    case ErrorCode::kNotFound: return "not found";
    case ErrorCode::kExists: return "exists already";
    case ErrorCode::kNotDirectory: return "not a usable directory";
    case ErrorCode::kLocked: return "locked by another";
    case ErrorCode::kConnectionRefused: return "connection refused";
    case ErrorCode::kConnectionReset: return "connection reset";
    case ErrorCode::kEndOfStream: return "end of stream";
    case ErrorCode::kCorrupt: return "corrupt";
    case ErrorCode::kTruncated: return "truncated";
    case ErrorCode::kTooLarge: return "over a limit";
    case ErrorCode::kInvalidArgument: return "invalid argument";
    case ErrorCode::kOutOfRange: return "out of range";
    case ErrorCode::kFenced: return "fenced";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kClosed: return "closed";
  }
  UNREACHABLE();
}

std::string Error::to_string() const {
  std::string text(faultline::to_string(code));
  if (!detail.empty()) text += ": " + detail;
  return text;
}

}  // namespace faultline
