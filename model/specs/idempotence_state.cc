// SPDX-License-Identifier: Apache-2.0
// The states of the model idempotence as bytes and as text.
#include <fmt/format.h>

#include "model/specs/idempotence.h"

namespace faultline::model {
namespace {

using Batch = IdempotenceModel::Batch;

// What the core knows of producers, less what is constant here: times and transactions.
void pack_window(const producer::ProducerState& state, Packer& packer) {
  packer.u8(state.entries.size());
  for (const auto& [id, entry] : state.entries) {
    ASSERT(!entry.open_transaction && entry.last_timestamp_ms == 0);
    packer.u8(static_cast<uint64_t>(id));
    packer.u8(static_cast<uint64_t>(entry.epoch));
    packer.u8(entry.window_size);
    for (int i = 0; i < entry.window_size; ++i) {
      packer.u8(static_cast<uint64_t>(entry.window[i].last_sequence));
      packer.u8(static_cast<uint64_t>(entry.window[i].last_offset));
    }
  }
}

void unpack_window(Unpacker& unpacker, producer::ProducerState& out) {
  out.entries.clear();
  for (uint64_t left = unpacker.u8(); left > 0; --left) {
    producer::ProducerEntry& entry = out.entries[static_cast<ProducerId>(unpacker.u8())];
    entry.epoch = static_cast<ProducerEpoch>(unpacker.u8());
    entry.last_timestamp_ms = 0;
    for (uint64_t size = unpacker.u8(); size > 0; --size) {
      const auto sequence = static_cast<int32_t>(unpacker.u8());
      entry.remember({sequence, static_cast<Offset>(unpacker.u8()), 0, 0});
    }
  }
}

std::string window_text(const producer::ProducerState& state) {
  std::string text;
  for (const auto& [id, entry] : state.entries) {
    text += fmt::format("{}p{} epoch {} seq", text.empty() ? "" : ", ", id, entry.epoch);
    for (int i = 0; i < entry.window_size; ++i)
      text += fmt::format(" {}", entry.window[i].last_sequence);
  }
  return text.empty() ? "empty" : text;
}

std::string set_text(uint8_t set) {
  std::string text;
  for (unsigned bit = 0; bit < 8; ++bit)
    if ((set >> bit & 1) != 0) text += fmt::format("{}{}", text.empty() ? "" : " ", bit);
  return text.empty() ? "none" : text;
}

}  // namespace

void IdempotenceModel::pack(const State& state, Packer& packer) const {
  for (const Instance& instance : state.instances) {
    packer.bits(3, instance.sent);
    packer.bits(7, instance.acked);
    packer.bits(7, instance.net);
  }
  packer.bits(1, state.epoch[0]);
  packer.bits(1, state.epoch[1]);
  packer.bits(2, state.copies);
  packer.bits(2, state.restarts);
  packer.bits(2, state.deletions);
  packer.u8(state.log.size());
  for (const Batch& batch : state.log) packer.u8(batch.instance << 4U | batch.sequence);
  packer.u8(state.log_start);
  packer.u8(state.snapshot_at);
  pack_window(state.window, packer);
  pack_window(state.snapshot, packer);
}

void IdempotenceModel::unpack(Unpacker& unpacker, State& out) const {
  for (Instance& instance : out.instances) {
    instance.sent = static_cast<uint8_t>(unpacker.bits(3));
    instance.acked = static_cast<uint8_t>(unpacker.bits(7));
    instance.net = static_cast<uint8_t>(unpacker.bits(7));
  }
  out.epoch[0] = static_cast<uint8_t>(unpacker.bits(1));
  out.epoch[1] = static_cast<uint8_t>(unpacker.bits(1));
  out.copies = static_cast<uint8_t>(unpacker.bits(2));
  out.restarts = static_cast<uint8_t>(unpacker.bits(2));
  out.deletions = static_cast<uint8_t>(unpacker.bits(2));
  out.log.resize(unpacker.u8());
  for (Batch& batch : out.log) {
    const auto code = static_cast<uint8_t>(unpacker.u8());
    batch = {static_cast<uint8_t>(code >> 4), static_cast<uint8_t>(code & 15)};
  }
  out.log_start = static_cast<uint8_t>(unpacker.u8());
  out.snapshot_at = static_cast<uint8_t>(unpacker.u8());
  unpack_window(unpacker, out.window);
  unpack_window(unpacker, out.snapshot);
}

// "Deliver(p0 epoch 1 batch 2, answer lost)"
std::string IdempotenceModel::step_text(const Step& step) const {
  constexpr std::array kFates = {"", ", answer lost", ", and a copy stays on its way"};
  const auto& at = step.parameters;
  const std::string name = actions()[step.action].name;
  if (step.action == kNewEpoch) return fmt::format("NewEpoch(p{})", at[0]);
  if (step.action == kRestart)
    return at[0] != 0 ? "Restart(with the snapshot)" : "Restart(without a snapshot)";
  if (step.action == kSnapshot || step.action == kDeleteHead) return name;
  return fmt::format("{}(p{} epoch {} batch {}{})", name, at[0], at[1], at[2],
                     step.action == kDeliver ? kFates[static_cast<size_t>(at[3])] : "");
}

int IdempotenceModel::node(const Step& step) const {
  const bool is_client = step.action == kSend || step.action == kRetry || step.action == kNewEpoch;
  return is_client ? step.parameters[0] : kBroker;
}

void IdempotenceModel::describe(const State& state, Fields& fields) const {
  std::string log;
  for (const Batch& batch : state.log)
    log += fmt::format("{}p{}e{}s{}", log.empty() ? "" : " ", batch.instance / 2,
                       batch.instance % 2, batch.sequence);
  fields.add("log", log.empty() ? "empty" : log);
  fields.add("window", window_text(state.window));
  fields.add("snapshot", window_text(state.snapshot));
  fields.add("log start", state.log_start);
  for (unsigned producer = 0; producer < bounds_.producers; ++producer) {
    fields.add(fmt::format("p{} epoch", producer), state.epoch[producer]);
    for (unsigned epoch = 0; epoch < bounds_.epochs; ++epoch) {
      const Instance& instance = state.instances[producer * 2 + epoch];
      const std::string name = fmt::format("p{} epoch {}", producer, epoch);
      fields.add(name + " on its way", set_text(instance.net));
      fields.add(name + " acked", set_text(instance.acked));
    }
  }
}

}  // namespace faultline::model
