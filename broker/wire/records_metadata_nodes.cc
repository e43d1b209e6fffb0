// SPDX-License-Identifier: Apache-2.0
// The codecs of records_metadata_nodes.h.
#include "broker/wire/records_metadata_nodes.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::FenceBrokerRecord>;
template struct Codec<wire::UnfenceBrokerRecord>;
template struct Codec<wire::RegisterControllerRecord>;

}  // namespace faultline
