// SPDX-License-Identifier: Apache-2.0
// Which errno is which of our codes.
#include "broker/runtime/system_error.h"

#include <cstring>

namespace faultline {

ErrorCode code_of_errno(int error) {
  switch (error) {
    case ENOENT: return ErrorCode::kNotFound;
    case EEXIST:
    case EADDRINUSE: return ErrorCode::kExists;
    case ENOTDIR:
    case ENOTEMPTY: return ErrorCode::kNotDirectory;
    case ENOSPC:
    case EDQUOT: return ErrorCode::kNoSpace;
    case EROFS: return ErrorCode::kReadOnly;
    // A limit of the process, not of the device: what is on the disk is as good as before.
    case EMFILE:
    case ENFILE:
    case EFBIG: return ErrorCode::kTooLarge;
    case EISDIR:
    case EINVAL:
    case EBADF:
    case EBUSY:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case ENAMETOOLONG: return ErrorCode::kInvalidArgument;
    case EWOULDBLOCK: return ErrorCode::kLocked;
    case ECONNREFUSED: return ErrorCode::kConnectionRefused;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE: return ErrorCode::kConnectionReset;
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH: return ErrorCode::kTimedOut;
    default: return ErrorCode::kIo;
  }
}

std::unexpected<Error> fail_errno(const std::string& action) { return fail_errno(action, errno); }

std::unexpected<Error> fail_errno(const std::string& action, int error) {
  const char* name = ::strerrorname_np(error);
  const char* text = ::strerrordesc_np(error);
  return fail(code_of_errno(error), action + ": " + (name == nullptr ? "unknown errno" : name) +
                                        (text == nullptr ? "" : std::string(" (") + text + ")"));
}

}  // namespace faultline
