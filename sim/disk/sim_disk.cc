// SPDX-License-Identifier: Apache-2.0
// Time, queueing and the life of operations.
#include "sim/disk/sim_disk.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "broker/base/assert.h"
#include "broker/base/hash.h"

namespace faultline::sim {
namespace {

constexpr uint64_t kDiskStream = stream_id("disk");
constexpr uint64_t kLatencyStream = stream_id("disk.latency");
constexpr uint64_t kNameLatencyStream = stream_id("disk.latency.name");

Duration time_for(uint64_t amount, int64_t per_second) {
  constexpr uint64_t kBillion = 1'000'000'000;
  if (amount <= INT64_MAX / kBillion) [[likely]]  // 128 bits divide slowly
    return Duration{static_cast<int64_t>(amount * kBillion) / per_second};
  return Duration{static_cast<int64_t>(static_cast<__int128>(amount) * kBillion / per_second)};
}

}  // namespace

// A process's handle. Its death is the program's doing and costs no time.
class SimDisk::SimFile final : public File {
 public:
  SimFile(SimDisk& disk, NodeRef node, bool is_writable)
      : disk_(disk), node_(node), is_writable_(is_writable) {}
  ~SimFile() override { disk_.core_.close(node_); }

  uint64_t size() const override { return disk_.core_.size(node_); }

  void submit(ReadAt& op) override {
    Request& request = disk_.start(Kind::kRead, op, node_);
    op.accept(disk_);
    const uint64_t size = this->size();
    ByteRange range{op.offset, op.offset};
    if (op.offset < size) range.to += std::min<uint64_t>(op.length, size - op.offset);
    const uint64_t cold = disk_.core_.tree().file(node_).cold_bytes_in(range);
    const QuantileTable& table = cold > 0 ? disk_.speed_.read : disk_.speed_.cached;
    disk_.schedule(request, table, cold, range.size(), cold > 0);
  }
  void submit(WriteAt& op) override {
    if (!is_writable_) return op.complete(fail_read_only("write"));
    Request& request = disk_.start(Kind::kWrite, op, node_);
    op.accept(disk_);
    request.offset = op.offset;
    request.bytes = op.bytes;
    disk_.schedule(request, disk_.speed_.write, 0, total_size(op.bytes), false);
  }
  void submit(Truncate& op) override {
    if (!is_writable_) return op.complete(fail_read_only("truncate"));
    Request& request = disk_.start(Kind::kTruncate, op, node_);
    op.accept(disk_);
    request.offset = op.size;
    disk_.schedule(request, disk_.speed_.write, 0, 0, false);
  }
  void submit(Sync& op) override {
    Request& request = disk_.start(Kind::kSync, op, node_);
    op.accept(disk_);
    request.point = disk_.core_.sync_point(node_);
    const uint64_t bytes = disk_.core_.tree().file(node_).pending_bytes();
    disk_.schedule(request, disk_.speed_.sync, bytes, 0, true);
  }

 private:
  std::unexpected<Error> fail_read_only(const char* action) const {
    return fail(ErrorCode::kInvalidArgument,
                std::string(action) + " " + disk_.core_.tree().path_of(node_) + ": opened to read");
  }

