// SPDX-License-Identifier: Apache-2.0
// Which brokers get new partitions: by hand, or round the brokers that are up. Pure, and shared by
// the decisions that make partitions.
#pragma once

#include <cstdint>
#include <vector>

#include "broker/metadata/decide.h"
#include "broker/metadata/refusal.h"

namespace faultline::metadata {

// Registered, not fenced and not about to stop.
bool is_active(const MetadataImage& image, int32_t broker_id);

// What is wrong with one assignment by hand; `replicas` is how many brokers the others have.
Verdict check_assignment(const Assignment& assignment, size_t replicas, const MetadataImage& image);

struct PlacementSpec {
  int32_t first_partition = 0;
  int32_t count = 0;
  int16_t replication_factor = 1;
  size_t start = 0;  // staggers the first leaders of different topics
};

struct Placement {
  Verdict refusal;
  std::vector<Assignment> assignments;
};

// Racks are not looked at yet.
Placement place_partitions(const PlacementSpec& spec, const MetadataImage& image);

// Of a new partition, led by the first of its brokers that is up.
wire::PartitionRecord partition_record(const Assignment& assignment, const Uuid& topic_id,
                                       const MetadataImage& image);

}  // namespace faultline::metadata
