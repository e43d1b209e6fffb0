// SPDX-License-Identifier: Apache-2.0
// Reading subscriptions: a version, then Kafka's ConsumerProtocolSubscription of that version.
#include "broker/groups/core/subscriptions.h"

#include <algorithm>
#include <optional>

#include "broker/base/byte_io.h"
#include "broker/wire/consumer_protocol.h"

namespace faultline::groups {
namespace {

using Subscription = wire::ConsumerProtocolSubscription;

// Versions that came later begin with the fields of the last one that is known.
std::optional<Subscription> parse_subscription(const Slice& metadata) {
  if (metadata.size() < sizeof(int16_t)) return std::nullopt;
  const int version = load_big_endian<int16_t>(metadata.data());
  if (version < 0) return std::nullopt;
  const int known = std::min(version, static_cast<int>(Subscription::kSpec.max));
  Result<Subscription> decoded =
      Codec<Subscription>::decode(metadata.subslice(sizeof(int16_t)), known);
  if (!decoded) return std::nullopt;
  return std::move(*decoded);
}

}  // namespace

bool is_subscribed(const GroupState& group, std::string_view topic) {
  if (group.members.empty() || group.protocol_type != "consumer") return false;
  if (!group.protocol) return true;
  for (const auto& [id, member] : group.members) {
    const std::optional<Subscription> subscription =
        parse_subscription(member.metadata_of(*group.protocol));
    if (!subscription) return true;
    const auto& topics = subscription->topics;
    if (std::find(topics.begin(), topics.end(), topic) != topics.end()) return true;
  }
  return false;
}

}  // namespace faultline::groups
