// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/pack.h"

#include <zlib.h>

#include "broker/base/assert.h"

namespace faultline::report {

ByteWriter& Columns::begin(std::string name) {
  columns_.emplace_back(std::move(name), ByteWriter());
  return columns_.back().second;
}

std::vector<std::pair<std::string, size_t>> Columns::directory() const {
  std::vector<std::pair<std::string, size_t>> directory;
  for (const auto& [name, bytes] : columns_) directory.emplace_back(name, bytes.size());
  return directory;
}

std::string Columns::packed() const {
  std::string plain;
  for (const auto& [name, bytes] : columns_) plain += as_text(bytes.view());
  uLongf size = compressBound(plain.size());
  std::string deflated(size, '\0');
  const int status =
      compress2(reinterpret_cast<Bytef*>(deflated.data()), &size,
                reinterpret_cast<const Bytef*>(plain.data()), plain.size(), Z_DEFAULT_COMPRESSION);
  ASSERT_OP(status, ==, Z_OK);
  deflated.resize(size);
  return base64(deflated);
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - at);
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < count ? static_cast<uint8_t>(bytes[at + i]) : 0u);
    for (size_t i = 0; i < 4; ++i) text += i <= count ? kDigits[group >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

}  // namespace faultline::report
