// SPDX-License-Identifier: Apache-2.0
// Opening and closing of a log, and what all of its parts use.
#include "broker/log/log.h"

#include <algorithm>

#include "broker/base/assert.h"
#include "broker/log/cache_distrust.h"
#include "broker/log/directory_files.h"
#include "broker/log/file_names.h"
#include "broker/log/producer_snapshot.h"
#include "broker/log/whole_file.h"

namespace faultline::log {
namespace {

constexpr size_t kSmallFileMax = 16 << 20;

}  // namespace

Log::Log(StorageEnv env, LogRules rules, LogOptions options)
    : LogFacts(std::move(options)),
      env_(env),
      rules_(rules),
      tracer_(env.probe, options_.partition),
      retention_clock_(env.clock.wall_now(), env.clock.now()),
      background_(env.executor) {}

Log::~Log() = default;

Task<Result<std::unique_ptr<Log>>> Log::open(StorageEnv env, LogRules rules, LogOptions options) {
  auto log = std::make_unique<Log>(env, rules, std::move(options));
  CO_TRY(co_await log->load());
  co_return std::move(log);
}

Task<Result<void>> Log::load() {
  CO_TRY_ASSIGN(std::vector<DirectoryEntry> entries, co_await env_.disk.list(options_.directory));
  std::vector<SegmentFileName> files;
  bool has_epochs = false;
  bool has_metadata = false;
  bool has_unsynced_pages = false;
  bool has_bad_epochs = false;
  for (const DirectoryEntry& entry : entries) {
    has_epochs |= entry.name == kEpochFile;
    has_metadata |= entry.name == kPartitionMetadataFile;
    has_unsynced_pages |= entry.name == kUnsyncedMarkerFile;
    const auto file = parse_file_name(entry.name);
    if (file && !entry.is_directory) files.push_back(*file);
  }
  std::sort(files.begin(), files.end());
  if (has_metadata) CO_TRY(co_await load_metadata());
  if (has_epochs) {
    const std::string path = join_path(options_.directory, kEpochFile);
    CO_TRY_ASSIGN(const Slice text, co_await read_file(env_.disk, path, kSmallFileMax));
    auto epochs = LeaderEpochCache::parse(text.text());
    has_bad_epochs = !epochs;
    if (epochs) epochs_ = std::move(*epochs);
  }
  // B31: an earlier process saw an fsync fail on this very page cache.
  if (has_unsynced_pages && rules_.storage.distrust_cache_after_fsync_error)
    CO_TRY(co_await write_segments_anew(files));
  CO_TRY(co_await load_segments(files));
  if (has_bad_epochs) CO_TRY(co_await learn_epochs());
  RecoveryFacts facts;
  facts.was_clean = options_.was_clean;
  if (options_.was_clean) {
    CO_TRY(co_await load_clean_end());
    CO_TRY_ASSIGN(const Offset from, co_await load_snapshot(files, log_end_offset_));
    CO_TRY(co_await replay_producers(from, log_end_offset_));
    recovery_point_ = log_end_offset_;
  } else {
    CO_TRY(co_await recover(files, &facts));
    recovery_point_ = std::min(options_.recovery_point, log_end_offset_);
  }
  log_start_offset_ = std::max(options_.log_start_offset, segments_.first().base_offset());
  // What DeleteRecords removed may have been lost first; the offsets are not given out again.
  if (log_end_offset_ < log_start_offset_) CO_TRY(co_await start_anew(log_start_offset_));
  CO_TRY(co_await remove_stray_snapshots());
  if (epochs_.truncate_from_end(log_end_offset_)) has_unwritten_epochs_ = true;
  if (epochs_.truncate_from_start(segments_.first().base_offset())) has_unwritten_epochs_ = true;

  high_watermark_ = options_.high_watermark;
  // B37 (KIP-101): the checkpoint may promise what the data does not hold.
  if (rules_.storage.clamp_high_watermark_to_log_end)
    high_watermark_ = std::min(high_watermark_, log_end_offset_);
  if (options_.config.is_sole_replica) high_watermark_ = std::max(high_watermark_, log_end_offset_);
  high_watermark_ = std::max(high_watermark_, log_start_offset_);

  facts.log_start_offset = log_start_offset_;
  facts.log_end_offset = log_end_offset_;
  facts.high_watermark = high_watermark_;
  tracer_.recovered(std::move(facts));
  const Segment& active = segments_.active();
  if (active.has_file()) tracer_.file(active.path(FileKind::kLog), active.base_offset());
  co_return Result<void>{};
}

Task<Result<void>> Log::write_segments_anew(std::vector<SegmentFileName> files) {
  tracer_.reached(history::LogMark::kWrittenAnew);
  for (const SegmentFileName& file : files) {
    if (file.kind != FileKind::kLog) continue;
    CO_TRY(co_await write_anew(&env_.disk, rules_.storage, options_.directory,
                               file_name(file.base_offset, file.kind)));
  }
  CO_TRY(co_await env_.disk.remove(join_path(options_.directory, kUnsyncedMarkerFile)));
  co_return Result<void>{};
}

Task<Result<void>> Log::load_metadata() {
  const std::string path = join_path(options_.directory, kPartitionMetadataFile);
  CO_TRY_ASSIGN(const Slice text, co_await read_file(env_.disk, path, kSmallFileMax));
  const Result<Uuid> topic_id = parse_partition_metadata(text.text());
  // As if it were not there, which an upgrade may find too: the topic's image knows the id.
  if (!topic_id) co_return Result<void>{};
  if (!options_.topic_id.is_zero() && options_.topic_id != *topic_id)
    co_return fail(ErrorCode::kCorrupt, path + ": another topic's id");
  options_.topic_id = *topic_id;
  co_return Result<void>{};
}

std::unique_ptr<Segment> Log::make_segment(Offset base_offset) {
  SegmentOptions options;
  options.directory = options_.directory;
  options.index_interval_bytes = options_.config.index_interval_bytes;
  options.rebuild_index_if_invalid = rules_.storage.rebuild_index_if_invalid;
  options.tracer = &tracer_;
  return std::make_unique<Segment>(env_.disk, std::move(options), base_offset);
}

Task<Result<void>> Log::load_segments(std::vector<SegmentFileName> files) {
  for (const SegmentFileName& file : files) {
    if (file.kind == FileKind::kProducerSnapshot) snapshot_offsets_.push_back(file.base_offset);
    if (file.kind != FileKind::kLog) continue;
    auto segment = make_segment(file.base_offset);
    CO_TRY(co_await segment->open_file());
    if (!segments_.empty()) segments_.active().set_end_offset(file.base_offset);
    segments_.push_back(std::move(segment));
  }
  if (!segments_.empty()) co_return Result<void>{};
  auto segment = make_segment(options_.log_start_offset);
  // An empty log that starts at 0 says so without a file; the first append makes it.
  if (options_.log_start_offset > 0) {
    CO_TRY(co_await segment->create_file());
    has_unsynced_names_ = true;
  }
  segments_.push_back(std::move(segment));
  co_return Result<void>{};
}

Task<Result<void>> Log::load_clean_end() {
  Segment& active = segments_.active();
  if (active.has_file()) CO_TRY(co_await active.find_end());
  // A clean stop leaves whole batches; anything else behind them is cut like a torn tail.
  CO_TRY(co_await active.cut_file());
  log_end_offset_ = active.end_offset();
  co_return Result<void>{};
}

Task<Result<Offset>> Log::load_snapshot(std::vector<SegmentFileName> files, Offset offset_max) {
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    if (file->kind != FileKind::kProducerSnapshot || file->base_offset > offset_max) continue;
    const std::string name = file_name(file->base_offset, FileKind::kProducerSnapshot);
    const std::string path = join_path(options_.directory, name);
    const Result<Slice> bytes = co_await read_file(env_.disk, path, kSmallFileMax);
    if (!bytes) co_return std::unexpected(bytes.error());
    const auto entries = decode_producer_snapshot(bytes->view());
    if (!entries) {  // torn: an older one and more batches give the same
      tracer_.reached(history::LogMark::kSnapshotPassedOver);
      continue;
    }
    producers_ = state_of(*entries);
    co_return file->base_offset;
  }
  producers_ = {};
  co_return segments_.first().base_offset();
}

