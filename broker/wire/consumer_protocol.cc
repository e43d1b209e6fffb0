// SPDX-License-Identifier: Apache-2.0
// The codecs of consumer_protocol.h.
#include "broker/wire/consumer_protocol.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::ConsumerProtocolSubscription>;
template struct Codec<wire::ConsumerProtocolAssignment>;

}  // namespace faultline
