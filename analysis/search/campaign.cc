// SPDX-License-Identifier: Apache-2.0
#include "analysis/search/campaign.h"

#include <algorithm>
#include <chrono>
#include <deque>

namespace faultline::search {
namespace {

constexpr int kTickMs = 250;

class Running {
 public:
  Running(Results& results, const Pool::Player& play, const CampaignOptions& options)
      : results_(results), options_(options), pool_(play, options.jobs, options.hang_ms) {
    for (const auto& [seed, outcome] : results.outcomes) failures_ += outcome.is_failure() ? 1 : 0;
  }

  CampaignEnd run() {
    while (true) {
      hand_out();
      if (pool_.busy() == 0) break;
      for (Played& played : pool_.wait(kTickMs))
        arrived_.emplace(played.outcome.seed, std::move(played));
      file();
      if (options_.on_tick && elapsed_ms() - ticked_ms_ >= kTickMs) {
        ticked_ms_ = elapsed_ms();
        options_.on_tick(end_.played, ticked_ms_);
      }
    }
    end_.elapsed_ms = elapsed_ms();
    const std::optional<uint64_t> count = results_.seeds.count();
    end_.is_whole = !is_enough() && !next_seed() && count.has_value();
    return end_;
  }

 private:
  int64_t elapsed_ms() const {
    const auto elapsed = std::chrono::steady_clock::now() - begin_;
    return std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count();
  }

  bool is_enough() const { return options_.failures_max > 0 && failures_ >= options_.failures_max; }

  bool is_over() const {
    return is_enough() || (options_.is_interrupted && options_.is_interrupted()) ||
           (options_.time_ms && elapsed_ms() >= *options_.time_ms);
  }

  // The next one without an outcome.
  std::optional<uint64_t> next_seed() {
    std::optional<uint64_t> seed = results_.seeds.at(index_);
    while (seed && results_.outcomes.contains(*seed)) seed = results_.seeds.at(++index_);
    return seed;
  }

  void hand_out() {
    while (pool_.has_idle() && !is_over()) {
      const std::optional<uint64_t> seed = next_seed();
      if (!seed) return;
      pool_.give(*seed);
      order_.push_back(*seed);
      ++index_;
    }
  }

  void file() {
    while (!order_.empty()) {
      const auto found = arrived_.find(order_.front());
      if (found == arrived_.end()) return;
      // What was under way when the last failure counted is as if it had never been handed out.
      if (!is_enough()) {
        Played played = std::move(found->second);
        if (options_.on_played) options_.on_played(played);
        failures_ += played.outcome.is_failure() ? 1 : 0;
        ++end_.played;
        results_.outcomes[order_.front()] = std::move(played.outcome);
      }
      arrived_.erase(found);
      order_.pop_front();
    }
  }

  Results& results_;
  const CampaignOptions& options_;
  Pool pool_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  int64_t ticked_ms_ = 0;
  uint64_t index_ = 0;
  uint64_t failures_ = 0;
  std::deque<uint64_t> order_;          // handed out, not yet filed
  std::map<uint64_t, Played> arrived_;  // ahead of an earlier seed
  CampaignEnd end_;
};

}  // namespace

CampaignEnd run_campaign(Results& results, const Pool::Player& play,
                         const CampaignOptions& options) {
  return Running(results, play, options).run();
}

}  // namespace faultline::search
