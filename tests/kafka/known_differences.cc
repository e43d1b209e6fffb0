// SPDX-License-Identifier: Apache-2.0
// The list.
#include "tests/kafka/known_differences.h"

#include <array>

namespace faultline::differential {
namespace {

using Json = nlohmann::json;

constexpr int kUnknownServerError = -1;

bool judge_failed(const Json& judge, const Json&) { return judge == kUnknownServerError; }

constexpr std::array kKnown = {
    KnownDifference{
        "Produce", "error_code", judge_failed,
        "what cannot be decompressed is an unknown error to Kafka; ours is CORRUPT_MESSAGE"},
    KnownDifference{"Produce", "log_start_offset",
                    [](const Json& judge, const Json& ours) { return judge != -1 && ours == -1; },
                    "told by Kafka beside an unknown error or a bad epoch, not by us"},
    KnownDifference{
        "Produce", "error_code",
        [](const Json& judge, const Json& ours) { return judge == 47 && ours == 87; },
        "a producer id with epoch -1 is a malformed batch to us, a fenced producer to Kafka"},
    KnownDifference{
        "IncrementalAlterConfigs", "error_code", judge_failed,
        "an operation that does not exist is an unknown error to Kafka; ours is INVALID_REQUEST"},
    KnownDifference{"IncrementalAlterConfigs", "error_message",
                    [](const Json& judge, const Json& ours) {
                      return judge.is_null() && ours.is_string() &&
                             ours.get<std::string>().starts_with("Unknown operations type");
                    },
                    "and we say so"},
    KnownDifference{"DescribeGroups", "group_state",
                    [](const Json& judge, const Json& ours) {
                      return judge == "Dead" && ours == "CompletingRebalance";
                    },
                    "Kafka does not see a group whose first generation it has not written"},
    KnownDifference{
        "DescribeGroups", "members",
        [](const Json& judge, const Json& ours) { return judge.empty() && !ours.empty(); },
        "and not its members"},
    KnownDifference{
        "DescribeGroups", "protocol_type",
        [](const Json& judge, const Json& ours) { return judge == "" && ours == "consumer"; },
        "and not its protocol"},
    KnownDifference{"DescribeConfigs", "synonyms",
                    [](const Json& judge, const Json& ours) {
                      return judge.empty() && ours.dump().find("hours") != std::string::npos;
                    },
                    "we also tell the defaults of log.roll.hours and log.roll.jitter.hours"},
};

}  // namespace

std::span<const KnownDifference> known_differences() { return kKnown; }

}  // namespace faultline::differential