Result<void> Log::check_usable() const {
  if (is_fenced_) return fail(ErrorCode::kFenced, partition().to_string());
  if (is_closed_) return fail(ErrorCode::kClosed, partition().to_string());
  return {};
}

Error Log::fence(const Error& cause, const char* what) {
  // A wait that was taken back says nothing of the disk.
  if (cause.code == ErrorCode::kCancelled) return cause;
  if (!is_fenced_) tracer_.fenced(std::string(what) + ": " + cause.to_string());
  is_fenced_ = true;
  changed_.notify_all();
  return Error(ErrorCode::kFenced, cause.to_string());
}

Offset LogFacts::last_stable_offset() const {
  const auto open = producers_.oldest_open_transaction();
  return open ? std::min(*open, high_watermark_) : high_watermark_;
}

void Log::set_high_watermark(Offset offset) {
  const Offset clamped = std::clamp(offset, log_start_offset_, log_end_offset_);
  if (clamped == high_watermark_) return;
  high_watermark_ = clamped;
  changed_.notify_all();
}

void Log::expire_producers() {
  const int64_t now_ms = env_.clock.wall_now().to_ms();
  producer::expire(producers_, now_ms, options_.config.producer_id_expiration_ms);
}

Task<Result<void>> Log::abandon() {
  is_closed_ = true;
  changed_.notify_all();
  tracer_.deleted();
  CO_TRY(co_await background_.join());
  CO_TRY_ASSIGN(const Mutex::Guard writing, co_await writing_.lock());
  CO_TRY_ASSIGN(const Mutex::Guard flushing, co_await flushing_.lock());
  const SegmentList::Pin pin(segments_);
  segments_.remove(0, segments_.size());
  co_return Result<void>{};
}

