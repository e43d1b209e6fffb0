// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_list_offsets.h.
#include "broker/wire/messages_list_offsets.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::ListOffsetsResponse>;
template struct Codec<wire::ListOffsetsRequest>;

}  // namespace faultline
