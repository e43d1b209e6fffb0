// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_cluster.h.
#include "broker/wire/messages_cluster.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::DescribeClusterResponse>;
template struct Codec<wire::DescribeClusterRequest>;

}  // namespace faultline
