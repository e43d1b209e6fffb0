// SPDX-License-Identifier: Apache-2.0
// What a record batch tells the producer core.
#pragma once

#include "broker/base/result.h"
#include "broker/producer/producer_state.h"
#include "broker/wire/record_batch.h"

namespace faultline::log {

// For a batch that lies, or will lie, at `base_offset`. kCorrupt for a control batch that cannot be
// read.
Result<producer::BatchInput> producer_input_of(const wire::BatchView& batch, Offset base_offset);

}  // namespace faultline::log
