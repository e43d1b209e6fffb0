// SPDX-License-Identifier: Apache-2.0
// The codecs of records_metadata_cluster.h.
#include "broker/wire/records_metadata_cluster.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::FeatureLevelRecord>;
template struct Codec<wire::ProducerIdsRecord>;
template struct Codec<wire::ClientQuotaRecord>;
template struct Codec<wire::NoOpRecord>;
template struct Codec<wire::BeginTransactionRecord>;
template struct Codec<wire::EndTransactionRecord>;
template struct Codec<wire::AbortTransactionRecord>;
template struct Codec<wire::ZkMigrationStateRecord>;

}  // namespace faultline
