// SPDX-License-Identifier: Apache-2.0
// Byte form of aborted-transaction indexes.
#include "broker/log/transaction_index.h"

#include "broker/base/byte_io.h"

namespace faultline::log {

Slice encode_transaction_index(const std::vector<AbortedTransaction>& aborted) {
  ByteWriter out(aborted.size() * kTransactionEntrySize);
  for (const AbortedTransaction& entry : aborted) {
    out.write(int16_t{0});
    out.write(entry.producer_id);
    out.write(entry.first_offset);
    out.write(entry.last_offset);
    out.write(entry.last_stable_offset);
  }
  return std::move(out).finish();
}

Result<std::vector<AbortedTransaction>> decode_transaction_index(Bytes bytes) {
  std::vector<AbortedTransaction> aborted;
  ByteReader in(bytes);
  while (in.remaining() >= kTransactionEntrySize) {
    if (in.read<int16_t>() != 0) return fail(ErrorCode::kCorrupt, "transaction index version");
    AbortedTransaction entry;
    entry.producer_id = in.read<int64_t>();
    entry.first_offset = in.read<int64_t>();
    entry.last_offset = in.read<int64_t>();
    entry.last_stable_offset = in.read<int64_t>();
    aborted.push_back(entry);
  }
  if (in.remaining() != 0) return fail(ErrorCode::kCorrupt, "transaction index: odd size");
  return aborted;
}

}  // namespace faultline::log
