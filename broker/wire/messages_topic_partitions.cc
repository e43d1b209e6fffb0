// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_topic_partitions.h.
#include "broker/wire/messages_topic_partitions.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::DescribeTopicPartitionsResponse>;
template struct Codec<wire::DescribeTopicPartitionsRequest>;

}  // namespace faultline
