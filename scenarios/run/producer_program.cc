// SPDX-License-Identifier: Apache-2.0
// A producer under an open-loop load: records come as its rate has it, whatever happened to those
// before.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "broker/client/producer.h"
#include "scenarios/run/client_programs.h"

namespace faultline::scenarios {
namespace {

constexpr size_t kDigitsMax = 20;

void append_number(Buffer& to, int64_t number) {
  std::array<char, kDigitsMax> digits;
  const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  to.append(as_bytes({digits.data(), static_cast<size_t>(end - digits.data())}));
}

class ProducerProgram final : public sim::Program, private client::SendListener {
 public:
  ProducerProgram(Env& env, const Client& client, client::ProducerConfig config, uint64_t seed,
                  RunSignals& signals)
      : env_(env),
        client_(client),
        signals_(signals),
        arrivals_(seed, stream_id("workload.arrival"), hash_of(client.id)),
        keys_(seed, stream_id("workload.key"), hash_of(client.id)),
        sizes_(seed, stream_id("workload.size"), hash_of(client.id)),
        producer_(env, std::move(config), 1, *this) {
    for (int64_t rank = 1; rank <= client.keys.count; ++rank) {
      zipf_total_ += kZipfUnit / static_cast<uint64_t>(rank);
      zipf_sums_.push_back(zipf_total_);
    }
  }

  Task<void> run() override {
    const Instant begin = env_.clock.now();
    value_prefix_ = client_.id + ":" + std::to_string(begin.ns) + ":";
    const Duration length = signals_.workload_end - Instant{};
    const Duration stop = client_.stop ? std::min(*client_.stop, length) : length;
    Duration due = client_.start;
    for (int64_t number = 0;; ++number) {
      due = next_arrival(due, number);
      if (begin + due >= Instant{} + stop) break;
      const Result<void> slept = co_await env_.timers.sleep_until(begin + due);
      if (!slept) co_return;
      const Result<void> sent = co_await producer_.send(make_record(number), 0);
      if (!sent && sent.error().code == ErrorCode::kCancelled) co_return;
    }
    const Result<void> flushed = co_await producer_.flush();
    if (flushed) --signals_.producers_running;
    const Result<void> for_ever = co_await idle_.wait();
    (void)for_ever;
  }

 private:
  static constexpr uint64_t kZipfUnit = uint64_t{1} << 32;

  static uint64_t hash_of(const std::string& id) { return stream_id(id); }

  void on_send_result(uint64_t, const client::SendResult&) override {}  // events say it

  // Counted from the begin of the program; `last` is the arrival before it.
  Duration next_arrival(Duration last, int64_t number) {
    const Rate& rate = client_.rate;
    if (client_.arrivals == Arrivals::kEven) return client_.start + rate.per * number / rate.count;
    return last + Duration{arrivals_.exponential(rate.per.ns)} / rate.count;
  }

  client::ProducerRecord make_record(int64_t number) {
    client::ProducerRecord record;
    record.topic = client_.topics[static_cast<size_t>(number) % client_.topics.size()];
    if (client_.keys.distribution != KeyDistribution::kNone) record.key = make_key(number);
    record.value = make_value(number);
    return record;
  }

  Slice make_key(int64_t number) {
    constexpr std::string_view kPrefix = "key-";
    Buffer key;
    key.reserve(kPrefix.size() + kDigitsMax);
    key.append(as_bytes(kPrefix));
    append_number(key, draw_key(number));
    return std::move(key).freeze();
  }

  // The prefix and the number, filled up with dots.
  Slice make_value(int64_t number) {
    const auto size =
        static_cast<size_t>(sizes_.between(client_.value_size.min, client_.value_size.max));
    Buffer value;
    value.reserve(std::max(size, value_prefix_.size() + kDigitsMax));
    value.append(as_bytes(value_prefix_));
    append_number(value, number);
    if (value.size() < size) {
      const size_t rest = size - value.size();
      std::memset(value.extend(rest), '.', rest);
    }
    return std::move(value).freeze();
  }

  int64_t draw_key(int64_t number) {
    const auto count = static_cast<uint64_t>(client_.keys.count);
    switch (client_.keys.distribution) {
      case KeyDistribution::kNone:
      case KeyDistribution::kSequence: return number % client_.keys.count;
      case KeyDistribution::kUniform: return static_cast<int64_t>(keys_.below(count));
      case KeyDistribution::kZipf: {
        const uint64_t point = keys_.below(zipf_total_);
        return std::upper_bound(zipf_sums_.begin(), zipf_sums_.end(), point) - zipf_sums_.begin();
      }
    }
    UNREACHABLE();
  }

  Env& env_;
  const Client& client_;
  RunSignals& signals_;
  Draws arrivals_;
  Draws keys_;
  Draws sizes_;
  uint64_t zipf_total_ = 0;
  std::vector<uint64_t> zipf_sums_;
  // Unique over all producers and all lives of each: the checkers tell records apart by it.
  std::string value_prefix_;
  Notifier idle_;
  client::Producer producer_;
};

}  // namespace

std::unique_ptr<sim::Program> make_producer_program(Env& env, const Client& client,
                                                    client::ProducerConfig config, uint64_t seed,
                                                    RunSignals& signals) {
  return std::make_unique<ProducerProgram>(env, client, std::move(config), seed, signals);
}

}  // namespace faultline::scenarios
