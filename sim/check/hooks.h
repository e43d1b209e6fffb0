// SPDX-License-Identifier: Apache-2.0
// The hooks of nearly every event, and which of them a checker overrides: nobody else is called.
// The compiler finds that out, so no checker can be forgotten.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

#include "sim/check/checker.h"

namespace faultline::sim {

enum class Hook : uint8_t {
  kAppended,
  kBrokerAcked,
  kSend,
  kResolved,
  kClaim,
  kClientAcked,
  kFetch,
  kPolled,
  kRecordRead,
  kStep,
  kCount
};

template <class C>
std::unique_ptr<Checker> make_checker() {
  const auto bit = []<class Own, class Base>(Hook hook, Own, Base) {
    return uint32_t{!std::is_same_v<Own, Base>} << static_cast<unsigned>(hook);
  };
  auto checker = std::make_unique<C>();
  checker->hooks = bit(Hook::kAppended, &C::on_appended, &Checker::on_appended) |
                   bit(Hook::kBrokerAcked, &C::on_broker_acked, &Checker::on_broker_acked) |
                   bit(Hook::kSend, &C::on_send, &Checker::on_send) |
                   bit(Hook::kResolved, &C::after_resolved, &Checker::after_resolved) |
                   bit(Hook::kClaim, &C::on_claim, &Checker::on_claim) |
                   bit(Hook::kClientAcked, &C::after_client_acked, &Checker::after_client_acked) |
                   bit(Hook::kFetch, &C::on_fetch, &Checker::on_fetch) |
                   bit(Hook::kPolled, &C::on_polled, &Checker::on_polled) |
                   bit(Hook::kRecordRead, &C::on_record_read, &Checker::on_record_read) |
                   bit(Hook::kStep, &C::on_step, &Checker::on_step);
  return checker;
}

}  // namespace faultline::sim
