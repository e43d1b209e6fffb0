// SPDX-License-Identifier: Apache-2.0
// Which of the two calls it takes.
#include "broker/runtime/socket_send.h"

#include <algorithm>
#include <array>
#include <span>

#include <sys/sendfile.h>
#include <sys/socket.h>

#include "broker/runtime/file_window.h"
#include "broker/runtime/io_vectors.h"
#include "broker/runtime/system_error.h"

namespace faultline::posix {
namespace {

constexpr size_t kVectors = 64;

ssize_t send_file(int socket, const FileWindow& window, Bytes bytes) {
  auto offset = static_cast<off_t>(window.offset_of(bytes.data()));
  return uninterrupted([&] { return ::sendfile(socket, window.file(), &offset, bytes.size()); });
}

// `has_more`: other bytes follow these.
ssize_t send_memory(int socket, std::span<const Slice> bytes, size_t done, bool has_more) {
  std::array<iovec, kVectors> vectors;
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = fill_vectors(vectors, bytes, done);
  const int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (has_more ? MSG_MORE : 0);
  return uninterrupted([&] { return ::sendmsg(socket, &message, flags); });
}

}  // namespace

ssize_t send_some(int socket, const Slices& bytes, size_t done) {
  auto first = bytes.begin();
  for (; done >= first->size(); ++first) done -= first->size();
  if (const FileWindow* window = FileWindow::of(*first))
    return send_file(socket, *window, first->view().subspan(done));
  const auto end = std::find_if(first, bytes.end(), FileWindow::of);
  return send_memory(socket, {first, end}, done, end != bytes.end());
}

}  // namespace faultline::posix
