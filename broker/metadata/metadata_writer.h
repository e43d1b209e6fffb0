// SPDX-License-Identifier: Apache-2.0
// MetadataWriter: the one way in which a cluster's metadata changes. On a single node it is a local
// log; a quorum will take its place without its callers noticing.
#pragma once

#include <vector>

#include "broker/env/task.h"
#include "broker/metadata/image.h"

namespace faultline::metadata {

class MetadataWriter {
 public:
  // What is known now. The reference stays valid, what it refers to changes at any await.
  virtual const MetadataImage& image() const = 0;
  // The offset that the next record gets.
  virtual Offset next_offset() const = 0;
  // Makes the records durable, all or none, then applies them to the image. The caller decided them
  // on the present image and lets nobody else write meanwhile. Errors: those of the log.
  virtual Task<Result<void>> write(std::vector<MetadataRecord> records) = 0;

 protected:
  ~MetadataWriter() = default;
};

}  // namespace faultline::metadata
