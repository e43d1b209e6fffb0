// SPDX-License-Identifier: Apache-2.0
// Goal: the table's rows sit at their numbers. Method: spot checks at both ends and around the gaps
// of habit.
#include "broker/wire/error_codes.h"

#include <gtest/gtest.h>

namespace faultline::wire {
namespace {

TEST(ErrorCodes, names_are_at_their_numbers) {
  EXPECT_EQ(to_string(KafkaError{-1}), "UNKNOWN_SERVER_ERROR");
  EXPECT_EQ(to_string(KafkaError{0}), "NONE");
  EXPECT_EQ(to_string(KafkaError{35}), "UNSUPPORTED_VERSION");
  EXPECT_EQ(to_string(KafkaError{87}), "INVALID_RECORD");
  EXPECT_EQ(to_string(KafkaError{100}), "UNKNOWN_TOPIC_ID");
  EXPECT_EQ(to_string(KafkaError{129}), "REBOOTSTRAP_REQUIRED");
  EXPECT_EQ(to_string(KafkaError{133}), "SHARE_SESSION_LIMIT_REACHED");
}

TEST(ErrorCodes, unknown_numbers_have_a_name_and_are_final) {
  for (const int code : {-2, 134, -32768, 32767}) {
    EXPECT_EQ(to_string(static_cast<KafkaError>(code)), "UNKNOWN_ERROR_CODE");
    EXPECT_FALSE(is_retriable(static_cast<KafkaError>(code)));
  }
}

TEST(ErrorCodes, refresh_implies_retry) {
  EXPECT_TRUE(needs_metadata_refresh(KafkaError::kNotLeaderOrFollower));
  EXPECT_TRUE(is_retriable(KafkaError::kCorruptMessage));
  EXPECT_FALSE(needs_metadata_refresh(KafkaError::kCorruptMessage));
  EXPECT_FALSE(is_retriable(KafkaError::kMessageTooLarge));
  for (int16_t code = -1; code <= 133; ++code) {
    EXPECT_TRUE(is_retriable(KafkaError{code}) || !needs_metadata_refresh(KafkaError{code}));
  }
}

}  // namespace
}  // namespace faultline::wire
