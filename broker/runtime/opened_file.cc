// SPDX-License-Identifier: Apache-2.0
// Mapping, in lengths that double as the file grows.
#include "broker/runtime/opened_file.h"

#include <algorithm>
#include <bit>

#include <sys/mman.h>

#include "broker/base/assert.h"

namespace faultline {
namespace {

constexpr uint64_t kMappingMin = 64 << 20;
constexpr uint64_t kMappingMax = uint64_t{1} << 32;

}  // namespace

Bytes OpenedFile::Shared::map(uint64_t end) {
  if (!mappings.empty() && mappings.back().size() >= end) return mappings.back();
  if (end > kMappingMax) return {};
  const size_t length = std::bit_ceil(std::max(end, kMappingMin));
  void* address = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, file.number(), 0);
  if (address == MAP_FAILED) return {};  // too many of them, say
  mappings.emplace_back(static_cast<const uint8_t*>(address), length);
  return mappings.back();
}

OpenedFile::Shared::~Shared() {
  for (const Bytes mapping : mappings)
    ASSERT(::munmap(const_cast<uint8_t*>(mapping.data()), mapping.size()) == 0);
}

}  // namespace faultline
