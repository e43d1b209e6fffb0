// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_offset_commit.h.
#include "broker/wire/messages_offset_commit.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::OffsetCommitResponse>;
template struct Codec<wire::OffsetCommitRequest>;

}  // namespace faultline
