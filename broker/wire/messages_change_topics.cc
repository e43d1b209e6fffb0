// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_change_topics.h.
#include "broker/wire/messages_change_topics.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::CreatePartitionsResponse>;
template struct Codec<wire::CreatePartitionsRequest>;
template struct Codec<wire::DeleteRecordsResponse>;
template struct Codec<wire::DeleteRecordsRequest>;

}  // namespace faultline
