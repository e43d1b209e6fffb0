// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_leader_epoch.h.
#include "broker/wire/messages_leader_epoch.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::OffsetForLeaderEpochResponse>;
template struct Codec<wire::OffsetForLeaderEpochRequest>;

}  // namespace faultline
