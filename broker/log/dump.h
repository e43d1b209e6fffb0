// SPDX-License-Identifier: Apache-2.0
// Text of any file of a log directory, in the lines of Kafka's DumpLogSegments. The kind of a file
// comes from its name: .log (also .checkpoint: record batches), .index, .timeindex, .txnindex,
// .snapshot; everything else that is text is shown as it is.
#pragma once

#include <string>
#include <string_view>

#include "broker/base/bytes.h"
#include "broker/base/result.h"

namespace faultline::log {

// Takes text piece by piece: a segment's can be larger than memory likes.
class TextSink {
 public:
  virtual void write(std::string_view text) = 0;

 protected:
  ~TextSink() = default;
};

// `path` is printed as given. What is damaged is said in the text; kUnsupported for a file that is
// neither a known kind nor text.
Result<void> dump_file(std::string_view path, const Slice& bytes, TextSink& sink);
Result<std::string> dump_file(std::string_view path, const Slice& bytes);

// The bytes as text, with U+FFFD where they are no UTF-8, as Java decodes them.
std::string readable_text(Bytes bytes);

}  // namespace faultline::log
