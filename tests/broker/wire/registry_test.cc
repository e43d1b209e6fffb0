// SPDX-License-Identifier: Apache-2.0
// Goal: without any recorded data, every message of every version round-trips, and no input crashes
// its decoder or makes it allocate beyond reason. Method: random messages; each truncation and many
// bit flips of them.
#include "broker/wire/registry.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace faultline::wire {
namespace {

template <class Body>
void for_each_version(Body body) {
  for (const MessageInfo& message : all_messages()) {
    for (int version = message.spec.min; version <= message.spec.max; ++version) {
      Draws draws(2, stream_id(message.spec.name), static_cast<uint64_t>(version));
      body(message, version, draws);
    }
  }
}

std::string name_of(const MessageInfo& message, int version) {
  return std::string(message.spec.name) + " version " + std::to_string(version);
}

TEST(Registry, names_and_numbers_are_unique) {
  std::set<std::string_view> names;
  for (const MessageInfo& message : all_messages()) {
    EXPECT_TRUE(names.insert(message.spec.name).second) << message.spec.name;
    EXPECT_EQ(find_message(message.spec.name), &message);
  }
  EXPECT_EQ(find_message("NoSuchMessage"), nullptr);
  EXPECT_EQ(find_message(MessageKind::kRequest, 1)->spec.name, "FetchRequest");
}

TEST(Messages, random_ones_come_back_equal_in_every_version) {
  for_each_version([](const MessageInfo& message, int version, Draws& draws) {
    for (int i = 0; i < 100; ++i) {
      auto bytes = message.sample(version, draws);
      ASSERT_TRUE(bytes) << name_of(message, version) << bytes.error().to_string();
      auto again = message.recode(*bytes, version);
      ASSERT_TRUE(again) << name_of(message, version);
      ASSERT_EQ(again->text(), bytes->text()) << name_of(message, version);
    }
  });
}

TEST(Messages, no_truncation_is_taken_for_the_whole) {
  for_each_version([](const MessageInfo& message, int version, Draws& draws) {
    const Slice bytes = *message.sample(version, draws);
    for (size_t length = 0; length < std::min<size_t>(bytes.size(), 500); ++length) {
      const Slice cut = Slice::copy_of(bytes.view().first(length));
      ASSERT_FALSE(message.recode(cut, version)) << name_of(message, version) << " at " << length;
    }
  });
}

TEST(Messages, flipped_bits_and_noise_never_crash) {
  for_each_version([](const MessageInfo& message, int version, Draws& draws) {
    for (int i = 0; i < 200; ++i) {
      std::string damaged(message.sample(version, draws)->text());
      for (uint64_t flips = draws.below(4) + 1; flips > 0 && !damaged.empty(); --flips) {
        const size_t at = draws.below(damaged.size());
        const uint64_t bit = draws.below(8);
        damaged[at] ^= static_cast<char>(1 << bit);
      }
      const Slice input = Slice::copy_of(damaged);
      auto again = message.recode(input, version);
      if (again) {
        EXPECT_TRUE(message.print(input, version, PrintStyle::kLine));
      }
    }
  });
}

TEST(Messages, trailing_bytes_are_ignored) {
  for_each_version([](const MessageInfo& message, int version, Draws& draws) {
    const Slice bytes = *message.sample(version, draws);
    auto again = message.recode(join({bytes, Slice::copy_of("rest")}), version);
    ASSERT_TRUE(again) << name_of(message, version);
    EXPECT_EQ(again->text(), bytes.text());
  });
}

TEST(Messages, other_versions_are_refused) {
  for (const MessageInfo& message : all_messages()) {
    for (int version : {message.spec.min - 1, message.spec.max + 1}) {
      EXPECT_EQ(message.recode({}, version).error().code, ErrorCode::kUnsupported);
    }
  }
}

}  // namespace
}  // namespace faultline::wire
