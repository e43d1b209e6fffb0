// SPDX-License-Identifier: Apache-2.0
// The codecs of records_metadata_brokers.h.
#include "broker/wire/records_metadata_brokers.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::RegisterBrokerRecord>;
template struct Codec<wire::UnregisterBrokerRecord>;
template struct Codec<wire::BrokerRegistrationChangeRecord>;

}  // namespace faultline
