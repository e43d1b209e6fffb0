// SPDX-License-Identifier: Apache-2.0
// Space: a model with its type taken away, so that the searches are compiled once and see bytes
// only. make_space() in space_of.h turns a Model into one; nobody else need implement it (a test
// may, to plant a fault). A Space is immutable; each thread works through its own Expander.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "model/explore/model.h"

namespace faultline::model {

struct SpaceInfo {
  std::vector<ActionInfo> actions;
  std::vector<std::string> invariants;
  std::vector<std::string> action_properties;
  struct LivenessInfo {
    std::string name;
    bool is_leads_to = false;  // else eventually
  };
  std::vector<LivenessInfo> liveness;
  std::vector<Fairness> fairness;
  std::vector<SymmetricSet> symmetry;  // empty: none declared
  bool has_independence = false;
  bool checks_deadlock = false;
};

// What one state leads to. Reused from state to state.
struct Expansion {
  struct Item {
    Step step;
    uint32_t begin = 0;  // in `bytes`
    uint32_t size = 0;
    int32_t violated = -1;  // index of the first action property that the step breaks
    int8_t process = 0;     // where independence is declared
    bool is_local = false;
  };
  std::vector<Item> items;
  std::vector<uint8_t> bytes;  // the successors, packed; it is longer than what is in use
  size_t used = 0;             // of `bytes`
  uint64_t cut = 0;            // successors that the constraint dropped
  int32_t violated = -1;       // index of the first invariant that is false in the state itself
  bool is_deadlock = false;    // it has no successors, cut ones included, and may not end

  // Where the next state can be packed.
  uint8_t* room() {
    if (bytes.size() < used + kStateBytesMax) bytes.resize(2 * (used + kStateBytesMax));
    return bytes.data() + used;
  }
  Bytes packed(const Item& item) const { return Bytes(bytes).subspan(item.begin, item.size); }
  void clear() {
    items.clear();
    used = 0;
    cut = 0;
    violated = -1;
    is_deadlock = false;
  }
};

struct ExpanderOptions {
  bool symmetry = false;      // successors are the least of their permutations, byte by byte
  bool independence = false;  // fill in process and is_local
};

class Expander {
 public:
  virtual ~Expander() = default;
  virtual void initial(Expansion& out) = 0;
  virtual void expand(Bytes state, Expansion& out) = 0;
  // The least of the state's permutations; the state itself where there is no symmetry.
  virtual void canonical(Bytes state, std::vector<uint8_t>& out) = 0;
  virtual Fields describe(Bytes state) = 0;
  // Whether `from` or `to` of a liveness property is true; an absent `from` is.
  virtual bool liveness_from(Bytes state, size_t property) = 0;
  virtual bool liveness_to(Bytes state, size_t property) = 0;
  virtual std::string step_text(const Step& step) = 0;
  virtual int node(const Step& step) = 0;
  virtual std::string node_name(int node) = 0;
};

class Space {
 public:
  virtual ~Space() = default;
  virtual const SpaceInfo& info() const = 0;
  virtual std::unique_ptr<Expander> expander(const ExpanderOptions& options) const = 0;
};

// "BecomeLeader(replica 1, epoch 2)".
std::string default_step_text(const std::vector<ActionInfo>& actions, const Step& step);

// Every combination of one permutation of each set, the identity first.
std::vector<Permutation> all_permutations(const std::vector<SymmetricSet>& sets);

}  // namespace faultline::model
