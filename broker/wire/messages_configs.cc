// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_configs.h.
#include "broker/wire/messages_configs.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::DescribeConfigsResponse>;
template struct Codec<wire::DescribeConfigsRequest>;

}  // namespace faultline
