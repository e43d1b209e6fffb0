// SPDX-License-Identifier: Apache-2.0
// Goal: the smallest model works from end to end, and the one in the README is the one that is
// compiled. Method: two-phase commit, whose states can be counted by hand.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "model/explore/search.h"
#include "model/explore/space_of.h"
#include "model/specs/two_phase_commit.h"

namespace faultline::model {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(std::string(FAULTLINE_SOURCE_DIR) + "/" + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(TwoPhaseCommitTest, the_readme_shows_the_file_that_is_compiled) {
  const std::string file = text_of("model/specs/two_phase_commit.h");
  ASSERT_FALSE(file.empty());
  EXPECT_LE(std::ranges::count(file, '\n'), 60);
  EXPECT_NE(text_of("model/README.md").find("```cpp\n" + file + "```\n"), std::string::npos);
}

TEST(TwoPhaseCommitTest, holds_with_one_manager_in_the_states_counted_by_hand) {
  const auto space = make_space(TwoPhaseCommit{.managers = 1});
  const SearchResult result = search_breadth_first(*space, {});
  EXPECT_EQ(result.verdict, Verdict::kHeld);
  // Undecided: working, prepared, aborted. Decided to abort: those three. To commit: prepared and
  // committed.
  EXPECT_EQ(result.distinct, 8u);
  EXPECT_EQ(result.depth, 4u);
}

TEST(TwoPhaseCommitTest, a_hasty_coordinator_is_caught_on_a_shortest_run) {
  const auto space = make_space(TwoPhaseCommit{.waits_for_all = false});
  const SearchResult result = search_breadth_first(*space, {});
  ASSERT_EQ(result.verdict, Verdict::kViolated);
  ASSERT_TRUE(result.counterexample);
  EXPECT_EQ(result.counterexample->property, "Consistent");
  EXPECT_EQ(result.counterexample->steps(), 4u);  // prepare, give up, decide, learn
  EXPECT_EQ(counterexample_text(*space, *result.counterexample),
            "   0  initially  rm 0: working; rm 1: working; rm 2: working; decision: working\n"
            "   1  Prepare(rm 2)  rm 2: working -> prepared\n"
            "   2  Decide(phase 2)  decision: working -> committed\n"
            "   3  GiveUp(rm 1)  rm 1: working -> aborted\n"
            "   4  Learn(rm 2)  rm 2: prepared -> committed\n");
}

}  // namespace
}  // namespace faultline::model
