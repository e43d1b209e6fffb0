// SPDX-License-Identifier: Apache-2.0
// Counterexamples as recorded runs.
#include "model/explore/trace.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "broker/base/notation_codec.h"

namespace faultline {

template struct Codec<model::ModelInitial>;
template struct Codec<model::ModelStep>;
template struct Codec<model::ModelViolation>;

namespace model {
namespace {

// Files one event after the other, each caused by the one before.
class Chain {
 public:
  Chain() : recorder_(sim::Recorder::Options()) {}

  template <class Payload>
  void add(int64_t second, int32_t node, const Payload& payload) {
    const Slice bytes = Codec<Payload>::encode(payload, 0);
    last_ = recorder_.record(second * kSecond, node, Payload::kType, 0, last_, bytes.view());
  }
  sim::Recorder take() && { return std::move(recorder_); }

 private:
  static constexpr int64_t kSecond = 1'000'000'000;

  sim::Recorder recorder_;
  EventId last_ = 0;
};

ModelInitial initial_event(const Fields& fields) {
  ModelInitial event;
  for (const Fields::Field& field : fields.all()) event.state.push_back({field.name, field.value});
  return event;
}

ModelStep step_event(const Space& space, Expander& expander, const Step& step,
                     const std::vector<Change>& changes) {
  ModelStep event;
  event.step = expander.step_text(step);
  event.action = space.info().actions[step.action].name;
  event.parameters.assign(step.parameters.begin(), step.parameters.begin() + step.count);
  for (const Change& change : changes)
    event.changes.push_back({change.field, change.before.value_or(""), change.after.value_or("")});
  return event;
}

}  // namespace

sim::RunFile recorded_run(const Space& space, const Counterexample& counterexample,
                          std::string title) {
  const std::unique_ptr<Expander> expander = space.expander({});
  Chain chain;
  Fields before;
  std::vector<int> nodes;
  for (size_t i = 0; i < counterexample.moments.size(); ++i) {
    const Counterexample::Moment& moment = counterexample.moments[i];
    Fields fields = expander->describe(moment.state);
    const auto second = static_cast<int64_t>(i);
    if (i == 0)
      chain.add(second, -1, initial_event(fields));
    else
      chain.add(second, nodes.emplace_back(expander->node(moment.step)),
                step_event(space, *expander, moment.step, changes_between(before, fields)));
    before = std::move(fields);
  }
  ModelViolation violation;
  violation.property = counterexample.property;
  if (counterexample.loop) violation.loop_from = static_cast<int64_t>(*counterexample.loop);
  chain.add(static_cast<int64_t>(counterexample.steps()), -1, violation);
  sim::RunInfo info;
  info.scenario = std::move(title);
  info.build = "faultline 0.1.0, model";
  info.verdict = "violated";
  std::ranges::sort(nodes);
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  for (const int node : nodes)
    if (node >= 0)
      info.more.emplace_back("node:" + std::to_string(node), expander->node_name(node));
  return sim::make_run(std::move(info), {}, std::move(chain).take());
}

}  // namespace model
}  // namespace faultline
