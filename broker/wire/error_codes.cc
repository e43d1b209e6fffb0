// SPDX-License-Identifier: Apache-2.0
// The table behind error_codes.h, in numeric order from -1.
#include "broker/wire/error_codes.h"

#include <cstddef>
#include <iterator>

namespace faultline::wire {
namespace {

enum class Retry : uint8_t { kNever, kLater, kAfterRefresh };

struct Row {
  std::string_view name;
  Retry retry = Retry::kNever;
};

constexpr int kLowest = -1;
constexpr Row kRows[] = {
    {"UNKNOWN_SERVER_ERROR", Retry::kNever},
    {"NONE", Retry::kNever},
    {"OFFSET_OUT_OF_RANGE", Retry::kNever},
    {"CORRUPT_MESSAGE", Retry::kLater},
    {"UNKNOWN_TOPIC_OR_PARTITION", Retry::kAfterRefresh},
    {"INVALID_FETCH_SIZE", Retry::kNever},
    {"LEADER_NOT_AVAILABLE", Retry::kAfterRefresh},
    {"NOT_LEADER_OR_FOLLOWER", Retry::kAfterRefresh},
    {"REQUEST_TIMED_OUT", Retry::kLater},
    {"BROKER_NOT_AVAILABLE", Retry::kNever},
    {"REPLICA_NOT_AVAILABLE", Retry::kAfterRefresh},
    {"MESSAGE_TOO_LARGE", Retry::kNever},
    {"STALE_CONTROLLER_EPOCH", Retry::kNever},
    {"OFFSET_METADATA_TOO_LARGE", Retry::kNever},
    {"NETWORK_EXCEPTION", Retry::kAfterRefresh},
    {"COORDINATOR_LOAD_IN_PROGRESS", Retry::kLater},
    {"COORDINATOR_NOT_AVAILABLE", Retry::kAfterRefresh},
    {"NOT_COORDINATOR", Retry::kAfterRefresh},
    {"INVALID_TOPIC_EXCEPTION", Retry::kNever},
    {"RECORD_LIST_TOO_LARGE", Retry::kNever},
    {"NOT_ENOUGH_REPLICAS", Retry::kLater},
    {"NOT_ENOUGH_REPLICAS_AFTER_APPEND", Retry::kLater},
    {"INVALID_REQUIRED_ACKS", Retry::kNever},
    {"ILLEGAL_GENERATION", Retry::kNever},
    {"INCONSISTENT_GROUP_PROTOCOL", Retry::kNever},
    {"INVALID_GROUP_ID", Retry::kNever},
    {"UNKNOWN_MEMBER_ID", Retry::kNever},
    {"INVALID_SESSION_TIMEOUT", Retry::kNever},
    {"REBALANCE_IN_PROGRESS", Retry::kNever},
    {"INVALID_COMMIT_OFFSET_SIZE", Retry::kNever},
    {"TOPIC_AUTHORIZATION_FAILED", Retry::kNever},
    {"GROUP_AUTHORIZATION_FAILED", Retry::kNever},
    {"CLUSTER_AUTHORIZATION_FAILED", Retry::kNever},
    {"INVALID_TIMESTAMP", Retry::kNever},
    {"UNSUPPORTED_SASL_MECHANISM", Retry::kNever},
    {"ILLEGAL_SASL_STATE", Retry::kNever},
    {"UNSUPPORTED_VERSION", Retry::kNever},
    {"TOPIC_ALREADY_EXISTS", Retry::kNever},
    {"INVALID_PARTITIONS", Retry::kNever},
    {"INVALID_REPLICATION_FACTOR", Retry::kNever},
    {"INVALID_REPLICA_ASSIGNMENT", Retry::kNever},
    {"INVALID_CONFIG", Retry::kNever},
    {"NOT_CONTROLLER", Retry::kLater},
    {"INVALID_REQUEST", Retry::kNever},
    {"UNSUPPORTED_FOR_MESSAGE_FORMAT", Retry::kNever},
    {"POLICY_VIOLATION", Retry::kNever},
    {"OUT_OF_ORDER_SEQUENCE_NUMBER", Retry::kNever},
    {"DUPLICATE_SEQUENCE_NUMBER", Retry::kNever},
    {"INVALID_PRODUCER_EPOCH", Retry::kNever},
    {"INVALID_TXN_STATE", Retry::kNever},
    {"INVALID_PRODUCER_ID_MAPPING", Retry::kNever},
    {"INVALID_TRANSACTION_TIMEOUT", Retry::kNever},
    {"CONCURRENT_TRANSACTIONS", Retry::kLater},
    {"TRANSACTION_COORDINATOR_FENCED", Retry::kNever},
    {"TRANSACTIONAL_ID_AUTHORIZATION_FAILED", Retry::kNever},
    {"SECURITY_DISABLED", Retry::kNever},
    {"OPERATION_NOT_ATTEMPTED", Retry::kNever},
    {"KAFKA_STORAGE_ERROR", Retry::kAfterRefresh},
    {"LOG_DIR_NOT_FOUND", Retry::kNever},
    {"SASL_AUTHENTICATION_FAILED", Retry::kNever},
    {"UNKNOWN_PRODUCER_ID", Retry::kNever},
    {"REASSIGNMENT_IN_PROGRESS", Retry::kNever},
    {"DELEGATION_TOKEN_AUTH_DISABLED", Retry::kNever},
    {"DELEGATION_TOKEN_NOT_FOUND", Retry::kNever},
    {"DELEGATION_TOKEN_OWNER_MISMATCH", Retry::kNever},
    {"DELEGATION_TOKEN_REQUEST_NOT_ALLOWED", Retry::kNever},
    {"DELEGATION_TOKEN_AUTHORIZATION_FAILED", Retry::kNever},
    {"DELEGATION_TOKEN_EXPIRED", Retry::kNever},
    {"INVALID_PRINCIPAL_TYPE", Retry::kNever},
    {"NON_EMPTY_GROUP", Retry::kNever},
    {"GROUP_ID_NOT_FOUND", Retry::kNever},
    {"FETCH_SESSION_ID_NOT_FOUND", Retry::kLater},
    {"INVALID_FETCH_SESSION_EPOCH", Retry::kLater},
    {"LISTENER_NOT_FOUND", Retry::kAfterRefresh},
    {"TOPIC_DELETION_DISABLED", Retry::kNever},
    {"FENCED_LEADER_EPOCH", Retry::kAfterRefresh},
    {"UNKNOWN_LEADER_EPOCH", Retry::kLater},
    {"UNSUPPORTED_COMPRESSION_TYPE", Retry::kNever},
    {"STALE_BROKER_EPOCH", Retry::kNever},
    {"OFFSET_NOT_AVAILABLE", Retry::kLater},
    {"MEMBER_ID_REQUIRED", Retry::kNever},
    {"PREFERRED_LEADER_NOT_AVAILABLE", Retry::kAfterRefresh},
    {"GROUP_MAX_SIZE_REACHED", Retry::kNever},
    {"FENCED_INSTANCE_ID", Retry::kNever},
    {"ELIGIBLE_LEADERS_NOT_AVAILABLE", Retry::kAfterRefresh},
    {"ELECTION_NOT_NEEDED", Retry::kAfterRefresh},
    {"NO_REASSIGNMENT_IN_PROGRESS", Retry::kNever},
    {"GROUP_SUBSCRIBED_TO_TOPIC", Retry::kNever},
    {"INVALID_RECORD", Retry::kNever},
    {"UNSTABLE_OFFSET_COMMIT", Retry::kLater},
    {"THROTTLING_QUOTA_EXCEEDED", Retry::kLater},
    {"PRODUCER_FENCED", Retry::kNever},
    {"RESOURCE_NOT_FOUND", Retry::kNever},
    {"DUPLICATE_RESOURCE", Retry::kNever},
    {"UNACCEPTABLE_CREDENTIAL", Retry::kNever},
    {"INCONSISTENT_VOTER_SET", Retry::kNever},
    {"INVALID_UPDATE_VERSION", Retry::kNever},
    {"FEATURE_UPDATE_FAILED", Retry::kNever},
    {"PRINCIPAL_DESERIALIZATION_FAILURE", Retry::kNever},
    {"SNAPSHOT_NOT_FOUND", Retry::kNever},
    {"POSITION_OUT_OF_RANGE", Retry::kNever},
    {"UNKNOWN_TOPIC_ID", Retry::kAfterRefresh},
    {"DUPLICATE_BROKER_REGISTRATION", Retry::kNever},
    {"BROKER_ID_NOT_REGISTERED", Retry::kNever},
    {"INCONSISTENT_TOPIC_ID", Retry::kAfterRefresh},
    {"INCONSISTENT_CLUSTER_ID", Retry::kNever},
    {"TRANSACTIONAL_ID_NOT_FOUND", Retry::kNever},
    {"FETCH_SESSION_TOPIC_ID_ERROR", Retry::kLater},
    {"INELIGIBLE_REPLICA", Retry::kNever},
    {"NEW_LEADER_ELECTED", Retry::kNever},
    {"OFFSET_MOVED_TO_TIERED_STORAGE", Retry::kNever},
    {"FENCED_MEMBER_EPOCH", Retry::kNever},
    {"UNRELEASED_INSTANCE_ID", Retry::kNever},
    {"UNSUPPORTED_ASSIGNOR", Retry::kNever},
    {"STALE_MEMBER_EPOCH", Retry::kNever},
    {"MISMATCHED_ENDPOINT_TYPE", Retry::kNever},
    {"UNSUPPORTED_ENDPOINT_TYPE", Retry::kNever},
    {"UNKNOWN_CONTROLLER_ID", Retry::kNever},
    {"UNKNOWN_SUBSCRIPTION_ID", Retry::kNever},
    {"TELEMETRY_TOO_LARGE", Retry::kNever},
    {"INVALID_REGISTRATION", Retry::kNever},
    {"TRANSACTION_ABORTABLE", Retry::kNever},
    {"INVALID_RECORD_STATE", Retry::kNever},
    {"SHARE_SESSION_NOT_FOUND", Retry::kLater},
    {"INVALID_SHARE_SESSION_EPOCH", Retry::kLater},
    {"FENCED_STATE_EPOCH", Retry::kNever},
    {"INVALID_VOTER_KEY", Retry::kNever},
    {"DUPLICATE_VOTER", Retry::kNever},
    {"VOTER_NOT_FOUND", Retry::kNever},
    {"INVALID_REGULAR_EXPRESSION", Retry::kNever},
    {"REBOOTSTRAP_REQUIRED", Retry::kNever},
    {"STREAMS_INVALID_TOPOLOGY", Retry::kNever},
    {"STREAMS_INVALID_TOPOLOGY_EPOCH", Retry::kNever},
    {"STREAMS_TOPOLOGY_FENCED", Retry::kNever},
    {"SHARE_SESSION_LIMIT_REACHED", Retry::kLater},
};
static_assert(std::size(kRows) == static_cast<size_t>(KafkaError::kShareSessionLimitReached) + 2);

constexpr Row row_of(KafkaError error) {
  const int index = static_cast<int>(error) - kLowest;
  if (index < 0 || static_cast<size_t>(index) >= std::size(kRows)) return {"UNKNOWN_ERROR_CODE"};
  return kRows[static_cast<size_t>(index)];
}

}  // namespace

std::string_view to_string(KafkaError error) { return row_of(error).name; }

bool is_retriable(KafkaError error) { return row_of(error).retry != Retry::kNever; }

bool needs_metadata_refresh(KafkaError error) {
  return row_of(error).retry == Retry::kAfterRefresh;
}

}  // namespace faultline::wire
