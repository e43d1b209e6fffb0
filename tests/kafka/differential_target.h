// SPDX-License-Identifier: Apache-2.0
// Target: one of the brokers that get the same requests. It moves frames and knows what that broker
// chose by itself (ids), by the names that the operations use for them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "broker/base/bytes.h"
#include "broker/base/ids.h"
#include "broker/base/time.h"

namespace faultline::differential {

struct Ids {
  struct Producer {
    int64_t id = -1;
    int16_t epoch = -1;
  };
  std::map<std::string, Uuid> topics;
  std::map<std::string, Producer> producers;
  std::map<std::string, std::string> members;

  Uuid topic(const std::string& name) const;
  Producer producer(const std::string& name) const;
  std::string member(const std::string& name) const;
};

class Target {
 public:
  explicit Target(std::string name) : name(std::move(name)) {}
  virtual ~Target() = default;

  // On the named connection, which is opened when there is none.
  virtual void send(const std::string& connection, const Slice& frame) = 0;
  // The next frame without its length; nothing when the broker has closed the connection, which is
  // then forgotten.
  virtual std::optional<Slice> receive(const std::string& connection) = 0;
  // Lets that much time pass.
  virtual void pause(Duration duration) = 0;

  const std::string name;
  Ids ids;
};

std::unique_ptr<Target> make_real_target(std::string name, uint16_t port);
// The broker on a simulated machine, behind a simulated network.
std::unique_ptr<Target> make_simulated_target(
    std::string name, uint64_t seed,
    const std::map<std::string, std::string, std::less<>>& configs);

}  // namespace faultline::differential
