// SPDX-License-Identifier: Apache-2.0
// The codecs of messages_log_dirs.h.
#include "broker/wire/messages_log_dirs.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::DescribeLogDirsResponse>;
template struct Codec<wire::DescribeLogDirsRequest>;

}  // namespace faultline
