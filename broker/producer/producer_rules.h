// SPDX-License-Identifier: Apache-2.0
// ProducerRules: the safety rules of idempotent producing, each of which some real broker once
// lacked. All are on; only the museum and tests switch one off. Each is read in one place.
#pragma once

namespace faultline::producer {

struct ProducerRules {
  // A batch equal to one of the last five is answered with its first offset, not appended again
  // (B70).
  bool deduplicate = true;
  // Within an epoch the next sequence follows the last one; a gap is refused (B71).
  bool refuse_sequence_gaps = true;
  // A producer that this partition does not know starts at sequence 0 (B72, KAFKA-15591).
  bool require_zero_first_sequence = true;
  // Deleting the head of the log leaves the state of its producers alone (B73, KIP-360).
  bool keep_producer_state_past_deletion = true;
  // A new epoch starts with an empty window, so that reused sequences are new data (B75).
  bool clear_window_on_new_epoch = true;
  // A batch of an older epoch comes from a zombie and is refused (KIP-98).
  bool fence_older_epochs = true;

  bool operator==(const ProducerRules&) const = default;
};

}  // namespace faultline::producer
