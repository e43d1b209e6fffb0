// SPDX-License-Identifier: Apache-2.0
// Goal: a page is whole, needs nothing from elsewhere, and no text of a run can break out of its
// place. Method: pages of real runs, looked at as text; tests/browser opens them.
#include "analysis/report/page.h"

#include "tests/analysis/report/recorded.h"

namespace faultline::report {
namespace {

std::string page_of(const Recorded& recorded, const std::string& name = "small") {
  return make_page({.run = recorded.run,
                    .report = recorded.report,
                    .name = name,
                    .replay = "faultline replay a.flrun",
                    .write_back_after_ns = recorded.write_back_after_ns});
}

size_t count(std::string_view text, std::string_view part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Page, is_whole_and_asks_for_nothing) {
  const std::string page = page_of(record(kPowerLoss, 3));
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_NE(page.find("<title>small: held</title>"), page.npos);
  EXPECT_NE(page.find("default-src 'none'"), page.npos);
  for (const char* mark : {"%TITLE%", "%ABOUT%", "%COLUMNS%", "%STYLE%", "%SCRIPT%"})
    EXPECT_EQ(page.find(mark), page.npos) << mark;
  for (const char* request :
       {"http://", "https://", "<link rel=\"stylesheet", "import(", "<script src"})
    EXPECT_EQ(page.find(request), page.npos) << request;
  EXPECT_EQ(count(page, "<script"), count(page, "</script>"));
}

TEST(Page, of_the_same_run_is_the_same) {
  EXPECT_EQ(page_of(record(kPowerLoss, 3)), page_of(record(kPowerLoss, 3)));
}

TEST(Page, text_of_a_run_cannot_leave_its_place) {
  const std::string plain = page_of(record(kPowerLoss, 3));
  Recorded recorded = record(kPowerLoss, 3);
  const std::string evil = "</script><script>alert(1)</script>%COLUMNS%%ABOUT%%TITLE%<!--\xff\"&";
  recorded.run.info.scenario = evil;
  recorded.run.info.build = evil;
  const std::string page = page_of(recorded, evil);
  EXPECT_EQ(page.find("alert(1)</script>"), page.npos);
  EXPECT_EQ(count(page, "<script"), count(plain, "<script"));
  EXPECT_EQ(count(page, "<!--"), count(plain, "<!--"));
  EXPECT_NE(page.find("<title>&lt;/script&gt;"), page.npos);
}

TEST(Page, the_headline_tells_a_loss_a_violation_and_the_lack_of_both) {
  EXPECT_NE(headline(record(kPowerLoss, 3).report).find("That was permitted"), std::string::npos);
  EXPECT_TRUE(headline(record(kPowerLoss, 3, {"topics.orders.config.flush.messages=1"}).report)
                  .starts_with("None of "));
  const std::string broken = headline(
      record(scenario_file("fsync-gate.json"), 7, {R"(rules_off=["fence_on_fsync_error"])"})
          .report);
  EXPECT_TRUE(broken.starts_with("S1 acked means durable where promised, orders-0@809: "))
      << broken;
}

}  // namespace
}  // namespace faultline::report
