// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_delete_groups.h.
#include "broker/wire/messages_delete_groups.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::DeleteGroupsResponse>;
template struct Codec<wire::DeleteGroupsRequest>;
template struct Codec<wire::OffsetDeleteResponse>;
template struct Codec<wire::OffsetDeleteRequest>;

}  // namespace faultline
