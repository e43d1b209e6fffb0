// SPDX-License-Identifier: Apache-2.0
// StateCodec: the states of a model as bytes, and the least of a state's permutations.
#pragma once

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "model/explore/model.h"

namespace faultline::model {

template <Model M>
class StateCodec {
 public:
  using State = typename M::State;

  // `model` outlives the codec.
  StateCodec(const M& model, std::vector<Permutation> permutations)
      : model_(model), permutations_(std::move(permutations)) {}

  bool has_symmetry() const { return !permutations_.empty(); }

  // Returns the size; `out` has room for kStateBytesMax.
  size_t pack(const State& state, uint8_t* out) const {
    if constexpr (PacksItself<M>) {
      Packer packer(out);
      model_.pack(state, packer);
      return packer.finish();
    } else {
      static_assert(std::has_unique_object_representations_v<State>,
                    "a State with padding or pointers needs pack() and unpack()");
      static_assert(sizeof(State) <= kStateBytesMax);
      std::memcpy(out, &state, sizeof(State));
      return sizeof(State);
    }
  }

  void unpack(Bytes packed, State& out) const {
    if constexpr (PacksItself<M>) {
      Unpacker unpacker(packed);
      model_.unpack(unpacker, out);
      ASSERT(unpacker.is_at_end());
    } else {
      ASSERT_OP(packed.size(), ==, sizeof(State));
      std::memcpy(&out, packed.data(), sizeof(State));
    }
  }

  // Not inlined: its registers would be saved for states without symmetry too.
  [[gnu::noinline]] size_t pack_least(const State& state, uint8_t* out) {
    size_t least = pack(state, out);
    if constexpr (HasSymmetry<M>) {
      for (size_t i = 1; i < permutations_.size(); ++i) {
        const size_t size = pack(model_.permuted(state, permutations_[i]), trial_.data());
        const int order = std::memcmp(trial_.data(), out, std::min(size, least));
        if (order > 0 || (order == 0 && size >= least)) continue;
        std::memcpy(out, trial_.data(), size);
        least = size;
      }
    }
    return least;
  }

 private:
  const M& model_;
  std::vector<Permutation> permutations_;  // the identity first; empty: no symmetry
  std::vector<uint8_t> trial_ = std::vector<uint8_t>(kStateBytesMax);
};

}  // namespace faultline::model
