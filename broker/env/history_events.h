// SPDX-License-Identifier: Apache-2.0
// The vocabulary of history: what logs, brokers and clients say about records, in words that
// checkers understand without knowing Kafka. Emit them with emit.h at the instant at which they
// become true, on success and failure alike; checkers trust nothing else. Ids 0x1000..0x10ff log,
// 0x1100..0x11ff broker, 0x1200..0x127f client; what happens to machines is in world_events.h.
//
// Entities: log and broker events use partition_entity(); client events the number of the producer
// or consumer within its node, so that (node, entity) names one. Ranges of offsets are [start,
// end).
#pragma once

#include "broker/env/history_log.h"
#include "broker/env/history_reads.h"
#include "broker/env/history_recovery.h"
#include "broker/env/history_sends.h"
