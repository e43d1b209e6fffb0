// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_create_topics.h.
#include "broker/wire/messages_create_topics.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::CreateTopicsResponse>;
template struct Codec<wire::CreateTopicsRequest>;

}  // namespace faultline
