// SPDX-License-Identifier: Apache-2.0
// Differential: asks every target the same and compares the answers as JSON, field by field,
// without times, ids and hosts. The first target is the judge. Differences that are meant are
// listed in known_differences.cc with their reasons; every other one counts as a failure.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "broker/base/notation.h"
#include "broker/wire/frame.h"
#include "tests/kafka/differential_target.h"

namespace faultline::differential {

using Json = nlohmann::json;

template <class Request>
struct Question {
  int version = 0;
  std::function<Request(const Ids&)> make;
  // Takes note of what a target chose.
  std::function<void(Ids&, const typename Request::Response&)> learn = {};
  std::string connection = "main";
};

class Differential {
 public:
  explicit Differential(std::vector<std::unique_ptr<Target>> targets);

  // Sends and compares the answers; gives the judge's, empty where a connection was closed.
  template <class Request>
  typename Request::Response ask(const Question<Request>& question) {
    post(question);
    return take(question);
  }
  // The two halves, for answers that come after other questions.
  template <class Request>
  void post(const Question<Request>& question) {
    for (const auto& target : targets_) {
      wire::RequestHeader header;
      header.api_version = static_cast<int16_t>(question.version);
      header.client_id = "differential";
      const Request request = question.make(target->ids);
      target->send(question.connection, join(wire::encode_request(header, request)));
    }
  }
  template <class Request>
  typename Request::Response take(const Question<Request>& question) {
    typename Request::Response judged{};
    std::vector<Json> answers;
    for (const auto& target : targets_) {
      const std::optional<Slice> frame = target->receive(question.connection);
      typename Request::Response response{};
      answers.push_back(read<Request>(frame, question.version, target->ids, &response));
      if (frame && question.learn) question.learn(target->ids, response);
      if (target == targets_.front()) judged = std::move(response);
    }
    const Request request = question.make(targets_.front()->ids);
    compare(wire::api_of<Request>, question.version, print_request(request, question.version),
            answers);
    return judged;
  }

  // What the next questions are about, for whoever reads of a difference.
  void about(std::string what) { about_ = std::move(what); }
  // Asks each target alone until `is_ready`, without comparing: it may have just started.
  template <class Request>
  void await(int version, const Request& request,
             const std::function<bool(const typename Request::Response&)>& is_ready) {
    for (const auto& target : targets_) {
      for (bool is_done = false; !is_done; target->pause(milliseconds(50))) {
        wire::RequestHeader header;
        header.api_version = static_cast<int16_t>(version);
        target->send("main", join(wire::encode_request(header, request)));
        typename Request::Response response{};
        read<Request>(target->receive("main"), version, target->ids, &response);
        is_done = is_ready(response);
      }
    }
  }

  void pause(Duration duration);
  // The judge may be slow to do what it has promised.
  void settle() { targets_.front()->pause(milliseconds(250)); }
  bool serves(wire::ApiKey key) const { return served_.contains(static_cast<int16_t>(key)); }
  Ids& ids_of_judge() { return targets_.front()->ids; }

  int compared() const { return compared_; }
  int failures() const { return failures_; }
  // How often each known difference was met, and how often each API was compared.
  const std::map<std::string, int>& known() const { return known_; }
  const std::map<std::string, int>& per_api() const { return per_api_; }

 private:
  template <class Request>
  Json read(const std::optional<Slice>& frame, int version, const Ids& ids,
            typename Request::Response* response) {
    if (!frame) return Json("no answer");
    const auto parsed = wire::parse_response(*frame, wire::api_of<Request>, version);
    if (!parsed) return Json("malformed: " + parsed.error().to_string());
    auto decoded = Codec<typename Request::Response>::decode(parsed->body, version);
    if (!decoded) return Json("malformed: " + decoded.error().to_string());
    *response = std::move(*decoded);
    return to_json(wire::api_of<Request>, version, parsed->body, ids);
  }
  template <class Request>
  static std::string print_request(const Request& request, int version) {
    return text_of(wire::api_of<Request>, Codec<Request>::encode(request, version), version);
  }
  static std::string text_of(const wire::ApiInfo& api, const Slice& body, int version);
  static Json to_json(const wire::ApiInfo& api, int version, const Slice& body, const Ids& ids);
  void compare(const wire::ApiInfo& api, int version, const std::string& request,
               const std::vector<Json>& answers);
  void learn_served();

  std::vector<std::unique_ptr<Target>> targets_;
  std::string about_;
  std::set<int16_t> served_;  // by all
  int compared_ = 0;
  int failures_ = 0;
  std::map<std::string, int> known_;
  std::map<std::string, int> per_api_;
};

}  // namespace faultline::differential
