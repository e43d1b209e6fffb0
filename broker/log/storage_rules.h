// SPDX-License-Identifier: Apache-2.0
// StorageRules: what a log does so that a crash, a power loss or a wrong clock costs nothing that
// was promised. Some real system once lacked each; all are on, and only the museum and tests switch
// one off (design decision D3). Each is read in one place, which names the bug.
#pragma once

namespace faultline::log {

struct StorageRules {
  // After a failed fsync the pages may be gone although a retry succeeds: stop for good (B31,
  // KAFKA-10778).
  bool fence_on_fsync_error = true;
  // After a restart of the process, what a failed fsync left in the page cache is written anew
  // before it counts (B31).
  bool distrust_cache_after_fsync_error = true;
  // The clean-shutdown marker is deleted as soon as it is read, so that it cannot vouch for a crash
  // while logs are loading (B32, KAFKA-10471).
  bool delete_clean_marker_on_start = true;
  // Only a directory whose logs were all loaded may be marked as cleanly shut down (B32,
  // KAFKA-15375).
  bool mark_clean_only_if_loaded = true;
  // Recovery checks the checksum of each batch (B33).
  bool verify_crc_on_recovery = true;
  // Recovery ends the log at the first bad batch, whatever follows it (B33).
  bool stop_at_first_bad_batch = true;
  // A new or removed name is durable only after fsync of its directory (B34, KAFKA-3968).
  bool sync_directory_after_create = true;
  // A checkpoint or snapshot is synced before it takes the place of the old one (B35, KAFKA-9892).
  bool sync_snapshot_before_rename = true;
  // A high watermark from a checkpoint never exceeds the end of the recovered log (B37).
  bool clamp_high_watermark_to_log_end = true;
  // Retention trusts no timestamp and no wall clock that runs ahead of this broker's own elapsed
  // time (B39, KAFKA-14991).
  bool bound_retention_by_broker_clock = true;
  // Every reason to delete a segment passes the same test (B40, KAFKA-20091).
  bool one_retention_predicate = true;
  // Recovery distrusts the indexes of the segment that ends at the recovery point, too: its records
  // were flushed while it was the active one, its indexes maybe never.
  bool recover_last_flushed_segment = true;
  // An index that contradicts its segment is built anew (B42).
  bool rebuild_index_if_invalid = true;
  // A search by time looks at the records of the batch, not only at its header (B42, KAFKA-16310).
  bool scan_batch_for_timestamp = true;

  bool operator==(const StorageRules&) const = default;
};

}  // namespace faultline::log
