// SPDX-License-Identifier: Apache-2.0
// Goal: a long range that is found by its headers is the one that a list of the batches gives, is
// found without reading records, and never holds a batch that lies under another offset. Method:
// files of drawn batches beside a plain model; flipped bits, and whole logs read in long ranges.
#include "broker/log/segment_range.h"

#include <gtest/gtest.h>

#include "tests/broker/log/storage_fixture.h"

namespace faultline::log {
namespace {

// Counts what is read to be looked at.
class CountingFile final : public File {
 public:
  explicit CountingFile(File& file) : file_(file) {}
  size_t reads = 0;
  uint64_t read_bytes = 0;

  uint64_t size() const override { return file_.size(); }
  void submit(ReadAt& op) override {
    if (!op.is_to_send) {
      ++reads;
      read_bytes += op.length;
    }
    file_.submit(op);
  }
  void submit(WriteAt& op) override { file_.submit(op); }
  void submit(Truncate& op) override { file_.submit(op); }
  void submit(Sync& op) override { file_.submit(op); }

 private:
  File& file_;
};

struct Placed {
  Offset base_offset;
  Offset last_offset;
  uint64_t start;
  uint64_t end;
};

Task<Result<std::unique_ptr<File>>> open_task(Disk* disk) {
  co_return co_await disk->open("file", OpenMode::kCreate);
}
Task<Result<std::optional<FoundRange>>> find(File* file, RangeRequest request) {
  co_return co_await find_by_headers(*file, request);
}

class SegmentRangeTest : public ::testing::Test {
 protected:
  // Puts a batch behind the others, `gap` offsets behind them.
  void put(int records, size_t value_size, Offset gap = 0) {
    const Offset base = end_offset() + gap;
    const Slice batch = join(
        wire::place_batch(make_batch({.records = records, .value_size = value_size}), {base, 0}));
    batches.push_back({base, base + records - 1, content.size(), content.size() + batch.size()});
    content.insert(content.end(), batch.view().begin(), batch.view().end());
  }
  void open() {
    storage.disk.put("file", content);
    real = std::move(*storage.run(open_task(&storage.disk)));
    file = std::make_unique<CountingFile>(*real);
  }
  Offset end_offset() const { return batches.empty() ? 0 : batches.back().last_offset + 1; }
  RangeRequest request(Offset offset, size_t bytes_max) const {
    return {.offset = offset,
            .limit = end_offset(),
            .bytes_max = bytes_max,
            .at_least_one = true,
            .end = content.size(),
            .end_offset = end_offset()};
  }
  std::optional<FoundRange> found(const RangeRequest& request) {
    return storage.run(find(file.get(), request)).value();
  }
  void expect_as_listed(const RangeRequest& request) {
    const auto first = std::ranges::find_if(
        batches, [&](const Placed& batch) { return batch.last_offset >= request.offset; });
    const std::optional<FoundRange> got = found(request);
    ASSERT_EQ(got.has_value(), first != batches.end());
    if (!got) return;
    auto behind = first;
    while (behind != batches.end() && behind->last_offset < request.limit &&
           (behind->end - first->start <= request.bytes_max ||
            (request.at_least_one && behind == first)))
      ++behind;
    const uint64_t end = behind == first ? first->start : std::prev(behind)->end;
    const Bytes expected = Bytes(content).subspan(first->start, end - first->start);
    ASSERT_EQ(got->bytes.size(), expected.size());
    EXPECT_TRUE(std::ranges::equal(got->bytes.view(), expected));
    if (!expected.empty()) {
      EXPECT_EQ(got->next_offset, std::prev(behind)->last_offset + 1);
    }
  }

