// SPDX-License-Identifier: Apache-2.0
// A group told line by line.
#include "tests/broker/groups/group_story.h"

#include <sstream>

#include <fmt/format.h>

namespace faultline::groups {
namespace {

int code(wire::KafkaError error) { return static_cast<int>(error); }

std::string text_of(const JoinReply& reply) {
  const std::string head = fmt::format("join#{}", reply.request);
  if (reply.error != wire::KafkaError::kNone)
    return fmt::format("{} error {} id {}", head, code(reply.error), reply.member_id);
  std::string text = fmt::format("{} gen {} {} id {} leader {}", head, reply.generation,
                                 reply.protocol.value_or("-"), reply.member_id, reply.leader);
  if (reply.skip_assignment) text += " skip";
  for (const JoinedMember& member : reply.members)
    text += fmt::format(" {}={}", member.id, to_text(member.metadata));
  return text;
}

std::string text_of(const SyncReply& reply) {
  if (reply.error != wire::KafkaError::kNone)
    return fmt::format("sync#{} error {}", reply.request, code(reply.error));
  return fmt::format("sync#{} assigned {}", reply.request, to_text(reply.assignment));
}

std::string text_of(const PlainReply& reply) {
  std::string text = fmt::format("#{} error {}", reply.request, code(reply.error));
  for (const wire::KafkaError error : reply.members) text += fmt::format(" {}", code(error));
  return text;
}

std::string text_of(const Store& store) {
  std::string text = fmt::format("store {} gen {}", store.id, store.record.generation);
  for (const auto& member : store.record.members)
    text += fmt::format(" {}={}", member.member_id, to_text(member.assignment));
  return text;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

}  // namespace

std::string to_text(const Slice& bytes) {
  return {reinterpret_cast<const char*>(bytes.view().data()), bytes.size()};
}

Slice to_slice(std::string_view text) {
  return Slice::copy_of({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

std::string to_text(const Output& output) {
  return std::visit([](const auto& each) { return text_of(each); }, output);
}

std::string GroupStory::step_text(const Input& input) {
  const Moment moment{now, now.ns / 1'000'000};
  std::string text;
  for (const Output& output : step(state, rules, config, moment, input))
    text += to_text(output) + "\n";
  return text;
}

Join GroupStory::join_input(const std::string& id, const std::string& fresh,
                            const std::string& protocols) {
  Join join;
  join.request = ++last_request;
  join.sender.member_id = id;
  join.client_id = fresh.empty() ? id : fresh;
  join.session_timeout = seconds(10);
  join.rebalance_timeout = seconds(30);
  join.protocol_type = "consumer";
  for (const std::string& name : words_of(protocols))
    join.protocols.push_back({name, to_slice("subscribed")});
  join.can_learn_id = can_learn_id;
  join.fresh_member_id = fresh;
  return join;
}

std::string GroupStory::join(const std::string& id, const std::string& fresh,
                             const std::string& protocols) {
  return step_text(join_input(id, fresh, protocols));
}

std::string GroupStory::join_static(const std::string& instance, const std::string& id,
                                    const std::string& fresh) {
  Join input = join_input(id, fresh, "range");
  input.sender.instance_id = instance;
  return step_text(input);
}

std::string GroupStory::sync(const std::string& id, int32_t generation,
                             const std::string& assignments) {
  Sync input;
  input.request = ++last_request;
  input.sender.member_id = id;
  input.generation = generation;
  for (const std::string& word : words_of(assignments)) {
    const size_t equals = word.find('=');
    input.assignments[word.substr(0, equals)] = to_slice(word.substr(equals + 1));
  }
  return step_text(input);
}

std::string GroupStory::heartbeat(const std::string& id, int32_t generation) {
  return step_text(Heartbeat{++last_request, {id, std::nullopt}, generation});
}

std::string GroupStory::leave(const std::string& id) {
  return step_text(Leave{++last_request, {{id, std::nullopt}}});
}

std::string GroupStory::commit(const std::string& id, int32_t generation) {
  return step_text(CommitCheck{++last_request, {id, std::nullopt}, generation});
}

std::string GroupStory::stored(uint64_t id, wire::KafkaError error) {
  return step_text(Stored{id, error});
}

std::string GroupStory::remove() { return step_text(Delete{++last_request}); }

std::string GroupStory::wait_ms(int64_t ms) {
  const Instant until = now + milliseconds(ms);
  std::string text;
  while (true) {
    const std::optional<Instant> next = state.next_deadline();
    if (!next || *next > until) break;
    now = std::max(now, *next);
    text += step_text(Tick{});
  }
  now = until;
  return text;
}

void GroupStory::make_stable_pair() {
  join("", "a");
  join("a");
  join("", "b");
  join("b");
  wait_ms(6'000);
  sync("a", 1, "a=A1 b=B1");
  sync("b", 1);
  stored(1);
  last_request = 0;
}

}  // namespace faultline::groups
