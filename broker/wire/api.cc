// SPDX-License-Identifier: Apache-2.0
// Names of APIs for messages to people.
#include "broker/wire/api.h"

#include <string>

namespace faultline::wire {

std::string api_name(int16_t key) {
  const ApiInfo* api = find_api(key);
  if (api == nullptr) return "unknown API " + std::to_string(key);
  return std::string(api->name);
}

}  // namespace faultline::wire
