// SPDX-License-Identifier: Apache-2.0
// Goal: what is read to be sent is the file itself where that is cheaper, arrives like any other
// bytes, and a file that is cut meanwhile ends the connection, not the process. Method: real files
// and loopback sockets; what arrives is compared with what lies in the file.
#include "broker/runtime/file_window.h"

#include <csignal>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "broker/runtime/cached_pages.h"
#include "broker/runtime/posix_disk.h"
#include "broker/runtime/real_env.h"

namespace faultline {
namespace {

constexpr size_t kFileBytes = 3 << 20;

class NullProbe final : public Probe {
 public:
  EventId emit(const EventType&, uint64_t, const EventPayload&) override { return 1; }
  bool wants_details() const override { return false; }
};

std::string pattern_of(size_t size) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 2654435761U) >> 13);
  return text;
}

Task<Result<std::unique_ptr<File>>> open_task(Env* env, std::string path) {
  co_return co_await env->disk.open(path, OpenMode::kReadWrite);
}
Task<Result<Slice>> read_to_send(File* file, uint64_t offset, size_t length) {
  co_return co_await file->read_to_send(offset, length);
}
Task<Result<void>> write_task(File* file, uint64_t offset, Slices bytes) {
  co_return co_await file->write_at(offset, std::move(bytes));
}
Task<Result<void>> truncate_task(File* file, uint64_t size) {
  co_return co_await file->truncate(size);
}

Task<Result<void>> serve(Listener* listener, Slices bytes) {
  CO_TRY_ASSIGN(const std::unique_ptr<Stream> stream, co_await listener->accept());
  co_return co_await stream->write(std::move(bytes));
}