Task<Result<void>> Log::set_topic_id(Uuid topic_id) {
  Slice text = Slice::copy_of(format_partition_metadata(topic_id));
  const std::string name(kPartitionMetadataFile);
  const Result<void> written =
      co_await replace_file(env_.disk, rules_.storage, options_.directory, name, std::move(text));
  if (!written) co_return std::unexpected(fence(written.error(), "partition.metadata"));
  options_.topic_id = topic_id;
  co_return Result<void>{};
}

Task<Result<void>> Log::close() {
  CO_TRY(co_await background_.join());
  CO_TRY(co_await flush_up_to(log_end_offset_));
  CO_TRY_ASSIGN(const Mutex::Guard writing, co_await writing_.lock());
  CO_TRY(check_usable());
  CO_TRY(co_await flush_up_to(log_end_offset_));
  is_closed_ = true;
  changed_.notify_all();
  const bool is_known = std::ranges::count(snapshot_offsets_, log_end_offset_) > 0;
  if (log_end_offset_ > segments_.first().base_offset() && !is_known)
    unwritten_snapshots_.push_back({log_end_offset_, producers_});
  std::vector<Segment*> unfinished;
  for (Segment* segment : segments_.pointers()) {
    if (segment->needs_index_files()) unfinished.push_back(segment);
  }
  const Result<void> written = co_await flush_files(std::move(unfinished), nullptr);
  if (!written) co_return std::unexpected(fence(written.error(), "close"));
  co_return Result<void>{};
}

}  // namespace faultline::log
