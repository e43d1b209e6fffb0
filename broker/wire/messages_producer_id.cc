// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_producer_id.h.
#include "broker/wire/messages_producer_id.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::InitProducerIdResponse>;
template struct Codec<wire::InitProducerIdRequest>;

}  // namespace faultline
