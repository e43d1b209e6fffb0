// SPDX-License-Identifier: Apache-2.0
// The codecs of records_transaction.h.
#include "broker/wire/records_transaction.h"

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<wire::TransactionLogKey>;
template struct Codec<wire::TransactionLogValue>;

}  // namespace faultline
