// SPDX-License-Identifier: Apache-2.0
// The codecs of records_control.h.
#include "broker/wire/records_control.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::EndTxnMarker>;
template struct Codec<wire::LeaderChangeMessage>;
template struct Codec<wire::SnapshotHeaderRecord>;
template struct Codec<wire::SnapshotFooterRecord>;
template struct Codec<wire::KRaftVersionRecord>;
template struct Codec<wire::VotersRecord>;

}  // namespace faultline
