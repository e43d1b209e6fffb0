// SPDX-License-Identifier: Apache-2.0
// Addresses between text and the kernel: an Endpoint's host is "" or "0.0.0.0" (every address),
// a number of IPv4 or IPv6, or a name that the system resolves.
#pragma once

#include <vector>

#include <sys/socket.h>

#include "broker/env/network.h"
#include "broker/runtime/file_descriptor.h"

namespace faultline {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  // An IPv4 address that came in over IPv6 is written as IPv4.
  Endpoint to_endpoint() const;
};

// True for "" and numbers, which resolve() answers at once; a name may ask a server.
bool is_numeric_host(const std::string& host);
// Never empty. Errors: kNotFound.
Result<std::vector<SocketAddress>> resolve(const Endpoint& endpoint);
// The own end of a socket.
Endpoint local_endpoint(const FileDescriptor& socket);

}  // namespace faultline
