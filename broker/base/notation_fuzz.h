// SPDX-License-Identifier: Apache-2.0
// Random messages that are legal in a version: fields outside it keep their defaults, null appears
// only where it may. Sizes are mostly small, now and then past a length's encoding border; numbers
// favour their limits.
#pragma once

#include "broker/base/notation.h"
#include "broker/base/notation_visitor.h"
#include "broker/base/prng.h"

namespace faultline {

class FuzzVisitor final : public FieldVisitor {
 public:
  FuzzVisitor(int version, Draws& draws) : FieldVisitor(version), draws_(draws) {}

  void begin_struct() override { ++depth_; }
  void end_struct() override { --depth_; }
  void enter(const FieldInfo& field) override { keep_ = field.tag >= 0 && draws_.chance({1, 2}); }
  void leave() override { keep_ = false; }
  bool present(bool is_present, bool null_is_legal) override;
  size_t begin_array(size_t count) override;
  void end_array() override {}
  void number(const NumberInfo& info, int64_t& value) override;
  void boolean(bool& value) override;
  void real(double& value) override;
  void text(std::string& value) override;
  void bytes(Slice& value) override;
  void uuid(Uuid& value) override;

 private:
  size_t length();

  Draws& draws_;
  int depth_ = 0;
  bool keep_ = false;  // leaves a tagged field at its default, which is not written
};

template <class M>
M random_message(int version, Draws& draws) {
  M message;
  FuzzVisitor fuzz(version, draws);
  Codec<M>::visit(message, fuzz);
  return message;
}

}  // namespace faultline
