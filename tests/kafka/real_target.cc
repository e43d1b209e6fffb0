// SPDX-License-Identifier: Apache-2.0
// A broker on a port of this machine.
#include <thread>

#include "tests/kafka/differential_target.h"
#include "tests/kafka/load_connection.h"

namespace faultline::differential {
namespace {

class RealTarget final : public Target {
 public:
  RealTarget(std::string name, uint16_t port) : Target(std::move(name)), port_(port) {}

  void send(const std::string& connection, const Slice& frame) override {
    // A peer that has closed is found out by receive().
    find(connection).send(frame.view());
  }
  std::optional<Slice> receive(const std::string& connection) override {
    std::optional<Slice> frame = find(connection).receive();
    if (!frame) connections_.erase(connection);
    return frame;
  }
  void pause(Duration duration) override {
    std::this_thread::sleep_for(std::chrono::nanoseconds(duration.ns));
  }

 private:
  load::LoadConnection& find(const std::string& name) {
    const auto found = connections_.find(name);
    if (found != connections_.end()) return found->second;
    return connections_.emplace(name, load::connect_or_die(port_)).first->second;
  }

  const uint16_t port_;
  std::map<std::string, load::LoadConnection> connections_;
};

}  // namespace

Uuid Ids::topic(const std::string& name) const {
  const auto found = topics.find(name);
  if (found != topics.end()) return found->second;
  Uuid unknown;
  unknown.bytes.fill(7);
  return unknown;
}

Ids::Producer Ids::producer(const std::string& name) const {
  const auto found = producers.find(name);
  return found == producers.end() ? Producer{} : found->second;
}

std::string Ids::member(const std::string& name) const {
  const auto found = members.find(name);
  return found == members.end() ? name : found->second;
}

std::unique_ptr<Target> make_real_target(std::string name, uint16_t port) {
  return std::make_unique<RealTarget>(std::move(name), port);
}

}  // namespace faultline::differential
