// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_delete_topics.h.
#include "broker/wire/messages_delete_topics.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::DeleteTopicsResponse>;
template struct Codec<wire::DeleteTopicsRequest>;

}  // namespace faultline
