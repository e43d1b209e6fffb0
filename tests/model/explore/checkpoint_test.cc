// SPDX-License-Identifier: Apache-2.0
// Goal: a search that was killed goes on from its checkpoint and ends with the very same result.
// Method: a child process is killed with SIGKILL while it searches and saves; this one resumes.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/explore/search.h"
#include "model/explore/space_of.h"

namespace faultline::model {
namespace {

// Counts up in every digit: as many states as digits^base, many steps between them.
struct Odometer {
  struct State {
    std::array<uint8_t, 6> digit{};
  };
  uint8_t base = 9;
  bool is_bad_at_end = false;

  std::vector<ActionInfo> actions() const { return {{"Turn", {"digit"}}}; }
  void initial_states(const Emit<State>& emit) const { emit(State()); }
  void successors(const State& now, const Emit<State>& emit) const {
    for (size_t i = 0; i < now.digit.size(); ++i) {
      if (now.digit[i] + 1 == base) continue;
      State next = now;
      ++next.digit[i];
      emit(Step(0, i), next);
    }
  }
  std::vector<Invariant<Odometer>> invariants() const { return {{"Sum", &Odometer::is_good}}; }
  bool is_good(const State& state) const {
    int sum = 0;
    for (const uint8_t digit : state.digit) sum += digit;
    return !is_bad_at_end || sum < 6 * (base - 1) - 1;
  }
  void describe(const State& state, Fields& fields) const {
    for (size_t i = 0; i < state.digit.size(); ++i) fields.add(std::to_string(i), state.digit[i]);
  }
};

class SaveEvery final : public Watcher {
 public:
  explicit SaveEvery(uint64_t calls) : calls_(calls) {}
  Wish on_progress(const Progress&) override {
    return ++seen_ % calls_ == 0 ? Wish::kSave : Wish::kGoOn;
  }
  uint64_t seen() const { return seen_; }

 private:
  uint64_t calls_;
  uint64_t seen_ = 0;
};

class StopAfter final : public Watcher {
 public:
  explicit StopAfter(uint64_t calls) : calls_(calls) {}
  Wish on_progress(const Progress&) override {
    return seen_++ == calls_ ? Wish::kStop : Wish::kGoOn;
  }

 private:
  uint64_t calls_;
  uint64_t seen_ = 0;
};

class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest()
      : path_(testing::TempDir() + "checkpoint_" + std::to_string(::getpid()) + "_" +
              testing::UnitTest::GetInstance()->current_test_info()->name()) {}
  ~CheckpointTest() override {
    std::filesystem::remove(path_);
    std::filesystem::remove(path_ + ".unfinished");
  }
  SearchOptions options(Watcher* watcher, bool resume) const {
    return {.watcher = watcher, .checkpoint = path_, .resume = resume, .identity = "odometer"};
  }
  std::string path_;
};

void expect_equal(const Space& space, const SearchResult& left, const SearchResult& right) {
  EXPECT_EQ(left.verdict, right.verdict);
  EXPECT_EQ(left.distinct, right.distinct);
  EXPECT_EQ(left.generated, right.generated);
  EXPECT_EQ(left.depth, right.depth);
  EXPECT_EQ(left.initial, right.initial);
  EXPECT_EQ(left.taken, right.taken);
  EXPECT_EQ(left.bytes_packed, right.bytes_packed);
  ASSERT_EQ(left.counterexample.has_value(), right.counterexample.has_value());
  if (left.counterexample)
    EXPECT_EQ(counterexample_text(space, *left.counterexample),
              counterexample_text(space, *right.counterexample));
}

// Kills a searching child once it has saved. Returns whether the checkpoint is there.
bool kill_a_search(const Space& space, const SearchOptions& options) {
  const pid_t child = ::fork();
  if (child == 0) {
    search_breadth_first(space, options);
    ::pause();  // too slow a parent kills a finished search, which is as good
  }
  for (int i = 0; i < 6000 && !std::filesystem::exists(options.checkpoint); ++i) ::usleep(1000);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) && std::filesystem::exists(options.checkpoint);
}

