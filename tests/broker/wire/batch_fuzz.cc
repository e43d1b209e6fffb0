// SPDX-License-Identifier: Apache-2.0
// Goal: no bytes crash what reads record batches, in any codec, and decompression keeps to its
// limit. Method: the input becomes a batch whose length and CRC are made right, so that fuzzing
// reaches the records.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "broker/base/assert.h"
#include "broker/wire/batch_check.h"
#include "broker/wire/record.h"

using namespace faultline;
using namespace faultline::wire;

namespace {

constexpr size_t kPlainMax = 1 << 20;

void walk(const Slice& batch) {
  auto view = parse_batch(batch.view());
  if (!view) return;
  auto plain = plain_records(batch.subslice(0, view->size()), kPlainMax);
  if (!plain) return;
  ASSERT_OP(plain->size(), <=, kPlainMax);
  RecordIterator records(plain->view(), view->record_count());
  while (auto record = records.next()) {
    HeaderIterator headers = record->headers();
    while (headers.next()) {
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Buffer bytes(std::max(size, kBatchHeaderSize));
  std::copy_n(data, size, bytes.data());
  const Slice as_given = Slice::copy_of(bytes.view());
  walk(as_given);
  store_big_endian(bytes.data() + 8, static_cast<int32_t>(bytes.size() - kBatchOverhead));
  store_big_endian(bytes.data() + 16, kBatchMagic);
  seal_batch({bytes.data(), bytes.size()});
  const Slice sealed = std::move(bytes).freeze();
  walk(sealed);
  BatchPolicy policy;
  policy.plain_bytes_max = kPlainMax;
  Codecs codecs;
  for (const Slice& batch : {as_given, sealed}) {
    if (check_produced_batch(batch, policy, codecs).ok())
      ASSERT(parse_batch(batch.view()).has_value());
  }
  return 0;
}
