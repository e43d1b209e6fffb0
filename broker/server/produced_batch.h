// SPDX-License-Identifier: Apache-2.0
// What becomes of a producer's batch before it is appended: judged, and rewritten where the topic's
// compression.type or message.timestamp.type says so. Pure but for the price of the work.
#pragma once

#include "broker/base/bytes.h"
#include "broker/env/env.h"
#include "broker/server/settings.h"
#include "broker/wire/batch_check.h"

namespace faultline::server {

struct ProducedBatch {
  wire::BatchVerdict verdict;
  Slice bytes;  // when the verdict is good
};

ProducedBatch prepare_batch(Env& env, wire::Codecs& codecs, const Slice& records,
                            const TopicSettings& settings, int16_t produce_version);

}  // namespace faultline::server
