// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_metadata.h.
#include "broker/wire/messages_metadata.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::MetadataResponse>;
template struct Codec<wire::MetadataRequest>;

}  // namespace faultline
