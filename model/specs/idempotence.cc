// SPDX-License-Identifier: Apache-2.0
// The world around the idempotence window. decide(), apply() and delete_head() are the broker's.
#include "model/specs/idempotence.h"

#include <algorithm>

#include <fmt/format.h>

namespace faultline::model {
namespace {

using Batch = IdempotenceModel::Batch;

bool has(uint8_t set, unsigned bit) { return (set >> bit & 1) != 0; }
unsigned producer_of(unsigned instance) { return instance / 2; }
unsigned epoch_of(unsigned instance) { return instance % 2; }

producer::BatchInput input_of(const Batch& batch, size_t offset) {
  return {.producer_id = producer_of(batch.instance),
          .epoch = static_cast<ProducerEpoch>(epoch_of(batch.instance)),
          .base_sequence = batch.sequence,
          .base_offset = static_cast<Offset>(offset),
          .last_offset = static_cast<Offset>(offset),
          .timestamp_ms = 0};
}

bool is_in(const std::vector<Batch>& log, const Batch& batch) {
  return std::ranges::find(log, batch) != log.end();
}

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
    if (has(set, bit)) text += fmt::format("{}{}", text.empty() ? "" : " ", bit);
  return text.empty() ? "none" : text;
}

}  // namespace

std::vector<ActionInfo> IdempotenceModel::actions() const {
  return {{"Send", {"producer", "epoch", "sequence"}},
          {"Retry", {"producer", "epoch", "sequence"}},
          {"Deliver", {"producer", "epoch", "sequence", "fate"}},
          {"NewEpoch", {"producer"}},
          {"Snapshot", {}},
          {"Restart", {"with_snapshot"}},
          {"DeleteHead", {}}};
}

void IdempotenceModel::successors(const State& now, const Emit<State>& emit) const {
  client_steps(now, emit);
  deliver_steps(now, emit);
  broker_steps(now, emit);
}

void IdempotenceModel::client_steps(const State& now, const Emit<State>& emit) const {
  for (unsigned producer = 0; producer < bounds_.producers; ++producer) {
    // An older instance is a zombie: it still retries, but what it sends first is no news here.
    for (unsigned epoch = 0; epoch <= now.epoch[producer]; ++epoch) {
      const unsigned which = producer * 2 + epoch;
      const Instance& instance = now.instances[which];
      unsigned in_flight = 0;
      for (unsigned sequence = 0; sequence < instance.sent; ++sequence) {
        if (has(instance.acked, sequence)) continue;
        ++in_flight;
        if (has(instance.net, sequence)) continue;
        State next = now;
        next.instances[which].net |= static_cast<uint8_t>(1U << sequence);
        emit(Step(kRetry, producer, epoch, sequence), next);
      }
      if (instance.sent == bounds_.batches || in_flight == kInFlightMax) continue;
      State next = now;
      next.instances[which].net |= static_cast<uint8_t>(1U << instance.sent);
      ++next.instances[which].sent;
      emit(Step(kSend, producer, epoch, instance.sent), next);
    }
    if (now.epoch[producer] + 1U >= bounds_.epochs) continue;
    State next = now;
    ++next.epoch[producer];
    emit(Step(kNewEpoch, producer), next);
  }
}

void IdempotenceModel::deliver_steps(const State& now, const Emit<State>& emit) const {
  for (uint8_t which = 0; which < kInstances; ++which)
    for (uint8_t sequence = 0; sequence < bounds_.batches; ++sequence) {
      if (!has(now.instances[which].net, sequence)) continue;
      for (const Fate fate : {kAnswered, kAnswerLost, kCopied})
        if (fate != kCopied || now.copies < bounds_.copies)
          emit(Step(kDeliver, producer_of(which), epoch_of(which), sequence, fate),
               delivered(now, {which, sequence}, fate));
    }
}

IdempotenceModel::State IdempotenceModel::delivered(const State& now, const Batch& batch,
                                                    Fate fate) const {
  State next = now;
  const producer::Decision decision =
      producer::step(next.window, rules_, input_of(batch, now.log.size()));
  if (decision.verdict == producer::Verdict::kAccept) next.log.push_back(batch);
  const bool is_good = decision.verdict == producer::Verdict::kAccept ||
                       decision.verdict == producer::Verdict::kDuplicate;
  const auto bit = static_cast<uint8_t>(1U << batch.sequence);
  Instance& instance = next.instances[batch.instance];
  if (fate == kCopied)
    ++next.copies;
  else
    instance.net &= static_cast<uint8_t>(~bit);
  if (is_good && fate != kAnswerLost) instance.acked |= bit;
  return next;
}

