// SPDX-License-Identifier: Apache-2.0
// Goal: two runs of one bug have one signature, two bugs have two. Method: findings by hand.
#include "analysis/shrink/signature.h"

#include <gtest/gtest.h>

namespace faultline::shrink {
namespace {

constexpr sim::Property kLost{"H2", "no lost writes", "A record stays."};
constexpr sim::Property kDurable{"S1", "acked means durable", "An ack is true."};

sim::PropertyResult result_of(const sim::Property& property, std::vector<sim::Finding> findings) {
  sim::PropertyResult result;
  result.property = property;
  result.findings = std::move(findings);
  return result;
}

sim::Finding finding_of(std::string expected,
                        sim::Finding::Kind kind = sim::Finding::Kind::kViolation) {
  sim::Finding finding;
  finding.kind = kind;
  finding.subject = "orders-0@41";
  finding.expected = std::move(expected);
  return finding;
}

std::string signature(const sim::Property& property, std::string expected) {
  const sim::Finding finding = finding_of(std::move(expected));
  return signature_of(result_of(property, {}), finding);
}

TEST(Signature, numbers_make_no_difference) {
  EXPECT_EQ(signature(kLost, "the 695 acked records stay"),
            signature(kLost, "the acked record stays"));
  EXPECT_EQ(signature(kLost, "record 7 of producer 1 is at offset 235 only"),
            signature(kLost, "record 12 of producer 2 is at offset 9 only"));
}

TEST(Signature, checkers_and_rules_do) {
  EXPECT_NE(signature(kLost, "the acked record stays"),
            signature(kDurable, "the acked record stays"));
  EXPECT_NE(signature(kLost, "the acked record stays"), signature(kLost, "the reader goes on"));
}

TEST(Signature, what_is_no_violation_says_so_and_comes_last) {
  sim::CheckReport report;
  report.properties.push_back(
      result_of(kLost, {finding_of("the acked record stays", sim::Finding::Kind::kPermittedLoss)}));
  report.properties.push_back(
      result_of(kDurable, {finding_of("it is flushed"), finding_of("it is flushed")}));
  EXPECT_EQ(signatures_of(report),
            (std::vector<std::string>{"S1: it is flushed",
                                      "permitted loss of H2: the acked record stays"}));
}

TEST(Signature, it_names_its_property) {
  EXPECT_EQ(property_of("S1: it is flushed"), "S1");
  EXPECT_EQ(property_of("permitted loss of H2: the acked record stays"), "H2");
  EXPECT_EQ(property_of("I7"), "I7");
}

}  // namespace
}  // namespace faultline::shrink
