// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_join_group.h.
#include "broker/wire/messages_join_group.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::FindCoordinatorResponse>;
template struct Codec<wire::FindCoordinatorRequest>;
template struct Codec<wire::JoinGroupResponse>;
template struct Codec<wire::JoinGroupRequest>;

}  // namespace faultline
