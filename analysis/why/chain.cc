// SPDX-License-Identifier: Apache-2.0
#include "analysis/why/chain.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "broker/server/server_events.h"
#include "sim/disk/disk_events.h"
#include "sim/disk/power_loss_events.h"
#include "sim/net/events.h"

namespace faultline::why {
namespace {

using namespace history;

constexpr int kVital = 1;    // the story makes no sense without it
constexpr int kTelling = 2;  // what a person would mention
constexpr int kDetail = 4;
constexpr int kAside = 6;

bool overlaps(int64_t a, int64_t a_length, int64_t b, int64_t b_length) {
  return a < b + b_length && b < a + a_length;
}

}  // namespace

Chain::Chain(const RunEvents& events, const Subject& subject, std::vector<Offset> offsets,
             uint64_t symptom)
    : events_(events), subject_(subject), offsets_(std::move(offsets)), symptom_(symptom) {
  find_appends();
  find_sends();
  tell_older_faults();
  for (uint64_t index = begin_; index <= symptom_; ++index) {
    std::optional<Words> words = tell(index);
    if (words) add(index, std::move(*words));
  }
  mark_decision();
}

bool Chain::is_of_subject(const std::string& topic, int32_t partition) const {
  return topic == subject_.partition.topic && partition == subject_.partition.partition;
}

bool Chain::is_followed(Offset first, Offset last) const {
  return std::any_of(offsets_.begin(), offsets_.end(),
                     [&](Offset offset) { return first <= offset && offset <= last; });
}

// The last append of each offset before the symptom, unless the log had been cut in between and the
// offset given out again after what the finding is about: then the one before counts as well.
void Chain::find_appends() {
  std::string path;
  std::vector<Appended> all;
  for (uint64_t index = 0; index <= symptom_; ++index) {
    if (const auto file = events_.as<LogFile>(index)) {
      if (is_of_subject(file->topic, file->partition)) path = file->path;
    } else if (auto appended = events_.as<LogAppended>(index)) {
      if (!is_of_subject(appended->topic, appended->partition)) continue;
      log_node_ = events_.header(index).node;
      if (!is_followed(appended->batch.base_offset, appended->batch.last_offset)) continue;
      all.push_back({index, log_node_, path, std::move(*appended)});
    }
  }
  constexpr size_t kAppendsMax = 3;
  const size_t count = std::min(all.size(), std::max(kAppendsMax, offsets_.size()));
  appends_.assign(all.end() - static_cast<std::ptrdiff_t>(count), all.end());
  begin_ = appends_.empty() ? 0 : appends_.front().index;
}

// Which sends were told these offsets after the appends, or led to them by the events' causes.
void Chain::find_sends() {
  for (const Appended& appended : appends_) {
    for (const uint64_t index : events_.causes_of(appended.index, 4)) {
      if (events_.as<server::RequestReceived>(index)) requests_.insert(index);
      const auto send = events_.as<SendInvoked>(index);
      if (!send || !is_of_subject(send->topic, send->partition)) continue;
      sends_.try_emplace({events_.header(index).node, send->send_id}, index);
      break;
    }
  }
  std::set<std::pair<int32_t, int64_t>> acked;
  for (uint64_t index = begin_; index <= symptom_; ++index) {
    const auto ack = events_.as<SendAcked>(index);
    if (ack && is_followed(ack->offset, ack->offset))
      acked.insert({events_.header(index).node, ack->send_id});
  }
  std::map<std::pair<int32_t, int64_t>, uint64_t> acked_sends;
  for (uint64_t index = 0; index <= symptom_ && !acked.empty(); ++index) {
    const auto send = events_.as<SendInvoked>(index);
    if (!send || !is_of_subject(send->topic, send->partition)) continue;
    const std::pair key{events_.header(index).node, send->send_id};
    if (acked.contains(key)) acked_sends[key] = index;
  }
  if (!acked_sends.empty()) sends_ = std::move(acked_sends);
  for (const auto& [key, index] : sends_) begin_ = std::min(begin_, index);
}

// Faults from before the story begins that failures in it name.
void Chain::tell_older_faults() {
  std::set<uint64_t> named;
  for (uint64_t index = begin_; index <= symptom_; ++index)
    if (const auto failed = events_.as<sim::DiskFailed>(index)) named.insert(failed->fault);
  for (uint64_t index = 0; index < begin_ && !named.empty(); ++index) {
    const auto fault = events_.as<FaultInjected>(index);
    if (!fault || !named.contains(fault->fault)) continue;
    if (std::optional<Words> words = tell_machine(index)) add(index, std::move(*words));
  }
}

std::optional<Chain::Words> Chain::tell(uint64_t index) {
  std::optional<Words> words = tell_log(index);
  if (!words) words = tell_log_change(index);
  if (!words) words = tell_send(index);
  if (!words) words = tell_reader(index);
  if (!words) words = tell_machine(index);
  if (!words) words = tell_disk(index);
  if (!words) words = tell_broker(index);
  return words;
}

std::optional<Chain::Words> Chain::tell_log(uint64_t index) {
  if (const auto appended = events_.as<LogAppended>(index)) {
    if (!is_of_subject(appended->topic, appended->partition)) return std::nullopt;
    const Batch& batch = appended->batch;
    const bool was_there = batch.base_offset < log_end_;
    log_end_ = batch.last_offset + 1;
    const auto known = std::find_if(appends_.begin(), appends_.end(),
                                    [&](const Appended& each) { return each.index == index; });
    if (known == appends_.end()) return std::nullopt;
    is_told_flushed_ = false;
    const bool is_again =
        known != appends_.begin() && (known - 1)->event.batch.base_offset == batch.base_offset;
    const std::string offsets =
        batch.base_offset == batch.last_offset
            ? fmt::format("offset {}", batch.base_offset)
            : fmt::format("offsets {}..{}", batch.base_offset, batch.last_offset);
    return Words{name(index),
                 fmt::format("{} {}: {} bytes into the page cache",
                             is_again || was_there ? "gives out again" : "appends at", offsets,
                             with_commas(appended->bytes)),
                 kVital};
  }
  if (const auto flushed = events_.as<LogFlushed>(index)) {
    if (!is_of_subject(flushed->topic, flushed->partition)) return std::nullopt;
    const bool covers = std::any_of(appends_.begin(), appends_.end(), [&](const Appended& each) {
      return each.index < index && each.event.batch.last_offset < flushed->end_offset;
    });
    if (!covers || (is_told_flushed_ && index != symptom_)) return std::nullopt;
    is_told_flushed_ = true;
    return Words{name(index), fmt::format("calls all below offset {} durable", flushed->end_offset),
                 kDetail};
  }
  return std::nullopt;
}

std::optional<Chain::Words> Chain::tell_log_change(uint64_t index) {
  if (const auto recovered = events_.as<LogRecovered>(index)) {
    if (!is_of_subject(recovered->topic, recovered->partition)) return std::nullopt;
    const bool is_shorter = recovered->end_offset < log_end_;
    std::string how = recovered->was_clean
                          ? "calls the last stop clean, scans nothing"
                          : fmt::format("reads back {} batches", recovered->scanned.size());
    how += is_shorter ? fmt::format("; the log ends at {}, not {}", recovered->end_offset, log_end_)
                      : fmt::format("; the log ends at {}", recovered->end_offset);
    log_end_ = recovered->end_offset;
    is_told_flushed_ = false;
    return Words{name(index), "recovers: " + how, is_shorter ? kVital : kTelling};
  }
  if (const auto cut = events_.as<LogTruncated>(index)) {
    if (!is_of_subject(cut->topic, cut->partition)) return std::nullopt;
    log_end_ = std::min(log_end_, cut->end_offset);
    return Words{name(index),
                 fmt::format("cuts the log at offset {}: {}", cut->end_offset, cut->reason),
                 kTelling};
  }
  if (const auto moved = events_.as<LogStartMoved>(index)) {
    if (!is_of_subject(moved->topic, moved->partition)) return std::nullopt;
    const bool takes_it = std::any_of(offsets_.begin(), offsets_.end(),
                                      [&](Offset offset) { return offset < moved->start_offset; });
    return Words{
        name(index),
        fmt::format("deletes everything below offset {}: {}", moved->start_offset, moved->reason),
        takes_it ? kVital : kDetail};
  }
  if (const auto fenced = events_.as<LogFenced>(index)) {
    if (!is_of_subject(fenced->topic, fenced->partition)) return std::nullopt;
    return Words{name(index), "takes no more writes: " + fenced->reason, kTelling};
  }
  return std::nullopt;
}

std::optional<Chain::Words> Chain::tell_send(uint64_t index) {
  const int32_t node = events_.header(index).node;
  if (const auto sent = events_.as<SendInvoked>(index)) {
    const auto known = sends_.find({node, sent->send_id});
    if (known == sends_.end() || known->second != index) return std::nullopt;
    return Words{
        name(index),
        fmt::format("sends record {} to {} ({}{})", sent->send_id, subject_.partition.to_string(),
                    acks_text(sent->acks), sent->is_idempotent ? ", idempotent" : ""),
        kTelling};
  }
  if (const auto acked = events_.as<BrokerAcked>(index)) {
    if (!is_of_subject(acked->topic, acked->partition)) return std::nullopt;
    if (!is_followed(acked->base_offset, acked->last_offset)) return std::nullopt;
    return Words{
        name(index),
        fmt::format("acks offset {}{}", acked->last_offset,
                    acked->is_duplicate
                        ? " again: it knows the batch"
                        : (acked->promises_flush ? ", which promises that it is on the platter"
                                                 : ", which promises no fsync")),
        kVital};
  }
  if (const auto acked = events_.as<SendAcked>(index)) {
    if (!sends_.contains({node, acked->send_id})) return std::nullopt;
    return Words{
        name(index),
        fmt::format("hears that record {} is in, at offset {}", acked->send_id, acked->offset),
        kDetail};
  }
  const auto failed = events_.as<SendFailed>(index);
  const auto unknown = failed ? std::nullopt : events_.as<SendUnknown>(index);
  if (!failed && !unknown) return std::nullopt;
  const int64_t send_id = failed ? failed->send_id : unknown->send_id;
  if (!sends_.contains({node, send_id})) return std::nullopt;
  return Words{name(index),
               fmt::format("gives record {} up{}: {}", send_id, failed ? "" : " in doubt",
                           failed ? failed->error : unknown->error),
               kTelling};
}

std::optional<Chain::Words> Chain::tell_reader(uint64_t index) {
  const EventHeader header = events_.header(index);
  if (const auto polled = events_.as<Polled>(index)) {
    if (!is_of_subject(polled->topic, polled->partition)) return std::nullopt;
    for (const PolledRecord& record : polled->records) {
      if (!is_followed(record.offset, record.offset)) continue;
      int& told = reads_[static_cast<uint64_t>(header.node) << 32 | header.entity];
      if (++told > 2 && index != symptom_) return std::nullopt;
      return Words{name(index), fmt::format("reads offset {}", record.offset), kDetail};
    }
    return std::nullopt;
  }
  if (const auto reset = events_.as<PositionReset>(index)) {
    if (!is_of_subject(reset->topic, reset->partition)) return std::nullopt;
    return Words{name(index), fmt::format("goes on at offset {}: {}", reset->offset, reset->reason),
                 kAside};
  }
  if (const auto read = events_.as<ReadThrough>(index)) {
    if (!is_of_subject(read->topic, read->partition)) return std::nullopt;
    return Words{
        name(index),
        fmt::format("has read all of it, offsets {}..{}", read->start_offset, read->end_offset - 1),
        kDetail};
  }
  return std::nullopt;
}

std::optional<Chain::Words> Chain::tell_machine(uint64_t index) {
  const EventHeader header = events_.header(index);
  if (const auto fault = events_.as<FaultInjected>(index)) {
    if (fault->what == "power_loss" || fault->what == "kill") return std::nullopt;  // it crashes
    std::string what = fmt::format("{} on {}", fault->what, name(index));
    if (!fault->detail.empty()) what += ", files " + fault->detail;
    return Words{"fault", std::move(what), kTelling};
  }
  if (const auto crash = events_.as<NodeCrashed>(index)) {
    const bool is_power = crash->how == "power_loss";
    if (header.node == log_node_) {
      is_down_ = true;
      is_told_flushed_ = false;
    }
    return Words{"fault",
                 fmt::format("{} of {}{}", is_power ? "power loss" : "kill", crash->name,
                             is_power ? "" : "; its page cache stays"),
                 header.node == log_node_ ? kTelling : kDetail};
  }
  if (const auto started = events_.as<NodeStarted>(index)) {
    if (header.node == log_node_) is_down_ = false;
    return Words{started->name, "starts", kAside};
  }
  if (const auto stopped = events_.as<NodeStopped>(index))
    return Words{stopped->name, "ends by itself", kDetail};
  return std::nullopt;
}

std::optional<Chain::Words> Chain::tell_disk(uint64_t index) {
  const EventHeader header = events_.header(index);
  const auto hits = [&](const std::string& path, int64_t offset, int64_t length) {
    return std::any_of(appends_.begin(), appends_.end(), [&](const Appended& each) {
      return each.index < index && each.path == path &&
             overlaps(each.event.position, each.event.bytes, offset, length);
    });
  };
  if (const auto lost = events_.as<DiskLost>(index)) {
    if (header.node != log_node_) return std::nullopt;
    const bool is_hit = hits(lost->path, lost->offset, lost->length);
    if (is_hit && (!moment_ || !is_down_)) moment_ = index;
    if (!is_hit && lost->why != "sync_error") return std::nullopt;
    return Words{
        "disk " + name(index),
        fmt::format("{} {} bytes at {} of {}", lost->why == "sync_error" ? "drops" : "never got",
                    with_commas(lost->length), with_commas(lost->offset), file_text(lost->path)),
        is_hit ? kVital : kDetail};
  }
  if (const auto damaged = events_.as<DiskDamaged>(index)) {
    const bool is_hit =
        header.node == log_node_ && hits(damaged->path, damaged->offset, damaged->length);
    if (is_hit && !moment_) moment_ = index;
    return Words{"disk " + name(index),
                 fmt::format("{}: {} bytes at {} of {}", damaged->why, with_commas(damaged->length),
                             with_commas(damaged->offset), file_text(damaged->path)),
                 is_hit ? kVital : kDetail};
  }
  if (const auto failed = events_.as<sim::DiskFailed>(index))
    return Words{"disk " + name(index), fmt::format("{} fails: {}", failed->action, failed->error),
                 kTelling};
  if (const auto lost = events_.as<sim::DiskNameLost>(index)) {
    const bool is_hit = std::any_of(appends_.begin(), appends_.end(), [&](const Appended& each) {
      return each.index < index && each.path == lost->path;
    });
    if (!is_hit || header.node != log_node_) return std::nullopt;
    moment_ = index;
    return Words{"disk " + name(index),
                 "never got the name " + file_text(lost->path) + ": nobody had synced it", kVital};
  }
  return std::nullopt;
}

std::optional<Chain::Words> Chain::tell_broker(uint64_t index) {
  if (const auto lost = events_.as<sim::NetConnectionLost>(index)) {
    const int32_t node = events_.header(index).node;
    const bool is_sender = std::any_of(sends_.begin(), sends_.end(),
                                       [&](const auto& send) { return send.first.first == node; });
    if (!is_sender) return std::nullopt;
    return Words{name(index), "loses its connection: " + lost->reason, kDetail};
  }
  if (const auto request = events_.as<server::RequestReceived>(index)) {
    if (!requests_.contains(index)) return std::nullopt;
    return Words{name(index),
                 fmt::format("gets {} {} of {} with it", request->api, request->correlation_id,
                             request->client_id),
                 kAside};
  }
  if (const auto refused = events_.as<server::RequestRefused>(index)) {
    if (!is_of_subject(refused->topic, refused->partition)) return std::nullopt;
    return Words{name(index), fmt::format("refuses {}: {}", refused->api, refused->error), kDetail};
  }
  if (const auto stopped = events_.as<server::BrokerStopped>(index))
    return Words{name(index), fmt::format("stops: {}", stopped->reason), kTelling};
  if (const auto failed = events_.as<server::LogDirFailed>(index))
    return Words{name(index), "gives its log directory up: " + failed->reason, kTelling};
  return std::nullopt;
}

void Chain::add(uint64_t index, Words words) {
  const EventHeader header = events_.header(index);
  Step step{.index = index, .id = header.id, .time_ns = header.time_ns};
  step.who = std::move(words.who);
  step.what = std::move(words.what);
  step.is_symptom = index == symptom_;
  step.weight = step.is_symptom ? 0 : words.weight;
  steps_.push_back(std::move(step));
}

// The last thing that a program did - not a machine, and not the symptom itself unless nothing else
// did anything - before the bytes were lost, or before the symptom.
void Chain::mark_decision() {
  Step* decision = nullptr;
  for (Step& step : steps_) {
    const EventHeader header = events_.header(step.index);
    const bool is_ack = header.kind == BrokerAcked::kType.id;
    const bool is_append = header.kind == LogAppended::kType.id;
    const bool is_claim = header.kind == LogFlushed::kType.id ||
                          header.kind == LogStartMoved::kType.id ||
                          header.kind == LogTruncated::kType.id;
    const bool is_recovery = header.kind == LogRecovered::kType.id;
    if (!is_ack && !is_append && !is_claim && !is_recovery) continue;
    // What was promised before the loss decides, not what is made of the rest.
    const bool is_after_loss = moment_ && step.index > *moment_;
    if (is_after_loss && decision != nullptr &&
        events_.header(decision->index).kind == BrokerAcked::kType.id && !is_claim)
      continue;
    // An ack says what the append before it did.
    if (!moment_ && is_ack && decision != nullptr && appends_.size() > 1) continue;
    decision = &step;
  }
  if (decision == nullptr) return;
  decision->is_decision = true;
  decision->weight = 0;
}

}  // namespace faultline::why
