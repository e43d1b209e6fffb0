// SPDX-License-Identifier: Apache-2.0
// ListGroups (16): the groups that this broker coordinates, by state and type if the client wants.
#include <algorithm>

#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

bool is_same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool passes(const std::vector<std::string>& filter, std::string_view word) {
  return filter.empty() || std::ranges::any_of(filter, [&](const std::string& wanted) {
           return is_same_word(wanted, word);
         });
}

}  // namespace

Task<wire::ListGroupsResponse> handle_list_groups(BrokerContext& broker, RequestInfo,
                                                  wire::ListGroupsRequest request) {
  wire::ListGroupsResponse response;
  for (const groups::GroupListing& group : broker.groups.list()) {
    const char* state = groups::to_string(group.phase);
    if (!passes(request.states_filter, state) || !passes(request.types_filter, "classic")) continue;
    response.groups.push_back({group.id, group.protocol_type, state, "classic"});
  }
  co_return response;
}

}  // namespace faultline::server
