// SPDX-License-Identifier: Apache-2.0
// Reading along: requests on their way out, answers on their way in, in order.
#include "tests/scenarios/run/meddling_network.h"

#include <algorithm>

namespace faultline::testing {
namespace {

// A frame with its length in front again.
Slice with_length(const Slice& frame) {
  Buffer buffer;
  uint8_t* to = buffer.extend(wire::kFrameLengthSize + frame.size());
  for (size_t i = 0; i < wire::kFrameLengthSize; ++i)
    to[i] = static_cast<uint8_t>(frame.size() >> (8 * (wire::kFrameLengthSize - 1 - i)));
  std::ranges::copy(frame.view(), to + wire::kFrameLengthSize);
  return std::move(buffer).freeze();
}

}  // namespace

void MeddlingNetwork::submit(Connect& op) {
  op.accept(*this);
  connecting_.push_back(&op);
  fibers_.spawn(connect(&op, op.to));
}

Task<void> MeddlingNetwork::connect(Connect* op, Endpoint to) {
  Result<std::unique_ptr<Stream>> stream = co_await real_.connect(to);
  if (std::erase(connecting_, static_cast<OpBase*>(op)) == 0) co_return;
  if (!stream) {
    op->complete(std::unexpected(stream.error()));
    co_return;
  }
  op->complete(std::make_unique<MeddlingStream>(std::move(*stream), executor_, meddler_));
}

void MeddlingStream::forget(OpBase& op) noexcept {
  if (static_cast<OpBase*>(reader_) == &op) reader_ = nullptr;
  if (static_cast<OpBase*>(writer_) == &op) writer_ = nullptr;
}

void MeddlingStream::submit(StreamWrite& op) {
  op.accept(*this);
  writer_ = &op;
  Slices rest = take_requests(std::move(op.bytes));
  give_ready_answers();
  satisfy_reader();
  fibers_.spawn(write(std::move(rest)));
}

Task<void> MeddlingStream::write(Slices bytes) {
  Result<void> written;
  if (!bytes.empty()) written = co_await real_->write(std::move(bytes));
  if (writer_ != nullptr) std::exchange(writer_, nullptr)->complete(std::move(written));
}

Slices MeddlingStream::take_requests(Slices bytes) {
  for (Slice& piece : bytes) requests_.feed(std::move(piece));
  Slices rest;
  while (true) {
    const Result<std::optional<Slice>> frame = requests_.next();
    if (!frame || !*frame) return rest;
    const Result<wire::ReceivedRequest> request = wire::parse_request(**frame);
    ASSERT(request.has_value());
    expected_.push_back({request->header, meddler_.answer(*request)});
    if (!expected_.back().answer) rest.push_back(with_length(**frame));
  }
}

void MeddlingStream::take_answer(const Slice& frame) {
  ASSERT(!expected_.empty());
  Expected& next = expected_.front();
  const auto key = static_cast<wire::ApiKey>(next.header.api_key);
  const Result<wire::ReceivedResponse> answer =
      wire::parse_response(frame, wire::api_info(key), next.header.api_version);
  next.answer.emplace();
  next.answer->push_back(with_length(frame));
  if (!answer) return;
  if (std::optional<Slices> other = meddler_.replace(next.header, answer->body))
    next.answer = std::move(other);
}

void MeddlingStream::give_ready_answers() {
  while (!expected_.empty() && expected_.front().answer) {
    for (Slice& piece : *expected_.front().answer) given_.push_back(std::move(piece));
    expected_.pop_front();
  }
}

void MeddlingStream::submit(StreamRead& op) {
  op.accept(*this);
  reader_ = &op;
  satisfy_reader();
  if (reader_ == nullptr || is_reading_) return;
  is_reading_ = true;
  fibers_.spawn(read_on());
}

void MeddlingStream::satisfy_reader() {
  if (reader_ == nullptr) return;
  if (!given_.empty()) {
    StreamRead& op = *std::exchange(reader_, nullptr);
    Slice& first = given_.front();
    const size_t size = std::min(op.size_max, first.size());
    Slice part = first.subslice(0, size);
    first = first.subslice(size);
    if (first.empty()) given_.pop_front();
    op.complete(std::move(part));
  } else if (error_) {
    std::exchange(reader_, nullptr)->complete(std::unexpected(*error_));
  } else if (has_ended_) {
    std::exchange(reader_, nullptr)->complete(Slice());
  }
}

Task<void> MeddlingStream::read_on() {
  while (reader_ != nullptr) {
    Result<Slice> bytes = co_await real_->read(kReadBytes);
    if (!bytes) error_ = bytes.error();
    has_ended_ = bytes && bytes->empty();
    if (bytes && !bytes->empty()) {
      answers_.feed(std::move(*bytes));
      for (auto frame = answers_.next(); frame && *frame; frame = answers_.next()) {
        take_answer(**frame);
        give_ready_answers();
      }
    }
    satisfy_reader();
  }
  is_reading_ = false;
}

}  // namespace faultline::testing
