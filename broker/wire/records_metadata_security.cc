// SPDX-License-Identifier: Apache-2.0
// The codecs of records_metadata_security.h.
#include "broker/wire/records_metadata_security.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::AccessControlEntryRecord>;
template struct Codec<wire::RemoveAccessControlEntryRecord>;
template struct Codec<wire::UserScramCredentialRecord>;
template struct Codec<wire::RemoveUserScramCredentialRecord>;
template struct Codec<wire::DelegationTokenRecord>;
template struct Codec<wire::RemoveDelegationTokenRecord>;

}  // namespace faultline
