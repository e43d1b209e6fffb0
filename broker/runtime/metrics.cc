// SPDX-License-Identifier: Apache-2.0
// Counting and telling.
#include "broker/runtime/metrics.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "broker/env/deadline.h"

namespace faultline {
namespace {

constexpr int kConnectionsMax = 16;
constexpr size_t kRequestBytesMax = 8 * 1024;
constexpr Duration kRequestTime = seconds(10);

class Page {
 public:
  void counter(std::string_view name, std::string_view help, double value) {
    add(name, help, "counter", value);
  }
  void gauge(std::string_view name, std::string_view help, double value) {
    add(name, help, "gauge", value);
  }
  std::string take() && { return std::move(text_); }

 private:
  void add(std::string_view name, std::string_view help, std::string_view type, double value) {
    text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type, value);
  }
  std::string text_;
};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  int64_t size = 0;
  int64_t resident = 0;
  file >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator i("/proc/self/fd", error), end; !error && i != end;
       i.increment(error))
    ++count;
  return count;
}

void add_process(Page& page) {
  page.counter("process_cpu_seconds_total", "Processor time, user and system.", cpu_seconds());
  page.gauge("process_resident_memory_bytes", "Resident memory.", resident_bytes());
  page.gauge("process_open_fds", "Open descriptors.", open_descriptors());
}

void add_network(Page& page, const NetworkCounters& counters) {
  const auto as = [](int64_t value) { return static_cast<double>(value); };
  page.gauge("faultline_connections", "Open connections.", as(counters.open));
  page.counter("faultline_connections_accepted_total", "Connections ever accepted.",
               as(counters.accepted));
  page.counter("faultline_connections_refused_total",
               "Connections closed at once for want of descriptors.", as(counters.refused));
  page.counter("faultline_received_bytes_total", "Bytes from clients.",
               as(counters.received_bytes));
  page.counter("faultline_sent_bytes_total", "Bytes to clients.", as(counters.sent_bytes));
}

void add_disk(Page& page, const DiskCounters& counters) {
  const auto as = [](int64_t value) { return static_cast<double>(value); };
  page.counter("faultline_disk_reads_total", "Reads of files.", as(counters.reads));
  page.counter("faultline_disk_read_bytes_total", "Bytes read from the page cache at once.",
               as(counters.read_bytes));
  page.counter("faultline_disk_read_misses_total", "Reads that had to wait for the device.",
               as(counters.read_misses));
  page.counter("faultline_disk_writes_total", "Writes to files.", as(counters.writes));
  page.counter("faultline_disk_written_bytes_total", "Bytes written.", as(counters.written_bytes));
  page.counter("faultline_disk_syncs_total", "Calls of fsync on files.", as(counters.syncs));
}

void add_log(Page& page, const MetricsSources& sources) {
  const auto as = [](int64_t value) { return static_cast<double>(value); };
  const LogCounters& log = sources.probe.counters();
  page.counter("faultline_requests_total", "Requests of clients.",
               as(sources.real.cpu().done(Work::kRequest)));
  page.counter("faultline_log_appended_batches_total", "Batches appended.", as(log.batches));
  page.counter("faultline_log_appended_records_total", "Offsets given to appended batches.",
               as(log.records));
  page.counter("faultline_log_appended_bytes_total", "Bytes of appended batches.", as(log.bytes));
  page.counter("faultline_log_flushes_total", "Flushes of partitions that succeeded.",
               as(log.flushes));
  page.counter("faultline_log_reads_total", "Reads of partitions.",
               as(sources.real.cpu().done(Work::kLogRead)));
}

}  // namespace

std::string metrics_text(const MetricsSources& sources) {
  Page page;
  add_process(page);
  add_network(page, sources.real.network().counters());
  add_disk(page, sources.real.disk().counters());
  add_log(page, sources);
  page.gauge("faultline_disk_free_bytes", "Free bytes of the log directory's file system.",
             static_cast<double>(sources.real.env().disk.free_bytes()));
  return std::move(page).take();
}

Result<Endpoint> MetricsServer::start(const Endpoint& at) {
  TRY_ASSIGN(listener_, sources_.real.network().listen(at));
  scope_.spawn(accept_all());
  return listener_->local();
}

Task<Result<void>> MetricsServer::stop() {
  scope_.cancel();
  CO_TRY(co_await scope_.join());
  listener_.reset();
  co_return Result<void>{};
}

Task<void> MetricsServer::accept_all() {
  while (true) {
    Result<std::unique_ptr<Stream>> stream = co_await listener_->accept();
    if (!stream) co_return;
    if (open_ >= kConnectionsMax) continue;
    ++open_;
    scope_.spawn(serve(std::move(*stream)));
  }
}

Task<void> MetricsServer::serve(std::unique_ptr<Stream> stream) {
  Env& env = sources_.real.env();
  const Instant deadline = env.clock.now() + kRequestTime;
  Task<Result<bool>> reading = read_request(stream.get());
  const Result<bool> has_asked =
      co_await with_deadline(env.executor, env.timers, deadline, std::move(reading));
  if (has_asked && *has_asked) {
    const std::string body = metrics_text(sources_);
    const std::string head = fmt::format(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\n"
        "Connection: close\r\n\r\n",
        body.size());
    Slices bytes;
    bytes.push_back(Slice::copy_of(head));
    bytes.push_back(Slice::copy_of(body));
    const Result<void> written = co_await stream->write(std::move(bytes));
    (void)written;  // whoever asked has gone
  }
  --open_;
}

Task<Result<bool>> MetricsServer::read_request(Stream* stream) {
  std::string request;
  while (request.find("\r\n\r\n") == request.npos) {
    if (request.size() > kRequestBytesMax) co_return false;
    CO_TRY_ASSIGN(const Slice bytes, co_await stream->read(kRequestBytesMax));
    if (bytes.empty()) co_return false;
    request += bytes.text();
  }
  co_return true;
}

}  // namespace faultline