  SimDisk& disk_;
  const NodeRef node_;
  const bool is_writable_;
};

SimDisk::SimDisk(Processor& processor, const DiskConfig& config, const DiskSpeed& speed)
    : kernel_(processor.kernel()),
      processor_(processor),
      node_(processor.node()),
      speed_(speed),
      core_(config, mix(kernel_.seed(), kDiskStream, static_cast<uint64_t>(node_), 0), *this) {
  ASSERT_OP(speed.device_bytes_per_second, >, 0);
  ASSERT_OP(speed.device_operations_per_second, >, 0);
  ASSERT_OP(speed.memory_bytes_per_second, >, 0);
}

SimDisk::~SimDisk() {
  for (const std::unique_ptr<Request>& request : requests_) {
    ASSERT(request->op == nullptr);  // a program's frame would outlive its disk
    kernel_.cancel(*request);
  }
}

EventId SimDisk::emit(const EventType& type, uint64_t entity, const EventPayload& payload) {
  return kernel_.emit(node_, kernel_.now().ns, type, entity, payload);
}

SimDisk::Request& SimDisk::start(Kind kind, OpBase& op, NodeRef file) {
  if (free_.empty()) {
    requests_.push_back(std::make_unique<Request>(*this));
    free_.push_back(requests_.back().get());
  }
  Request& request = *free_.back();
  free_.pop_back();
  request.kind = kind;
  request.op = &op;
  request.is_active = true;
  request.is_stalled = false;
  request.file = file;
  request.cause = kernel_.cause();
  if (file != kNoNode) {
    core_.tree().open_handle(file);
    request.latency_draw = mix(core_.seed(), kLatencyStream, core_.tree().identity(file),
                               core_.tree().file(file).counts.submitted++);
  }
  op.owner_token = std::bit_cast<uint64_t>(&request);
  return request;
}

SimDisk::Request& SimDisk::start_named(Kind kind, OpBase& op, const std::string& path) {
  Request& request = start(kind, op, kNoNode);
  const uint64_t name = hash64(as_bytes(path));
  request.latency_draw = mix(core_.seed(), kNameLatencyStream, name, name_requests_[name]++);
  return request;
}

void SimDisk::schedule(Request& request, const QuantileTable& table, uint64_t device_bytes,
                       uint64_t memory_bytes, bool uses_device) {
  Duration latency =
      table.at(request.latency_draw) + time_for(memory_bytes, speed_.memory_bytes_per_second);
  Duration service{};
  if (uses_device)
    service = time_for(device_bytes, speed_.device_bytes_per_second) +
              time_for(1, speed_.device_operations_per_second);
  if (core_.faults().has(DiskFaultKind::kSlow)) {
    const std::string path = request.file == kNoNode ? "" : core_.tree().path_of(request.file);
    const DiskFaultSpec* slow =
        core_.faults().find_active(DiskFaultKind::kSlow, path, kernel_.now());
    if (slow != nullptr) {
      const auto factor = static_cast<int64_t>(std::max<uint64_t>(slow->amount, 1));
      latency = latency * factor;
      service = service * factor;
      core_.faults().count_hits(slow->id, 1);
      core_.faults().count_observed(slow->id, device_bytes + memory_bytes);
    }
  }
  Instant begin = processor_.local_time();
  if (uses_device) {
    begin = std::max(begin, device_free_);
    device_free_ = begin + service;
  }
  kernel_.schedule(request, begin + service + latency);
}

void SimDisk::submit(OpenFile& op) {
  Request& request = start_named(Kind::kOpen, op, op.path);
  op.accept(*this);
  schedule(request, speed_.cached, 0, 0, false);
}

void SimDisk::submit(PathOp& op) {
  Request& request = start_named(Kind::kPath, op, op.path);
  op.accept(*this);
  const bool is_sync = op.kind == PathOp::Kind::kSyncDirectory;
  schedule(request, is_sync ? speed_.sync : speed_.cached, 0, 0, is_sync);
}

void SimDisk::submit(ListDirectory& op) {
  Request& request = start_named(Kind::kList, op, op.path);
  op.accept(*this);
  schedule(request, speed_.cached, 0, 0, false);
}

void SimDisk::forget(OpBase& op) noexcept {
  Request& request = *std::bit_cast<Request*>(op.owner_token);
  request.op = nullptr;
  // A change of bytes goes on by itself; what only reports or touches names has not happened.
  const bool goes_on = request.kind == Kind::kWrite || request.kind == Kind::kTruncate;
  if (goes_on) return;
  kernel_.cancel(request);
  release(request);
}

void SimDisk::release(Request& request) {
  request.is_active = false;
  request.bytes.clear();
  if (request.file != kNoNode) core_.close(std::exchange(request.file, kNoNode));
  free_.push_back(&request);
}

// True when a stall keeps the operation from completing now.
bool SimDisk::hold_back(Request& request) {
  DiskFaults& faults = core_.faults();
  if (!faults.has(DiskFaultKind::kStall)) return false;
  const std::string path = request.file == kNoNode ? "" : core_.tree().path_of(request.file);
  const DiskFaultSpec* stall = faults.find_active(DiskFaultKind::kStall, path, kernel_.now());
  if (stall == nullptr) return false;
  if (!request.is_stalled) {
    faults.count_hits(stall->id, 1);
    faults.count_observed(stall->id, total_size(request.bytes));
  }
  request.is_stalled = true;
  if (stall->until != Instant::far_future()) kernel_.schedule(request, stall->until);
  return true;
}

void SimDisk::finish(Request& request) {
  if (hold_back(request)) return;
  kernel_.set_cause(request.cause);
  processor_.note_outside_completion();
  complete(request);
}

template <class OpType>
OpType& op_of(OpBase* op) {
  return static_cast<OpType&>(*op);
}

void SimDisk::complete(Request& request) {
  const Instant now = kernel_.now();
  OpBase* const op = std::exchange(request.op, nullptr);
  switch (request.kind) {
    case Kind::kOpen: {
      auto& open = op_of<OpenFile>(op);
      const Result<NodeRef> file = core_.open(open.path, open.mode, now);
      release(request);
      if (!file) return open.complete(std::unexpected(file.error()));
      return open.complete(std::make_unique<SimFile>(*this, *file, open.mode != OpenMode::kRead));
    }
    case Kind::kPath: {
      auto& path = op_of<PathOp>(op);
      Result<void> result = core_.change_names(path.kind, path.path, path.target, now);
      release(request);
      return path.complete(std::move(result));
    }
    case Kind::kList: {
      auto& list = op_of<ListDirectory>(op);
      release(request);
      return list.complete(core_.list(list.path));
    }
    case Kind::kRead: {
      auto& read = op_of<ReadAt>(op);
      Result<Slice> result = core_.read(request.file, read.offset, read.length, now);
      release(request);
      return read.complete(std::move(result));
    }
    case Kind::kWrite:
    case Kind::kTruncate: {
      const bool is_write = request.kind == Kind::kWrite;
      Result<void> result = is_write ? core_.write(request.file, request.offset, request.bytes, now)
                                     : core_.truncate(request.file, request.offset, now);
      release(request);
      if (op == nullptr) return;  // cancelled meanwhile
      return is_write ? op_of<WriteAt>(op).complete(std::move(result))
                      : op_of<Truncate>(op).complete(std::move(result));
    }
    case Kind::kSync: {
      Result<void> result = core_.sync(request.file, request.point, now);
      release(request);
      return op_of<Sync>(op).complete(std::move(result));
    }
  }
  UNREACHABLE();
}

// What was under way when its process died.
void SimDisk::settle_requests() {
  for (const std::unique_ptr<Request>& request : requests_) {
    if (!request->is_active) continue;
    ASSERT(request->op == nullptr);  // the frames die before the disk is told
    kernel_.cancel(*request);
    if (request->kind == Kind::kWrite)
      core_.write_partially(request->file, request->offset, request->bytes, kernel_.now());
    release(*request);
  }
}

void SimDisk::process_killed() {
  settle_requests();
  core_.release_locks();
}

PowerLossReport SimDisk::power_lost(uint64_t fault, const PowerLossRules& rules) {
  process_killed();
  device_free_ = kernel_.now();
  return core_.lose_power(fault, rules, kernel_.now());
}

void SimDisk::end_fault(uint64_t fault) {
  core_.faults().end(fault);
  core_.heal_media(fault);
  for (const std::unique_ptr<Request>& request : requests_) {
    if (!request->is_active || !request->is_stalled) continue;
    kernel_.cancel(*request);
    kernel_.schedule(*request, kernel_.now());
  }
}

}  // namespace faultline::sim
