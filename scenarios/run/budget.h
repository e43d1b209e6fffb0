// SPDX-License-Identifier: Apache-2.0
// Budget: how many copies of acknowledged data a plan may destroy before the promises of the acks
// are spent. An ack means that some number of replicas have the record, in their page cache or, if
// the topic flushes each message, on disk. A plan that destroys fewer is in budget and must lose
// nothing; a plan over budget may lose data, but never silently.
#pragma once

#include <set>

#include "scenarios/scenario.h"
#include "sim/check/finding.h"
#include "sim/faults/ledger.h"
#include "sim/faults/plan.h"

namespace faultline::scenarios {

enum class PlanClass : uint8_t { kFaultFree, kInBudget, kOverBudget };
std::string_view to_string(PlanClass value);  // "in budget"

// Whether a fault of this kind can destroy the node's copy of an acknowledged record: a power loss
// or failed fsync what was not flushed, damage to the platter anything.
bool is_destructive(const Scenario& scenario, FaultKind kind);

// How many copies of a record may be destroyed while one is sure to be left: of the topic and
// producer for which that is least.
int64_t spare_copies(const Scenario& scenario);

// The brokers on which the destructive faults of this seed may fall if it is to stay in budget:
// chosen by the seed alone, so that no fault's fate depends on another fault.
std::set<NodeId> expendable_brokers(const Scenario& scenario, uint64_t seed);

// B1: what the ledger of a run says about a plan of that class.
sim::PropertyResult judge_budget(PlanClass plan, const sim::LedgerReport& ledger);

PlanClass classify(const Scenario& scenario, const sim::FaultPlan& plan);

}  // namespace faultline::scenarios
