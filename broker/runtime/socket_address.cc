// SPDX-License-Identifier: Apache-2.0
// getaddrinfo and its counterpart.
#include "broker/runtime/socket_address.h"

#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

namespace faultline {
namespace {

struct AddressListDeleter {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

}  // namespace

Endpoint SocketAddress::to_endpoint() const {
  char text[INET6_ADDRSTRLEN] = "";
  Endpoint endpoint;
  if (storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    endpoint.port = ntohs(v4.sin_port);
  } else if (storage.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
    const bool is_v4 = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) != 0;
    const uint8_t* bytes = v6.sin6_addr.s6_addr;
    ::inet_ntop(is_v4 ? AF_INET : AF_INET6, is_v4 ? bytes + 12 : bytes, text, sizeof text);
    endpoint.port = ntohs(v6.sin6_port);
  }
  endpoint.host = text;
  return endpoint;
}

bool is_numeric_host(const std::string& host) {
  in6_addr address{};
  return host.empty() || ::inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

Result<std::vector<SocketAddress>> resolve(const Endpoint& endpoint) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV | AI_PASSIVE;
  // Kafka's empty host means every address; IPv4, so that it also works where IPv6 is off.
  const std::string host = endpoint.host.empty() ? "0.0.0.0" : endpoint.host;
  const std::string port = std::to_string(endpoint.port);
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &list);
  if (error != 0)
    return fail(ErrorCode::kNotFound, "address of " + host + ": " + ::gai_strerror(error));
  const std::unique_ptr<addrinfo, AddressListDeleter> owner(list);
  std::vector<SocketAddress> found;
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    SocketAddress address;
    ASSERT(each->ai_addrlen <= sizeof address.storage);
    std::memcpy(&address.storage, each->ai_addr, each->ai_addrlen);
    address.size = each->ai_addrlen;
    found.push_back(address);
  }
  return found;
}

Endpoint local_endpoint(const FileDescriptor& socket) {
  SocketAddress address;
  address.size = sizeof address.storage;
  ASSERT(::getsockname(socket.number(), address.get(), &address.size) == 0);
  return address.to_endpoint();
}

}  // namespace faultline
