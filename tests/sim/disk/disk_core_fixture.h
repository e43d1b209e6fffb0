// SPDX-License-Identifier: Apache-2.0
// A DiskCore without time whose operations are calls with outcomes as text.
#pragma once

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "sim/disk/disk_core.h"
#include "tests/sim/disk/recording_probe.h"

namespace faultline::sim {

class DiskCoreTest : public ::testing::Test {
 protected:
  explicit DiskCoreTest(const DiskConfig& config = {}) : core_(config, 1, probe_) {}

  NodeRef open(const std::string& path) { return *core_.open(path, OpenMode::kCreate, now_); }
  std::string write(NodeRef file, uint64_t offset, std::string_view text) {
    return said(core_.write(file, offset, {Slice::copy_of(text)}, now_));
  }
  std::string sync(NodeRef file) { return said(core_.sync(file, core_.sync_point(file), now_)); }
  std::string read(NodeRef file) {
    const Result<Slice> bytes = core_.read(file, 0, UINT64_MAX, now_);
    return bytes ? std::string(bytes->text()) : std::string(to_string(bytes.error().code));
  }
  std::string name(PathOp::Kind kind, const std::string& path, const std::string& target = {}) {
    return said(core_.change_names(kind, path, target, now_));
  }
  static std::string said(const Result<void>& result) {
    return result ? "ok" : std::string(to_string(result.error().code));
  }
  void inject(DiskFaultSpec fault) { core_.faults().inject(std::move(fault)); }
  DiskFaultEffects effects(uint64_t fault) { return core_.faults().effects(fault); }
  void evict() {
    inject({.id = ++last_eviction_, .kind = DiskFaultKind::kCacheEviction, .from = now_});
  }

  RecordingProbe probe_;
  DiskCore core_;
  Instant now_{1000};
  uint64_t last_eviction_ = 1000;
};

}  // namespace faultline::sim
