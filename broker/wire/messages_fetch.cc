// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_fetch.h.
#include "broker/wire/messages_fetch.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::FetchRequest>;

}  // namespace faultline
