// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_groups.h.
#include "broker/wire/messages_groups.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::DescribeGroupsResponse>;
template struct Codec<wire::DescribeGroupsRequest>;
template struct Codec<wire::ListGroupsResponse>;
template struct Codec<wire::ListGroupsRequest>;

}  // namespace faultline
