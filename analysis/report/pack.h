// SPDX-License-Identifier: Apache-2.0
// How data travels in a page: columns of varints, deflated, in base64. The viewer's src/columns.ts
// is the other side.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/base/byte_io.h"

namespace faultline::report {

// Named columns one behind the other; the names and lengths go into the page beside them.
class Columns {
 public:
  // The writer of a new column; valid until the next one begins.
  ByteWriter& begin(std::string name);
  // (name, bytes) in order.
  std::vector<std::pair<std::string, size_t>> directory() const;
  // All of it, as zlib deflates it, in base64.
  std::string packed() const;

 private:
  std::vector<std::pair<std::string, ByteWriter>> columns_;
};

std::string base64(std::string_view bytes);

}  // namespace faultline::report
