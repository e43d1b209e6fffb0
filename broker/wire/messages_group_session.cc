// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_group_session.h.
#include "broker/wire/messages_group_session.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::SyncGroupResponse>;
template struct Codec<wire::SyncGroupRequest>;
template struct Codec<wire::HeartbeatResponse>;
template struct Codec<wire::HeartbeatRequest>;
template struct Codec<wire::LeaveGroupResponse>;
template struct Codec<wire::LeaveGroupRequest>;

}  // namespace faultline
