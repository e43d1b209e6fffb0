// SPDX-License-Identifier: Apache-2.0
// DeleteGroups (42): empty groups and what they have committed.
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {

Task<wire::DeleteGroupsResponse> handle_delete_groups(BrokerContext& broker, RequestInfo,
                                                      wire::DeleteGroupsRequest request) {
  wire::DeleteGroupsResponse response;
  for (const std::string& group : request.groups_names) {
    const bool is_legal = !group.empty();
    wire::KafkaError error = wire::KafkaError::kGroupIdNotFound;
    if (is_legal) error = co_await broker.groups.remove(group);
    response.results.push_back({group, error});
  }
  co_return response;
}

}  // namespace faultline::server