TEST_F(CheckpointTest, a_search_killed_in_the_middle_ends_as_if_it_had_not_been) {
  const auto space = make_space(Odometer{});
  const SearchResult whole = search_breadth_first(*space, {});
  ASSERT_EQ(whole.distinct, 531441u);  // 9 to the 6th
  SaveEvery save(5);
  ASSERT_TRUE(kill_a_search(*space, options(&save, false)));
  SaveEvery count(1000);
  const SearchResult resumed = search_breadth_first(*space, options(&count, true));
  expect_equal(*space, resumed, whole);
  EXPECT_GT(count.seen(), 0u);
}

TEST_F(CheckpointTest, a_violation_behind_the_checkpoint_has_the_same_counterexample) {
  const auto space = make_space(Odometer{.base = 7, .is_bad_at_end = true});
  const SearchResult whole = search_breadth_first(*space, {});
  ASSERT_EQ(whole.verdict, Verdict::kViolated);
  EXPECT_EQ(whole.counterexample->steps(), 35u);
  StopAfter stop(3);
  const SearchResult stopped = search_breadth_first(*space, options(&stop, false));
  EXPECT_EQ(stopped.verdict, Verdict::kUnknown);
  EXPECT_EQ(stopped.why_unknown, "interrupted");
  EXPECT_LT(stopped.distinct, whole.distinct);
  expect_equal(*space, search_breadth_first(*space, options(nullptr, true)), whole);
}

TEST_F(CheckpointTest, a_checkpoint_of_something_else_or_a_damaged_one_is_refused) {
  const auto space = make_space(Odometer{.base = 7});
  StopAfter stop(3);
  search_breadth_first(*space, options(&stop, false));
  SearchOptions other = options(nullptr, true);
  other.identity = "another";
  EXPECT_NE(search_breadth_first(*space, other).why_unknown.find("another model"),
            std::string::npos);
  const auto size = std::filesystem::file_size(path_);
  for (const uint64_t at : {uint64_t{0}, size / 2, size - 1}) {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char old = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(old ^ 1));
    file.close();
    EXPECT_EQ(search_breadth_first(*space, options(nullptr, true)).verdict, Verdict::kUnknown);
  }
  std::filesystem::resize_file(path_, size / 3);
  EXPECT_EQ(search_breadth_first(*space, options(nullptr, true)).verdict, Verdict::kUnknown);
  std::filesystem::remove(path_);
  EXPECT_EQ(search_breadth_first(*space, options(nullptr, true)).verdict, Verdict::kUnknown);
}

TEST_F(CheckpointTest, limits_end_in_unknown_and_say_so) {
  const auto space = make_space(Odometer{.base = 7});
  const SearchResult memory = search_breadth_first(*space, {.bytes_max = 1 << 20});
  EXPECT_EQ(memory.verdict, Verdict::kUnknown);
  EXPECT_EQ(memory.why_unknown, "the states take more than 1 MiB of memory");
  EXPECT_LT(memory.bytes_stored, uint64_t{2} << 20);
  const SearchResult states = search_breadth_first(*space, {.states_max = 1000});
  EXPECT_EQ(states.verdict, Verdict::kUnknown);
  const SearchResult depth = search_breadth_first(*space, {.depth_max = 4});
  EXPECT_EQ(depth.verdict, Verdict::kUnknown);
  EXPECT_EQ(depth.why_unknown, "there are states deeper than 4");
  EXPECT_EQ(search_breadth_first(*space, {.depth_max = 37}).verdict, Verdict::kHeld);
}

TEST_F(CheckpointTest, a_stored_state_costs_at_most_twenty_bytes_over_its_packed_size) {
  for (uint8_t base = 5; base <= 9; ++base) {
    const auto space = make_space(Odometer{.base = base});
    const SearchResult found = search_breadth_first(*space, {});
    EXPECT_LE(found.bytes_stored, found.bytes_packed + found.distinct * 20 + (16 << 10)) << base;
  }
}

}  // namespace
}  // namespace faultline::model
