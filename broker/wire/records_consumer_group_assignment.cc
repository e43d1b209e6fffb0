// SPDX-License-Identifier: Apache-2.0
// The codecs of records_consumer_group_assignment.h.
#include "broker/wire/records_consumer_group_assignment.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::ConsumerGroupPartitionMetadataKey>;
template struct Codec<wire::ConsumerGroupPartitionMetadataValue>;
template struct Codec<wire::ConsumerGroupTargetAssignmentMetadataKey>;
template struct Codec<wire::ConsumerGroupTargetAssignmentMetadataValue>;
template struct Codec<wire::ConsumerGroupTargetAssignmentMemberKey>;
template struct Codec<wire::ConsumerGroupTargetAssignmentMemberValue>;
template struct Codec<wire::ConsumerGroupCurrentMemberAssignmentKey>;
template struct Codec<wire::ConsumerGroupCurrentMemberAssignmentValue>;

}  // namespace faultline
