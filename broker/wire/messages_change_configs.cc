// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_change_configs.h.
#include "broker/wire/messages_change_configs.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::AlterConfigsResponse>;
template struct Codec<wire::AlterConfigsRequest>;
template struct Codec<wire::IncrementalAlterConfigsResponse>;
template struct Codec<wire::IncrementalAlterConfigsRequest>;

}  // namespace faultline
