// SPDX-License-Identifier: Apache-2.0
// The codecs of network events.
#include "sim/net/events.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<sim::NetConnect>;
template struct Codec<sim::NetConnected>;
template struct Codec<sim::NetConnectFailed>;
template struct Codec<sim::NetAccepted>;
template struct Codec<sim::NetEnded>;
template struct Codec<sim::NetClosed>;
template struct Codec<sim::NetConnectionLost>;
template struct Codec<sim::NetDelivered>;
template struct Codec<sim::NetRuleEffect>;

}  // namespace faultline
