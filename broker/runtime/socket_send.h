// SPDX-License-Identifier: Apache-2.0
// send_some: one system call's worth of slices into a socket; what is a FileWindow goes from file
// to socket by sendfile(2), without passing through this process.
#pragma once

#include <sys/types.h>

#include "broker/base/bytes.h"

namespace faultline::posix {

// Sends as much as the kernel takes at once of what follows the first `done` of `bytes` (there is
// more than that). What sendmsg(2) gives: bytes sent, or -1 and errno, EAGAIN when there is no
// room. 0: a file that is to be sent has been cut. SIGPIPE must be ignored in this process.
ssize_t send_some(int socket, const Slices& bytes, size_t done);

}  // namespace faultline::posix
