// SPDX-License-Identifier: Apache-2.0
// The rules of topic names.
#include "broker/metadata/topic_name.h"

namespace faultline::metadata {
namespace {

bool is_legal_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

char fold(char c) { return c == '.' ? '_' : c; }

}  // namespace

std::string topic_name_problem(std::string_view name) {
  if (name.empty()) return "the empty string is not allowed";
  if (name == ".") return "'.' is not allowed";
  if (name == "..") return "'..' is not allowed";
  const std::string quoted = "'" + std::string(name) + "'";
  if (name.size() > kTopicNameBytesMax) {
    return "the length of " + quoted + " is longer than the max allowed length " +
           std::to_string(kTopicNameBytesMax);
  }
  for (char c : name) {
    if (is_legal_character(c)) continue;
    return quoted +
           " contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
  }
  return {};
}

bool topic_names_collide(std::string_view a, std::string_view b) {
  if (a == b || a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (fold(a[i]) != fold(b[i])) return false;
  return true;
}

bool is_internal_topic(std::string_view name) {
  return name == kOffsetsTopicName || name == "__transaction_state" ||
         name == "__share_group_state";
}

}  // namespace faultline::metadata
