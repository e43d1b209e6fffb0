// SPDX-License-Identifier: Apache-2.0
// ApiVersions (18): what this broker speaks. Always answered with header version 0; an unknown
// version is answered too, in version 0 (KIP-511). Features whose lowest version is 0 are left out
// of version 3, whose clients refuse them (KAFKA-17011).
#include "broker/base/byte_chain.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// [a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?
bool is_software_name(std::string_view name) {
  if (name.empty() || !is_alphanumeric(name.front()) || !is_alphanumeric(name.back())) return false;
  for (char c : name)
    if (!is_alphanumeric(c) && c != '-' && c != '.') return false;
  return true;
}

wire::ApiVersionsResponse::ApiVersion entry(const ServedApi& served) {
  wire::ApiVersionsResponse::ApiVersion entry;
  entry.api_key = static_cast<int16_t>(served.api->key);
  entry.min_version = served.advertised_min;
  entry.max_version = served.version_max();
  return entry;
}

}  // namespace

Task<wire::ApiVersionsResponse> handle_api_versions(BrokerContext& broker, RequestInfo info,
                                                    wire::ApiVersionsRequest request) {
  wire::ApiVersionsResponse response;
  const bool has_good_names = is_software_name(request.client_software_name) &&
                              is_software_name(request.client_software_version);
  if (info.version >= 3 && !has_good_names) {
    response.error_code = KafkaError::kInvalidRequest;
    co_return response;
  }
  for (const ServedApi& served : served_apis()) response.api_keys.push_back(entry(served));
  response.supported_features.push_back(
      {"metadata.version", metadata::kMetadataVersion, metadata::kMetadataVersion});
  for (const auto& [name, level] : broker.metadata.image().features)
    response.finalized_features.push_back({name, level, level});
  response.finalized_features_epoch = broker.metadata.next_offset() - 1;
  co_return response;
}

Slices encode_unsupported_api_versions(int32_t correlation_id) {
  wire::ApiVersionsResponse response;
  response.error_code = KafkaError::kUnsupportedVersion;
  const ServedApi* served = find_served_api(static_cast<int16_t>(wire::ApiKey::kApiVersions));
  response.api_keys.push_back(entry(*served));
  return wire::encode_response<wire::ApiVersionsRequest>(0, correlation_id, response);
}

}  // namespace faultline::server
