// SPDX-License-Identifier: Apache-2.0
// MeddlingDisk: the disk port of a broker that writes something else than it should. What it does
// not change goes through as it is.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "broker/env/env.h"
#include "broker/env/scope.h"

namespace faultline::testing {

// May change the bytes of a write.
using ChangeWrite = std::function<void(const std::string& path, WriteAt& write)>;

class MeddlingFile final : public File {
 public:
  MeddlingFile(std::unique_ptr<File> real, std::string path, const ChangeWrite& change)
      : real_(std::move(real)), path_(std::move(path)), change_(change) {}

  uint64_t size() const override { return real_->size(); }
  void submit(ReadAt& op) override { real_->submit(op); }
  void submit(WriteAt& op) override {
    change_(path_, op);
    real_->submit(op);
  }
  void submit(Truncate& op) override { real_->submit(op); }
  void submit(Sync& op) override { real_->submit(op); }

 private:
  std::unique_ptr<File> real_;
  const std::string path_;
  const ChangeWrite& change_;
};

class MeddlingDisk final : public Disk, private OpOwner {
 public:
  MeddlingDisk(Disk& real, Executor& executor, ChangeWrite change)
      : real_(real), change_(std::move(change)), fibers_(executor) {}

  uint64_t free_bytes() override { return real_.free_bytes(); }
  uint64_t total_bytes() override { return real_.total_bytes(); }
  void submit(OpenFile& op) override {
    op.accept(*this);
    opening_.push_back(&op);
    fibers_.spawn(open(&op, op.path, op.mode));
  }
  void submit(PathOp& op) override { real_.submit(op); }
  void submit(ListDirectory& op) override { real_.submit(op); }

 private:
  Task<void> open(OpenFile* op, std::string path, OpenMode mode) {
    Result<std::unique_ptr<File>> file = co_await real_.open(path, mode);
    if (std::erase(opening_, static_cast<OpBase*>(op)) == 0) co_return;
    if (file) {
      op->complete(std::make_unique<MeddlingFile>(std::move(*file), std::move(path), change_));
    } else {
      op->complete(std::unexpected(file.error()));
    }
  }
  void forget(OpBase& op) noexcept override { std::erase(opening_, &op); }

  Disk& real_;
  const ChangeWrite change_;
  std::vector<OpBase*> opening_;
  Scope fibers_;
};

}  // namespace faultline::testing
