// SPDX-License-Identifier: Apache-2.0
// What can be taken from clients, topics and the time that they have.
#include <algorithm>
#include <utility>

#include "analysis/shrink/passes.h"

namespace faultline::shrink {

using scenarios::Arrivals;
using scenarios::Client;
using scenarios::ClientType;
using scenarios::Fault;
using scenarios::Scenario;

namespace {

constexpr int64_t kSeconds[] = {1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60};

template <class Change>
void add_client_change(const Scenario& scenario, size_t number, Candidates& candidates,
                       Change change) {
  Scenario next = scenario;
  if (!change(next.clients[number])) return;
  candidates.push_back(std::move(next));
}

void set_time(Scenario& scenario, Duration time) {
  scenario.time = time;
  scenario.faults.random.quiet_after = time;
  std::erase_if(scenario.faults.timeline, [&](const Fault& fault) { return fault.at >= time; });
  for (Client& client : scenario.clients) {
    if (client.stop && *client.stop >= time) client.stop.reset();
  }
}

void drop_client(Scenario& scenario, size_t number) {
  const std::string id = scenario.clients[number].id;
  scenario.clients.erase(scenario.clients.begin() + static_cast<std::ptrdiff_t>(number));
  std::erase_if(scenario.faults.timeline,
                [&](const Fault& fault) { return fault.node == id || fault.peer == id; });
}

}  // namespace

Candidates with_shorter_time(const Scenario& scenario) {
  Candidates candidates;
  for (const int64_t count : kSeconds) {
    const Duration time = seconds(count);
    if (time >= scenario.time) break;
    Scenario next = scenario;
    set_time(next, time);
    candidates.push_back(std::move(next));
  }
  for (const int64_t count : kSeconds) {
    constexpr int64_t kSettleMin = 5;  // less would make a liveness failure of a healthy run
    if (count < kSettleMin) continue;
    if (seconds(count) >= scenario.settle) break;
    Scenario next = scenario;
    next.settle = seconds(count);
    candidates.push_back(std::move(next));
  }
  return candidates;
}

Candidates with_fewer_clients(const Scenario& scenario) {
  Candidates candidates;
  for (size_t i = scenario.clients.size(); i-- > 0;) {
    Scenario next = scenario;
    drop_client(next, i);
    candidates.push_back(std::move(next));
  }
  return candidates;
}

Candidates with_fewer_operations(const Scenario& scenario) {
  Candidates candidates;
  const Client plain;
  for (size_t i = 0; i < scenario.clients.size(); ++i) {
    const auto add = [&](auto change) { add_client_change(scenario, i, candidates, change); };
    add([&](Client& client) {
      if (client.type != ClientType::kProducer) return false;
      return std::exchange(client.arrivals, Arrivals::kEven) != Arrivals::kEven;
    });
    for (const int64_t rate : {1, 2, 5, 10, 20, 50, 100}) {
      add([&](Client& client) {
        if (client.type != ClientType::kProducer || client.rate.per != seconds(1)) return false;
        if (client.rate.count <= rate) return false;
        client.rate.count = rate;
        return true;
      });
    }
    for (const int64_t stop : kSeconds) {
      add([&](Client& client) {
        const Duration until = client.stop.value_or(scenario.time);
        if (seconds(stop) >= until || seconds(stop) <= client.start) return false;
        client.stop = seconds(stop);
        return true;
      });
    }
    add([&](Client& client) { return std::exchange(client.start, plain.start) != plain.start; });
    add([&](Client& client) {
      return std::exchange(client.value_size, plain.value_size) != plain.value_size;
    });
    for (const int64_t size : {128, 512, 1 << 10, 4 << 10, 8 << 10, 16 << 10}) {
      add([&](Client& client) {
        const scenarios::SizeRange fixed{size, size};
        const bool is_ranged = client.value_size.min != client.value_size.max;
        if (!is_ranged && client.value_size.max <= size) return false;
        client.value_size = fixed;
        return true;
      });
    }
    add([&](Client& client) {
      const bool is_plain = client.keys.distribution == plain.keys.distribution &&
                            client.keys.count == plain.keys.count;
      client.keys = plain.keys;
      return !is_plain;
    });
  }
  return candidates;
}

Candidates with_fewer_topics(const Scenario& scenario) {
  Candidates candidates;
  for (size_t i = scenario.topics.size(); i-- > 0;) {
    Scenario next = scenario;
    const std::string name = next.topics[i].name;
    next.topics.erase(next.topics.begin() + static_cast<std::ptrdiff_t>(i));
    for (size_t c = next.clients.size(); c-- > 0;) {
      Client& client = next.clients[c];
      std::erase(client.topics, name);
      std::erase_if(client.assignment, [&](const auto& each) { return each.topic == name; });
      if (client.topics.empty()) drop_client(next, c);
    }
    candidates.push_back(std::move(next));
  }
  for (size_t i = 0; i < scenario.topics.size(); ++i) {
    for (const int64_t partitions : {1, 2, 4}) {
      if (scenario.topics[i].partitions <= partitions) break;
      Scenario next = scenario;
      next.topics[i].partitions = partitions;
      for (Client& client : next.clients)
        std::erase_if(client.assignment, [&](const auto& each) {
          return each.topic == next.topics[i].name && each.partition >= partitions;
        });
      candidates.push_back(std::move(next));
    }
  }
  for (size_t c = 0; c < scenario.clients.size(); ++c) {
    for (size_t t = scenario.clients[c].topics.size(); t-- > 0;) {
      if (scenario.clients[c].topics.size() < 2) break;
      Scenario next = scenario;
      auto& topics = next.clients[c].topics;
      topics.erase(topics.begin() + static_cast<std::ptrdiff_t>(t));
      candidates.push_back(std::move(next));
    }
  }
  return candidates;
}

}  // namespace faultline::shrink
