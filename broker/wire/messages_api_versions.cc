// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_api_versions.h.
#include "broker/wire/messages_api_versions.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::ApiVersionsResponse>;
template struct Codec<wire::ApiVersionsRequest>;

}  // namespace faultline