Task<void> receive(Network* network, Endpoint from, std::string* received, bool* has_ended) {
  Result<std::unique_ptr<Stream>> stream = co_await network->connect(from);
  while (stream) {
    const Result<Slice> bytes = co_await (*stream)->read(100'000);
    if (!bytes || bytes->empty()) break;
    received->append(bytes->text());
  }
  *has_ended = true;
}

Task<void> hang_up(Network* network, Endpoint from) {
  const Result<std::unique_ptr<Stream>> stream = co_await network->connect(from);
  EXPECT_TRUE(stream.has_value());
}

class FileWindowTest : public ::testing::Test {
 protected:
  FileWindowTest() : content_(pattern_of(kFileBytes)) {
    ::signal(SIGPIPE, SIG_IGN);  // as every process that serves
    std::string pattern = ::testing::TempDir() + "file_window_XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    std::ofstream(root_ / "file", std::ios::binary) << content_;
    RealEnvOptions options;
    options.disk_root = root_;
    real_ = std::move(*RealEnv::create(options, probe_));
    file_ = std::move(*run(open_task(&env(), "file")));
  }
  ~FileWindowTest() override { std::filesystem::remove_all(root_); }

  Env& env() { return real_->env(); }
  template <class T>
  T run(Task<T> task) {
    return real_->loop().run(std::move(task));
  }
  Slice read(uint64_t offset, size_t length) {
    return run(read_to_send(file_.get(), offset, length)).value();
  }
  // What a client gets of these, and what the server is told.
  Result<void> send(Slices bytes, std::string* received) {
    const auto listener = std::move(*env().network.listen({"127.0.0.1", 0}));
    bool has_ended = false;
    Scope scope(env().executor);
    scope.spawn(receive(&env().network, listener->local(), received, &has_ended));
    Result<void> result = run(serve(listener.get(), std::move(bytes)));
    real_->loop().run_until(has_ended);
    return result;
  }

  const std::string content_;
  std::filesystem::path root_;
  NullProbe probe_;
  std::unique_ptr<RealEnv> real_;
  std::unique_ptr<File> file_;
};

TEST_F(FileWindowTest, a_large_read_to_be_sent_is_the_file_itself) {
  const Slice bytes = read(1'000'001, 1'000'000);
  ASSERT_NE(FileWindow::of(bytes), nullptr);
  EXPECT_EQ(bytes.text(), content_.substr(1'000'001, 1'000'000));
  EXPECT_EQ(FileWindow::of(bytes)->offset_of(bytes.data() + 5), 1'000'006);
  EXPECT_EQ(FileWindow::of(bytes.subslice(70'000, 10)), FileWindow::of(bytes));
}

TEST_F(FileWindowTest, a_read_past_the_end_is_as_short_as_any_other) {
  const Slice tail = read(kFileBytes - 100'000, 1 << 20);
  EXPECT_NE(FileWindow::of(tail), nullptr);
  EXPECT_EQ(tail.text(), content_.substr(kFileBytes - 100'000));
  const Slice shorter = read(kFileBytes - 10, 1 << 20);
  EXPECT_EQ(FileWindow::of(shorter), nullptr);
  EXPECT_EQ(shorter.text(), content_.substr(kFileBytes - 10));
  EXPECT_TRUE(read(kFileBytes, 1 << 20).empty());
  EXPECT_TRUE(read(UINT64_MAX, 1 << 20).empty());
}

TEST_F(FileWindowTest, a_short_read_is_a_copy) {
  EXPECT_EQ(FileWindow::of(read(0, FileWindow::kBytesMin - 1)), nullptr);
  EXPECT_EQ(FileWindow::of(Slice()), nullptr);
  EXPECT_EQ(FileWindow::of(Slice::of_static("text")), nullptr);
}

TEST_F(FileWindowTest, it_outlives_the_file_object_and_the_name) {
  const Slice bytes = read(0, kFileBytes);
  file_.reset();
  std::filesystem::remove(root_ / "file");
  EXPECT_EQ(bytes.text(), content_);
  std::string received;
  EXPECT_TRUE(send({bytes}, &received).has_value());
  EXPECT_EQ(received, content_);
}

TEST_F(FileWindowTest, what_the_page_cache_does_not_hold_is_read_and_no_window) {
  // A hole at the end, of which no page exists until somebody reads it.
  ASSERT_TRUE(run(truncate_task(file_.get(), 2 * kFileBytes)).has_value());
  const Slice bytes = read(kFileBytes - 10, kFileBytes);
  EXPECT_EQ(FileWindow::of(bytes), nullptr);
  EXPECT_EQ(bytes.text(), content_.substr(kFileBytes - 10) + std::string(kFileBytes - 10, '\0'));
}

TEST_F(FileWindowTest, both_calls_tell_what_the_page_cache_holds) {
  ASSERT_TRUE(run(truncate_task(file_.get(), 2 * kFileBytes)).has_value());
  const OpenedFile opened(FileDescriptor(::open((root_ / "file").c_str(), O_RDONLY)), "file");
  const auto is_cached = [&](uint64_t offset, size_t length) {
    const bool is_so = posix::is_cached_by_mincore(opened.map(offset + length), offset, length);
    const auto other = posix::is_cached_by_cachestat(opened.number(), offset, length);
    EXPECT_EQ(other.value_or(is_so), is_so) << offset << " +" << length;
    return is_so;
  };
  EXPECT_TRUE(is_cached(0, kFileBytes));
  EXPECT_TRUE(is_cached(5'000, 100'001));
  EXPECT_FALSE(is_cached(kFileBytes + 1, 100'000));
  EXPECT_FALSE(is_cached(kFileBytes - 1, 2)) << "the page behind is not";
}

TEST_F(FileWindowTest, a_mapping_grows_with_its_file) {
  const Slice early = read(0, kFileBytes);
  constexpr uint64_t kFar = 80 << 20;  // more than is mapped at once
  ASSERT_TRUE(run(truncate_task(file_.get(), kFar)).has_value());
  const Slice head = Slice::copy_of(content_);
  ASSERT_TRUE(run(write_task(file_.get(), kFar, {head})).has_value());
  const Slice late = read(kFar, kFileBytes);
  ASSERT_NE(FileWindow::of(late), nullptr);
  EXPECT_EQ(FileWindow::of(late)->offset_of(late.data()), kFar);
  EXPECT_TRUE(late.text() == content_);
  EXPECT_TRUE(early.text() == content_);
}

TEST_F(FileWindowTest, windows_and_other_bytes_arrive_in_order) {
  const Slice window = read(4'097, 2'000'000);
  ASSERT_NE(FileWindow::of(window), nullptr);
  const Slices bytes = {
      Slice::copy_of("head"), window.subslice(3, 1'500'000), Slice(), Slice::copy_of("between"),
      Slice::copy_of("both"), window.subslice(0, 7),         window,  Slice::copy_of("tail")};
  std::string expected;
  for (const Slice& slice : bytes) expected += slice.text();
  std::string received;
  EXPECT_TRUE(send(bytes, &received).has_value());
  EXPECT_EQ(received.size(), expected.size());
  EXPECT_TRUE(received == expected);
}

TEST_F(FileWindowTest, a_file_that_was_cut_ends_the_connection) {
  const Slice window = read(0, kFileBytes);
  ASSERT_TRUE(run(truncate_task(file_.get(), 100'000)).has_value());
  std::string received;
  const Result<void> sent = send({Slice::copy_of("head"), window}, &received);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().code, ErrorCode::kConnectionReset);
  EXPECT_EQ(received, "head" + content_.substr(0, 100'000));
}

TEST_F(FileWindowTest, a_client_that_has_gone_ends_nothing_but_its_connection) {
  const Slice window = read(0, kFileBytes);
  const auto listener = std::move(*env().network.listen({"127.0.0.1", 0}));
  Scope scope(env().executor);
  scope.spawn(hang_up(&env().network, listener->local()));
  const Result<void> sent = run(serve(listener.get(), {window, window, window, window}));
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().code, ErrorCode::kConnectionReset);
}

}  // namespace
}  // namespace faultline
