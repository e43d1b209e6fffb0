// SPDX-License-Identifier: Apache-2.0
// LocalMetadata: the metadata of a cluster of one, kept in the log `__cluster_metadata-0` of its
// only broker. Each write is one batch, fsynced before it is applied.
#pragma once

#include "broker/log/log.h"
#include "broker/metadata/metadata_writer.h"

namespace faultline::metadata {

// Kafka's id of the topic __cluster_metadata.
inline const Uuid kClusterMetadataTopicId = Uuid::from_words(0, 1);

class LocalMetadata final : public MetadataWriter {
 public:
  // The log must flush every append (flush.messages=1) and outlive this.
  LocalMetadata(Clock& clock, log::Log& log) : clock_(clock), log_(log) {}

  // Folds the whole log into the image, once, before anything else. kCorrupt for bytes or records
  // that cannot be: the broker must not start.
  Task<Result<void>> load();

  const MetadataImage& image() const override { return image_; }
  Offset next_offset() const override { return log_.log_end_offset(); }
  Task<Result<void>> write(std::vector<MetadataRecord> records) override;

 private:
  Clock& clock_;
  log::Log& log_;
  MetadataImage image_;
};

}  // namespace faultline::metadata
