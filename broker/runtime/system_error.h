// SPDX-License-Identifier: Apache-2.0
// errno as an Error.
#pragma once

#include <cerrno>
#include <string>

#include "broker/base/result.h"

namespace faultline {

ErrorCode code_of_errno(int error);

// Of the system call that just failed, or of `error`: fail_errno("write a/x.log") gives
// "write a/x.log: ENOSPC".
std::unexpected<Error> fail_errno(const std::string& action);
std::unexpected<Error> fail_errno(const std::string& action, int error);

// Repeats a system call that a signal interrupted before it did anything.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace faultline
