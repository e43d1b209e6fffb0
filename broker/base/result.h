// SPDX-License-Identifier: Apache-2.0
// Result<T> is a value or an Error: the way every expected failure travels (no exceptions here).
// An Error is a code that callers branch on and a sentence that people read. Kafka's numeric codes
// are another thing: only broker/server maps an Error to one of those.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace faultline {

enum class ErrorCode : uint8_t {
  kCancelled,          // the Scope or a deadline took the operation back
  kTimedOut,           // a deadline passed first
  kIo,                 // EIO: the device refused; the bytes concerned are in doubt
  kNoSpace,            // ENOSPC
  kReadOnly,           // EROFS: the disk takes no writes
  kNotFound,           // no such file, topic, node
  kExists,             // it is there already
  kNotDirectory,       // a path element is a file, or a directory was not empty
  kLocked,             // another owner holds the lock
  kConnectionRefused,  // nobody listens there
  kConnectionReset,    // the peer or the network broke the connection
  kEndOfStream,        // the peer closed in an orderly way
  kCorrupt,            // bytes that fail their own checks
  kTruncated,          // fewer bytes than the format demands
  kTooLarge,           // over a stated limit
  kInvalidArgument,    // the caller's value is outside the contract of the call
  kOutOfRange,         // an offset or position that does not exist
  kFenced,             // this object has stopped for good after an error
  kUnsupported,        // a version or feature that this code does not have
  kClosed,             // used after close
};

// "kNoSpace" -> "no space"; for messages, never parsed.
std::string_view to_string(ErrorCode code);

struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kIo;
  std::string detail;  // what was being done to what; may be empty

  Error() = default;
  // Implicit, so that `return Error(code)` and std::unexpected read well at the place of failure.
  Error(ErrorCode error_code, std::string error_detail = {})
      : code(error_code), detail(std::move(error_detail)) {}

  bool operator==(const Error& other) const { return code == other.code; }
  std::string to_string() const;
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string detail = {}) {
  return std::unexpected<Error>(Error(code, std::move(detail)));
}

}  // namespace faultline

#define FAULTLINE_CONCAT_(a, b) a##b
#define FAULTLINE_CONCAT(a, b) FAULTLINE_CONCAT_(a, b)

// TRY(expression): returns its Error to the caller. TRY_ASSIGN(auto x, expression): else takes the
// value. The CO_ forms do the same in a coroutine; there the expression may be one `co_await
// call()`.
#define TRY(expression)                                                     \
  do {                                                                      \
    auto try_result = (expression);                                         \
    if (!try_result) return std::unexpected(std::move(try_result).error()); \
  } while (false)
#define TRY_ASSIGN(lhs, expression) \
  TRY_ASSIGN_(FAULTLINE_CONCAT(try_result_, __LINE__), lhs, expression, return)
#define CO_TRY(expression)                                                     \
  do {                                                                         \
    auto try_result = expression;                                              \
    if (!try_result) co_return std::unexpected(std::move(try_result).error()); \
  } while (false)
#define CO_TRY_ASSIGN(lhs, expression) \
  TRY_ASSIGN_(FAULTLINE_CONCAT(try_result_, __LINE__), lhs, expression, co_return)
#define TRY_ASSIGN_(result, lhs, expression, leave)              \
  auto result = expression;                                      \
  if (!result) leave std::unexpected(std::move(result).error()); \
  lhs = std::move(*result)
