// SPDX-License-Identifier: Apache-2.0
// Start and death of a process.
#include "sim/node/node.h"

#include <utility>

namespace faultline::sim {

Node::Node(Kernel& kernel, const NodeConfig& config)
    : kernel_(kernel),
      config_(config),
      processor_(kernel, config.id.value, config.costs),
      node_clock_(config.clock),
      clock_(processor_, node_clock_),
      timers_(processor_, node_clock_),
      random_(kernel.seed(), config.id.value),
      probe_(processor_) {}

Node::~Node() { kill(); }

void Node::attach(Network& network, Disk& disk) {
  ASSERT(env_ == nullptr);
  env_ = std::make_unique<Env>(
      Env{processor_, clock_, timers_, network, disk, random_, processor_, probe_});
}

void Node::start(const ProgramFactory& make_program) {
  ASSERT(env_ != nullptr);
  if (has_exited_) kill();
  ASSERT(program_ == nullptr);
  processor_.restart();
  random_.restart();
  scope_ = std::make_unique<Scope>(processor_);
  program_ = make_program(*env_);
  scope_->spawn(run_program(this));
}

Task<void> Node::run_program(Node* node) {
  co_await node->program_->run();
  node->has_exited_ = true;
  if (node->on_exit_) node->on_exit_();
}

void Node::kill() {
  scope_.reset();
  program_.reset();
  has_exited_ = false;
  ASSERT_OP(timers_.active_count(), ==, 0u);  // a timer without a frame would be a leak
}

void Node::step_wall_clock(Duration by) { node_clock_.step_wall(by); }

void Node::set_wall_clock_right() { node_clock_.set_wall_start(config_.clock.wall_start); }

void Node::set_clock_drift(int64_t drift_ppb) {
  node_clock_.set_drift(kernel_.now(), drift_ppb);
  timers_.rearm();
}

void Node::freeze_clock() {
  node_clock_.freeze(kernel_.now());
  timers_.rearm();
}

void Node::thaw_clock() {
  node_clock_.thaw(kernel_.now());
  timers_.rearm();
}

}  // namespace faultline::sim
