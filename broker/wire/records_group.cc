// SPDX-License-Identifier: Apache-2.0
// The codecs of records_group.h.
#include "broker/wire/records_group.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::OffsetCommitKey>;
template struct Codec<wire::OffsetCommitValue>;
template struct Codec<wire::GroupMetadataKey>;
template struct Codec<wire::GroupMetadataValue>;
template struct Codec<wire::LegacyOffsetCommitKey>;
template struct Codec<wire::LegacyOffsetCommitValue>;

}  // namespace faultline
