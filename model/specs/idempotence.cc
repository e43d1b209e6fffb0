// SPDX-License-Identifier: Apache-2.0
// The world around the idempotence window. decide(), apply() and delete_head() are the broker's.
#include "model/specs/idempotence.h"

#include <algorithm>

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

// A snapshot has room for the newest batch of each producer only.
producer::ProducerState as_in_the_file(producer::ProducerState window) {
  for (auto& [id, entry] : window.entries) {
    const producer::WindowBatch newest = *entry.newest();
    entry.clear_window();
    entry.remember(newest);
  }
  return window;
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
  unsigned sent = 0;
  for (const Instance& instance : now.instances) sent += instance.sent;
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
      if (sent == bounds_.sends) continue;
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

// The producers change places.
IdempotenceModel::State IdempotenceModel::permuted(const State& state,
                                                   const Permutation& permutation) const {
  State out = state;
  const auto renamed = [&](unsigned instance) {
    return static_cast<unsigned>(permutation.of(0, static_cast<int>(producer_of(instance)))) * 2 +
           epoch_of(instance);
  };
  const auto rename_window = [&](const producer::ProducerState& from, producer::ProducerState& to) {
    to.entries.clear();
    for (const auto& [id, entry] : from.entries)
      to.entries[permutation.of(0, static_cast<int>(id))] = entry;
  };
  for (unsigned which = 0; which < bounds_.producers * 2; ++which) {
    out.instances[renamed(which)] = state.instances[which];
    out.epoch[producer_of(renamed(which))] = state.epoch[producer_of(which)];
  }
  for (Batch& batch : out.log) batch.instance = static_cast<uint8_t>(renamed(batch.instance));
  rename_window(state.window, out.window);
  rename_window(state.snapshot, out.snapshot);
  return out;
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
    next.snapshot = as_in_the_file(now.window);
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

}  // namespace faultline::model