  Storage storage;
  std::vector<Placed> batches;
  std::vector<uint8_t> content;
  std::unique_ptr<File> real;
  std::unique_ptr<CountingFile> file;
};

TEST_F(SegmentRangeTest, is_what_a_list_of_the_batches_gives) {
  Draws draws(1, 2, 3);
  for (int i = 0; i < 300; ++i) {
    const bool is_large = draws.below(3) == 0;
    put(1 + static_cast<int>(draws.below(5)), draws.below(is_large ? 20'000 : 500));
  }
  open();
  for (int i = 0; i < 2000; ++i) {
    const auto end = static_cast<uint64_t>(end_offset());
    RangeRequest wanted =
        request(static_cast<Offset>(draws.below(end + 1)), draws.below(2 * content.size()));
    wanted.limit = static_cast<Offset>(draws.below(end + 1));
    wanted.at_least_one = draws.below(2) == 0;
    if (draws.below(2) == 0) {
      // As an index has it: some batch at or before the one wanted, known by its last offset.
      const Placed& entry = batches[draws.below(batches.size())];
      if (entry.last_offset > wanted.offset) continue;
      wanted.position = entry.start;
      wanted.entry_offset = entry.last_offset;
    }
    expect_as_listed(wanted);
    if (HasFatalFailure()) FAIL() << "number " << i;
  }
}

TEST_F(SegmentRangeTest, records_of_long_batches_are_not_read) {
  for (int i = 0; i < 20; ++i) put(4, 50'000);
  open();
  expect_as_listed(request(4, content.size() / 2));
  EXPECT_EQ(file->reads, 12u) << "the batch before, ten that are given, the one that is too much";
  EXPECT_EQ(file->read_bytes, file->reads * wire::kBatchHeaderSize);
}

TEST_F(SegmentRangeTest, short_batches_are_read_many_at_once) {
  for (int i = 0; i < 5000; ++i) put(1, 60);
  open();
  expect_as_listed(request(0, content.size()));
  EXPECT_LE(file->reads, 2 + content.size() / (60 << 10));
  EXPECT_LE(file->read_bytes, content.size() * 11 / 10);
}

TEST_F(SegmentRangeTest, a_gap_is_left_to_whoever_reads_the_bytes) {
  for (int i = 0; i < 10; ++i) put(2, 20'000, i == 5 ? 3 : 0);
  open();
  EXPECT_FALSE(found(request(0, content.size())).has_value());
  RangeRequest before = request(0, content.size());
  before.bytes_max = batches[4].end - 1;
  EXPECT_TRUE(found(before).has_value()) << "which it does not reach";
}

TEST_F(SegmentRangeTest, no_header_that_is_wrong_is_believed) {
  for (int i = 0; i < 10; ++i) put(2, 20'000);
  const std::vector<uint8_t> good = content;
  for (const size_t byte : {0u, 4u, 7u, 8u, 9u, 16u}) {  // base offset, length, magic
    content = good;
    content[batches[6].start + byte] ^= 0x41;
    open();
    EXPECT_FALSE(found(request(3, content.size())).has_value()) << "byte " << byte;
  }
  content = good;
  open();
  RangeRequest misled = request(9, content.size());
  misled.position = batches[3].start;
  misled.entry_offset = batches[2].last_offset;
  EXPECT_FALSE(found(misled).has_value()) << "not the batch that the index tells of";
  misled.position += 7;
  EXPECT_FALSE(found(misled).has_value()) << "no batch";
}

TEST_F(SegmentRangeTest, a_log_gives_long_ranges_up_to_the_batch_that_is_rotten) {
  constexpr int kBatches = 60;
  constexpr Offset kRotten = 43;
  LogOptions options = Storage::options();
  storage.make_directory(options.directory);
  const auto log = *storage.run(Log::open(storage.env(), {}, std::move(options)));
  for (int i = 0; i < kBatches; ++i) {
    const auto seed = static_cast<uint64_t>(i);
    Slice batch = make_batch({.value_size = 10'000, .seed = seed});
    ASSERT_TRUE(storage.run(log->append(client_append(std::move(batch)))));
  }
  const auto read = [&](Offset offset) {
    ReadRequest request;
    request.offset = offset;
    request.isolation = Isolation::kLogEnd;
    return storage.run(log->read(request));
  };
  const auto bytes_per_batch = static_cast<size_t>(log->size_bytes()) / kBatches;
  ASSERT_TRUE(read(5));
  EXPECT_EQ(read(5)->next_offset, kBatches);
  EXPECT_EQ(read(5)->batches.size(), (kBatches - 5) * bytes_per_batch);
  storage.disk.flip_bit("data/t-0/00000000000000000000.log", kRotten * bytes_per_batch + 7, 2);
  ASSERT_TRUE(read(5));
  EXPECT_EQ(read(5)->next_offset, kRotten);
  EXPECT_EQ(read(5)->batches.size(), (kRotten - 5) * bytes_per_batch);
  EXPECT_FALSE(read(kRotten));
  EXPECT_EQ(read(kRotten + 2)->next_offset, kBatches) << "of which the index tells";
}

}  // namespace
}  // namespace faultline::log
