// SPDX-License-Identifier: Apache-2.0
// Random values for fields.
#include "broker/base/notation_fuzz.h"

#include <algorithm>
#include <array>

namespace faultline {
namespace {

constexpr Ratio kLong = {1, 60};  // sizes beyond one byte of varint
constexpr size_t kLongMax = 300;
constexpr uint64_t kShortMax = 12;

int64_t limit_of(const NumberInfo& info, bool upper) {
  const int bits = 8 * info.bytes;
  if (bits == 64) return info.is_signed ? (upper ? INT64_MAX : INT64_MIN) : (upper ? -1 : 0);
  if (!info.is_signed) return upper ? (int64_t{1} << bits) - 1 : 0;
  return upper ? (int64_t{1} << (bits - 1)) - 1 : -(int64_t{1} << (bits - 1));
}

}  // namespace

bool FuzzVisitor::present(bool is_present, bool null_is_legal) {
  if (keep_) return is_present;
  return !null_is_legal || draws_.chance({2, 3});
}

size_t FuzzVisitor::length() {
  return draws_.chance(kLong) ? draws_.below(kLongMax) : draws_.below(kShortMax + 1);
}

size_t FuzzVisitor::begin_array(size_t count) {
  if (keep_) return count;
  if (draws_.chance(kLong)) return draws_.below(depth_ <= 1 ? kLongMax / 2 : 16);
  return draws_.below(4);
}

void FuzzVisitor::number(const NumberInfo& info, int64_t& value) {
  if (keep_) return;
  switch (draws_.below(6)) {
    case 0: value = limit_of(info, true); break;
    case 1: value = limit_of(info, false); break;
    case 2: value = 0; break;
    case 3: value = info.is_signed ? -1 : 1; break;
    case 4: value = static_cast<int64_t>(draws_.below(100)); break;
    default: {
      const uint64_t bits = draws_.next() >> (64 - 8 * info.bytes);
      value = static_cast<int64_t>(bits);
      if (info.is_signed && info.bytes < 8) {
        const int shift = 64 - 8 * info.bytes;
        value = static_cast<int64_t>(bits << shift) >> shift;
      }
    }
  }
}

void FuzzVisitor::boolean(bool& value) {
  if (!keep_) value = draws_.chance({1, 2});
}

void FuzzVisitor::real(double& value) {
  if (!keep_) value = static_cast<double>(draws_.between(-1'000'000, 1'000'000)) / 64;
}

void FuzzVisitor::text(std::string& value) {
  if (keep_) return;
  value.resize(length());
  for (char& c : value) c = static_cast<char>(draws_.between(' ', '~'));
}

void FuzzVisitor::bytes(Slice& value) {
  if (keep_) return;
  Buffer buffer(length());
  std::generate_n(buffer.data(), buffer.size(),
                  [&] { return static_cast<uint8_t>(draws_.next()); });
  value = std::move(buffer).freeze();
}

void FuzzVisitor::uuid(Uuid& value) {
  if (keep_) return;
  const uint64_t high = draws_.next();
  const uint64_t low = draws_.next();
  value = Uuid::from_words(high, low);
}

}  // namespace faultline
