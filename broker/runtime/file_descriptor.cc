// SPDX-License-Identifier: Apache-2.0
// Closing. What close(2) says is of no use: the descriptor is gone either way, and what had to be
// durable was synced before.
#include "broker/runtime/file_descriptor.h"

#include <unistd.h>

namespace faultline {

FileDescriptor::~FileDescriptor() {
  if (is_open()) ::close(number_);
}

}  // namespace faultline
