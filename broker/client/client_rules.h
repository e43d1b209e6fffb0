// SPDX-License-Identifier: Apache-2.0
// ClientRules: the safety rules of a producer, each of which some real client once lacked. All are
// on; only the museum and tests switch one off (design decision D3).
#pragma once

namespace faultline::client {

struct ClientRules {
  // The first batch of an identity goes alone: a broker that knows nothing of it may take any
  // sequence, and so the second batch although the first did not arrive (B72, KAFKA-15591).
  bool first_batch_goes_alone = true;
  // Batches that are sent again go in the order of their sequences, one after the other (B72,
  // KAFKA-5494).
  bool retries_keep_order = true;

  // A batch that may be in the log is not sent again under a new epoch: a restarted broker knows
  // only a producer's newest batch again, and refuses older ones that it has as out of order.
  bool give_up_batch_in_doubt = true;

  bool operator==(const ClientRules&) const = default;
};

}  // namespace faultline::client
