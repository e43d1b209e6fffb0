// SPDX-License-Identifier: Apache-2.0
// What the members of a group read. The coordinator hands their subscriptions through unseen, but
// those of the protocol "consumer" can be read here. Pure.
#pragma once

#include <string_view>

#include "broker/groups/core/group_state.h"

namespace faultline::groups {

// Whether some member subscribes to the topic. A group of consumers whose subscriptions are not
// settled or cannot be read may be reading anything; of any other group nothing is known.
bool is_subscribed(const GroupState& group, std::string_view topic);

}  // namespace faultline::groups
