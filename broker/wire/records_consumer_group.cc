// SPDX-License-Identifier: Apache-2.0
// The codecs of records_consumer_group.h.
#include "broker/wire/records_consumer_group.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::ConsumerGroupMetadataKey>;
template struct Codec<wire::ConsumerGroupMetadataValue>;
template struct Codec<wire::ConsumerGroupMemberMetadataKey>;
template struct Codec<wire::ConsumerGroupMemberMetadataValue>;
template struct Codec<wire::ConsumerGroupRegularExpressionKey>;
template struct Codec<wire::ConsumerGroupRegularExpressionValue>;

}  // namespace faultline
