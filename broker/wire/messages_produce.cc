// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_produce.h.
#include "broker/wire/messages_produce.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::ProduceResponse>;
template struct Codec<wire::ProduceRequest>;

}  // namespace faultline