producer::ProducerState IdempotenceModel::rebuilt(const State& now, bool from_snapshot) const {
  producer::ProducerState window;
  size_t offset = now.log_start;
  if (from_snapshot) {
    window = now.snapshot;
    offset = now.snapshot_at;
  }
  for (; offset < now.log.size(); ++offset)
    producer::apply(window, rules_, input_of(now.log[offset], offset));
  return window;
}

void IdempotenceModel::broker_steps(const State& now, const Emit<State>& emit) const {
  if (now.snapshot_at < now.log.size()) {
    State next = now;
    next.snapshot = now.window;
    next.snapshot_at = static_cast<uint8_t>(now.log.size());
    emit(Step(kSnapshot), next);
  }
  if (now.restarts < bounds_.restarts) {
    for (const bool from_snapshot : {false, true}) {
      // Without one, the log must still reach back to its beginning: nothing else is left of the
      // producers whose batches are gone.
      if (!from_snapshot && now.log_start > 0) continue;
      State next = now;
      ++next.restarts;
      next.window = rebuilt(now, from_snapshot);
      emit(Step(kRestart, from_snapshot ? 1 : 0), next);
    }
  }
  // Retention deletes what a snapshot covers.
  if (now.deletions < bounds_.deletions && now.snapshot_at > now.log_start) {
    State next = now;
    ++next.deletions;
    next.log_start = now.snapshot_at;
    producer::delete_head(next.window, rules_, next.log_start);
    emit(Step(kDeleteHead), next);
  }
}

std::vector<Invariant<IdempotenceModel>> IdempotenceModel::invariants() const {
  return {{"AppearsOnce", &IdempotenceModel::appears_once},
          {"NoHoles", &IdempotenceModel::has_no_holes},
          {"EpochsNeverFall", &IdempotenceModel::epochs_never_fall},
          {"AckedIsInTheLog", &IdempotenceModel::keeps_what_is_acked}};
}

std::vector<ActionProperty<IdempotenceModel>> IdempotenceModel::action_properties() const {
  return {{"TakesWhatIsNext", &IdempotenceModel::takes_what_is_next}};
}

bool IdempotenceModel::appears_once(const State& state) const {
  for (size_t i = 0; i < state.log.size(); ++i)
    for (size_t j = i + 1; j < state.log.size(); ++j)
      if (state.log[i] == state.log[j]) return false;
  return true;
}

bool IdempotenceModel::has_no_holes(const State& state) const {
  for (size_t i = 0; i < state.log.size(); ++i) {
    if (state.log[i].sequence == 0) continue;
    Batch previous = state.log[i];
    --previous.sequence;
    const auto before = state.log.begin() + static_cast<ptrdiff_t>(i);
    if (std::find(state.log.begin(), before, previous) == before) return false;
  }
  return true;
}

bool IdempotenceModel::epochs_never_fall(const State& state) const {
  std::array<unsigned, 2> newest{};
  for (const Batch& batch : state.log) {
    unsigned& epoch = newest[producer_of(batch.instance)];
    if (epoch_of(batch.instance) < epoch) return false;
    epoch = epoch_of(batch.instance);
  }
  return true;
}

bool IdempotenceModel::keeps_what_is_acked(const State& state) const {
  for (uint8_t which = 0; which < kInstances; ++which)
    for (uint8_t sequence = 0; sequence < bounds_.batches; ++sequence)
      if (has(state.instances[which].acked, sequence) && !is_in(state.log, {which, sequence}))
        return false;
  return true;
}

// A batch whose predecessor is in the log, of an instance that none has replaced there, is taken.
bool IdempotenceModel::takes_what_is_next(const State& before, const Step& step,
                                          const State& after) const {
  if (step.action != kDeliver) return true;
  const Batch batch{static_cast<uint8_t>(step.parameters[0] * 2 + step.parameters[1]),
                    static_cast<uint8_t>(step.parameters[2])};
  const Batch previous{batch.instance, static_cast<uint8_t>(batch.sequence - 1)};
  if (batch.sequence > 0 && !is_in(before.log, previous)) return true;
  const bool is_replaced = std::ranges::any_of(before.log, [&](const Batch& each) {
    return producer_of(each.instance) == producer_of(batch.instance) &&
           each.instance > batch.instance;
  });
  return is_replaced || is_in(after.log, batch);
}

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

void IdempotenceModel::describe(const State& state, Fields& fields) const {
  std::string log;
  for (const Batch& batch : state.log)
    log += fmt::format("{}p{}e{}s{}", log.empty() ? "" : " ", producer_of(batch.instance),
                       epoch_of(batch.instance), batch.sequence);
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
