// SPDX-License-Identifier: Apache-2.0
// Starting and stopping of a log directory, and its partitions.
#include "broker/log/log_manager.h"

#include <algorithm>

#include "broker/base/assert.h"
#include "broker/env/disk_path.h"
#include "broker/log/file_names.h"
#include "broker/log/whole_file.h"

namespace faultline::log {
namespace {

constexpr size_t kSmallFileMax = 64 << 20;

}  // namespace

LogManager::LogManager(StorageEnv env, LogRules rules, LogManagerOptions options)
    : env_(env), rules_(rules), options_(std::move(options)) {}

Task<Result<void>> LogManager::open() {
  CO_TRY(co_await env_.disk.make_directory(options_.directory));
  // The directory's own name, and those of its parents, or a power loss takes all logs at once
  // (B34).
  for (std::string_view path = options_.directory; !path.empty(); path = parent_path(path))
    CO_TRY(co_await sync_names(env_.disk, rules_.storage, std::string(parent_path(path))));
  const std::string lock = join_path(options_.directory, kLockFile);
  CO_TRY(co_await env_.disk.lock(lock));
  CO_TRY_ASSIGN(std::vector<DirectoryEntry> entries, co_await env_.disk.list(options_.directory));
  std::sort(entries.begin(), entries.end());
  std::vector<std::string> directories;
  bool has_meta = false;
  bool has_marker = false;
  for (const DirectoryEntry& entry : entries) {
    if (entry.is_directory) directories.push_back(entry.name);
    has_meta |= entry.name == kMetaPropertiesFile;
    has_marker |= entry.name == kCleanMarkerFile;
  }
  CO_TRY(co_await load_meta(has_meta));
  if (has_marker) CO_TRY(co_await load_marker());
  CO_TRY(co_await load_partitions(std::move(directories)));
  is_loaded_ = true;
  co_return Result<void>{};
}

Task<Result<void>> LogManager::load_meta(bool exists) {
  if (exists) {
    const std::string path = join_path(options_.directory, kMetaPropertiesFile);
    CO_TRY_ASSIGN(const Slice text, co_await read_file(env_.disk, path, kSmallFileMax));
    CO_TRY_ASSIGN(meta_, parse_meta_properties(text.text()));
    const bool is_other_cluster =
        !options_.cluster_id.empty() && meta_.cluster_id != options_.cluster_id;
    if (is_other_cluster || meta_.node_id != options_.node_id)
      co_return fail(ErrorCode::kInvalidArgument, path + ": belongs to another broker or cluster");
    co_return Result<void>{};
  }
  meta_.cluster_id = options_.cluster_id;
  if (meta_.cluster_id.empty()) {
    const uint64_t cluster_high = env_.random.next(stream_id("cluster id"));
    const uint64_t cluster_low = env_.random.next(stream_id("cluster id"));
    meta_.cluster_id = Uuid::from_words(cluster_high, cluster_low).to_string();
  }
  meta_.node_id = options_.node_id;
  const uint64_t high = env_.random.next(stream_id("log directory id"));
  const uint64_t low = env_.random.next(stream_id("log directory id"));
  meta_.directory_id = Uuid::from_words(high, low);
  std::string text = format_meta_properties(meta_);
  CO_TRY(co_await write_file(std::string(kMetaPropertiesFile), std::move(text)));
  co_return Result<void>{};
}

Task<Result<void>> LogManager::load_marker() {
  const std::string path = join_path(options_.directory, kCleanMarkerFile);
  CO_TRY_ASSIGN(const Slice text, co_await read_file(env_.disk, path, kSmallFileMax));
  was_clean_ = true;
  previous_broker_epoch_ = parse_clean_marker(text.text());
  // B32 (KAFKA-10471): left in place, it would call a crash from here on a clean stop.
  if (!rules_.storage.delete_clean_marker_on_start) co_return Result<void>{};
  CO_TRY(co_await env_.disk.remove(path));
  CO_TRY(co_await sync_names(env_.disk, rules_.storage, options_.directory));
  co_return Result<void>{};
}

Task<Result<OffsetCheckpoint>> LogManager::load_checkpoint(std::string name) {
  const std::string path = join_path(options_.directory, name);
  const Result<Slice> text = co_await read_file(env_.disk, path, kSmallFileMax);
  if (!text && text.error().code == ErrorCode::kNotFound) co_return OffsetCheckpoint();
  if (!text) co_return std::unexpected(text.error());
  Result<OffsetCheckpoint> offsets = parse_offset_checkpoint(text->text());
  // As in Kafka: without a readable checkpoint everything is scanned.
  if (!offsets) co_return OffsetCheckpoint();
  written_[name] = std::string(text->text());
  co_return std::move(*offsets);
}

Task<Result<void>> LogManager::load_partitions(std::vector<std::string> names) {
  CO_TRY_ASSIGN(const OffsetCheckpoint recovery_points,
                co_await load_checkpoint(std::string(kRecoveryPointFile)));
  CO_TRY_ASSIGN(const OffsetCheckpoint log_starts,
                co_await load_checkpoint(std::string(kLogStartFile)));
  CO_TRY_ASSIGN(const OffsetCheckpoint watermarks,
                co_await load_checkpoint(std::string(kHighWatermarkFile)));
  const auto offset_in = [](const OffsetCheckpoint& offsets, const TopicPartition& partition) {
    const auto found = offsets.find(partition);
    return found == offsets.end() ? Offset{0} : found->second;
  };
  for (const std::string& name : names) {
    const std::string path = join_path(options_.directory, name);
    if (is_deleted_directory(name)) {
      CO_TRY(co_await remove_tree(path));
      continue;
    }
    const auto partition = parse_directory_name(name);
    if (!partition) continue;
    LogOptions log_options;
    log_options.partition = *partition;
    log_options.directory = path;
    const auto config = options_.topic_configs.find(partition->topic);
    log_options.config =
        config == options_.topic_configs.end() ? options_.default_config : config->second;
    log_options.was_clean = was_clean_;
    log_options.recovery_point = offset_in(recovery_points, *partition);
    log_options.log_start_offset = offset_in(log_starts, *partition);
    log_options.high_watermark = offset_in(watermarks, *partition);
    CO_TRY_ASSIGN(std::unique_ptr<Log> log,
                  co_await Log::open(env_, rules_, std::move(log_options)));
    logs_[*partition] = std::move(log);
  }
  co_return Result<void>{};
}

Task<Result<void>> LogManager::remove_tree(std::string path) {
  CO_TRY_ASSIGN(std::vector<DirectoryEntry> entries, co_await env_.disk.list(path));
  std::sort(entries.begin(), entries.end());
  for (const DirectoryEntry& entry : entries) {
    if (entry.is_directory) continue;  // no partition has one; removing the directory then fails
    const std::string file = join_path(path, entry.name);
    CO_TRY(co_await env_.disk.remove(file));
  }
  CO_TRY(co_await env_.disk.remove(path));
  co_return Result<void>{};
}

Log* LogManager::find(const TopicPartition& partition) {
  const auto found = logs_.find(partition);
  return found == logs_.end() ? nullptr : found->second.get();
}

Result<Log*> LogManager::find_or_fail(const TopicPartition& partition) {
  Log* log = find(partition);
  if (log == nullptr) return fail(ErrorCode::kNotFound, partition.to_string());
  return log;
}

std::vector<Log*> LogManager::logs() {
  std::vector<Log*> all;
  all.reserve(logs_.size());
  for (const auto& [partition, log] : logs_) all.push_back(log.get());
  return all;
}

Task<Result<Log*>> LogManager::create(TopicPartition partition, Uuid topic_id, LogConfig config) {
  CO_TRY_ASSIGN(const Mutex::Guard turn, co_await changing_.lock());
  if (Log* present = find(partition)) {
    if (present->topic_id().is_zero()) CO_TRY(co_await present->set_topic_id(topic_id));
    if (present->topic_id() != topic_id)
      co_return fail(ErrorCode::kCorrupt, partition.to_string() + ": another topic's id");
    present->set_config(config);
    co_return present;
  }
  LogOptions log_options;
  log_options.partition = partition;
  log_options.topic_id = topic_id;
  log_options.directory = join_path(options_.directory, partition.to_string());
  log_options.config = config;
  log_options.was_clean = true;
  CO_TRY(co_await env_.disk.make_directory(log_options.directory));
  CO_TRY_ASSIGN(std::unique_ptr<Log> log, co_await Log::open(env_, rules_, std::move(log_options)));
  CO_TRY(co_await log->set_topic_id(topic_id));
  CO_TRY(co_await sync_names(env_.disk, rules_.storage, options_.directory));
  Log* created = log.get();
  logs_[partition] = std::move(log);
  co_return created;
}

Task<Result<std::string>> LogManager::take_out(TopicPartition partition, std::string suffix) {
  CO_TRY_ASSIGN(Log* const log, find_or_fail(partition));
  const uint64_t high = env_.random.next(stream_id("deleted partition"));
  const uint64_t low = env_.random.next(stream_id("deleted partition"));
  const std::string name = retired_directory_name(partition, Uuid::from_words(high, low), suffix);
  const std::string target = join_path(options_.directory, name);
  const auto node = logs_.find(partition);
  removed_.push_back(std::move(node->second));
  logs_.erase(node);
  CO_TRY(co_await log->abandon());
  const std::string source = log->directory();
  CO_TRY(co_await env_.disk.rename(source, target));
  CO_TRY(co_await sync_names(env_.disk, rules_.storage, options_.directory));
  co_return target;
}

Task<Result<void>> LogManager::remove(TopicPartition partition) {
  CO_TRY_ASSIGN(const Mutex::Guard turn, co_await changing_.lock());
  std::string suffix(kDeletedSuffix);
  CO_TRY_ASSIGN(std::string target, co_await take_out(std::move(partition), std::move(suffix)));
  CO_TRY(co_await remove_tree(std::move(target)));
  co_return Result<void>{};
}

Task<Result<void>> LogManager::set_aside(TopicPartition partition) {
  CO_TRY_ASSIGN(const Mutex::Guard turn, co_await changing_.lock());
  std::string suffix(kStraySuffix);
  CO_TRY(co_await take_out(std::move(partition), std::move(suffix)));
  co_return Result<void>{};
}

Task<Result<void>> LogManager::close(int64_t broker_epoch) {
  // B32 (KAFKA-15375): a stop during loading has looked at part of the logs only, so neither the
  // marker nor the checkpoints can speak for the directory.
  const bool may_mark = is_loaded_ || !rules_.storage.mark_clean_only_if_loaded;
  bool all_closed = true;
  for (Log* log : logs()) {
    const Result<void> closed = co_await log->close();
    all_closed = all_closed && closed.has_value();
  }
  if (!may_mark) co_return Result<void>{};
  CO_TRY(co_await checkpoint_recovery_points());
  CO_TRY(co_await checkpoint_high_watermarks());
  CO_TRY(co_await checkpoint_log_starts());
  if (!all_closed) co_return fail(ErrorCode::kFenced, "a log did not close");
  std::string text = format_clean_marker(broker_epoch);
  CO_TRY(co_await write_file(std::string(kCleanMarkerFile), std::move(text)));
  co_return Result<void>{};
}

bool LogManager::is_offline() const {
  if (is_offline_) return true;
  return std::any_of(logs_.begin(), logs_.end(),
                     [](const auto& item) { return item.second->is_fenced(); });
}

}  // namespace faultline::log
