// SPDX-License-Identifier: Apache-2.0
// One log on a disk in memory, with short words for what the tests of its edges do.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "broker/log/log.h"
#include "tests/broker/log/storage_fixture.h"

namespace faultline::log {

class LogEdgesTest : public ::testing::Test {
 protected:
  std::unique_ptr<Log> open(LogOptions options = Storage::options()) {
    storage.make_directory(options.directory);
    auto log = storage.run(Log::open(storage.env(), rules, std::move(options)));
    EXPECT_TRUE(log) << log.error().to_string();
    return std::move(*log);
  }
  AppendResult append(Log& log, const BatchSpec& spec, LeaderEpoch epoch = 0) {
    const auto result = storage.run(log.append(client_append(make_batch(spec), epoch)));
    EXPECT_TRUE(result) << result.error().to_string();
    return result.value_or(AppendResult{});
  }
  Result<AppendResult> copy(Log& log, Offset base, LeaderEpoch epoch, const BatchSpec& spec = {}) {
    AppendRequest request;
    request.batches = join(wire::place_batch(make_batch(spec), {base, epoch}));
    request.origin = AppendOrigin::kReplication;
    return storage.run(log.append(std::move(request)));
  }
  // How many bytes of batches a read gives.
  size_t read_bytes(Log& log, Offset offset, size_t bytes_max, bool at_least_one) {
    ReadRequest request;
    request.offset = offset;
    request.bytes_max = bytes_max;
    request.at_least_one = at_least_one;
    const Result<ReadResult> got = storage.run(log.read(request));
    EXPECT_TRUE(got) << got.error().to_string();
    return got ? got->batches.size() : 0;
  }
  int files_that_end(std::string_view suffix) const {
    int count = 0;
    for (const std::string& path : storage.disk.paths()) count += path.ends_with(suffix) ? 1 : 0;
    return count;
  }
  static LogOptions followed() {
    LogOptions options = Storage::options();
    options.config.is_sole_replica = false;
    return options;
  }

  Storage storage;
  LogRules rules;
};

}  // namespace faultline::log
