// SPDX-License-Identifier: Apache-2.0
// The codecs of records_metadata_topics.h.
#include "broker/wire/records_metadata_topics.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::TopicRecord>;
template struct Codec<wire::RemoveTopicRecord>;
template struct Codec<wire::PartitionRecord>;
template struct Codec<wire::PartitionChangeRecord>;
template struct Codec<wire::ConfigRecord>;
template struct Codec<wire::ClearElrRecord>;

}  // namespace faultline
