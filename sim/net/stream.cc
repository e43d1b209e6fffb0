// SPDX-License-Identifier: Apache-2.0
// The program's handle on its side of a connection.
#include <utility>

#include "sim/net/connection.h"
#include "sim/net/fabric.h"
#include "sim/net/host_network.h"

namespace faultline::sim {

SimStream::SimStream(Connection& connection, Side side)
    : connection_(&connection),
      side_(side),
      peer_{connection.host(other(side)).name(), connection.port(other(side))} {
  connection.attach(side, *this);
}

SimStream::~SimStream() {
  ASSERT(reader_ == nullptr && writer_ == nullptr);
  if (connection_ == nullptr) return;
  Connection& connection = *connection_;
  HostNetwork& host = connection.host(side_);
  connection.close(side_);
  host.fabric().release_if_done(connection);
}

void SimStream::shutdown_write() {
  if (connection_ != nullptr) connection_->shutdown_write(side_);
  on_room();  // a writer that waits learns of it
}

void SimStream::submit(StreamRead& op) {
  ASSERT(reader_ == nullptr);
  ASSERT_OP(op.size_max, >, 0u);
  op.accept(*this);
  reader_ = &op;
  on_readable();
}

void SimStream::submit(StreamWrite& op) {
  ASSERT(writer_ == nullptr);
  op.accept(*this);
  writer_ = &op;
  next_slice_ = 0;
  on_room();
}

void SimStream::on_readable() {
  if (reader_ == nullptr) return;
  if (connection_ == nullptr) {
    std::exchange(reader_, nullptr)->complete_error(Error(ErrorCode::kClosed));
    return;
  }
  std::optional<Result<Slice>> result = connection_->read(side_, reader_->size_max);
  if (!result) return;
  std::exchange(reader_, nullptr)->complete(std::move(*result));
}

void SimStream::on_room() {
  if (writer_ == nullptr) return;
  if (connection_ == nullptr) {
    std::exchange(writer_, nullptr)->complete_error(Error(ErrorCode::kClosed));
    return;
  }
  const Result<bool> written = connection_->write(side_, writer_->bytes, next_slice_);
  if (written && !*written) return;
  StreamWrite& op = *std::exchange(writer_, nullptr);
  if (written) {
    op.complete({});
  } else {
    op.complete_error(written.error());
  }
}

void SimStream::forget(OpBase& op) noexcept {
  if (static_cast<OpBase*>(reader_) == &op) reader_ = nullptr;
  if (static_cast<OpBase*>(writer_) == &op) writer_ = nullptr;
}

}  // namespace faultline::sim
