// SPDX-License-Identifier: Apache-2.0
// H4. Within one incarnation, a producer's later record has the higher offset: by what it was told
// in acks, and by what each reader meets. Where no order is promised it is noted only. Nor is any
// promised for what arrives late where nothing removes duplicates: see may_be_late().
#include <map>
#include <utility>

#include <fmt/format.h>

#include "sim/check/by_partition.h"
#include "sim/check/hooks.h"

namespace faultline::sim {
namespace {

class OrderChecker final : public Checker {
 public:
  OrderChecker()
      : Checker({"H4", "order is kept where it is promised",
                 "The records of one producer to one partition are in the order in which it sent "
                 "them."}) {}

  void after_client_acked(const Step& step, const PartitionHistory& log,
                          const Claim& claim) override {
    compare(step, log, claim, 0);
  }
  void on_record_read(const Step& step, const PartitionHistory& log, const ReaderHistory& reader,
                      const Claim& claim) override {
    compare(step, log, claim, reader.number);
  }

 private:
  // The farthest record of one producer in one partition that one witness has met.
  struct Farthest {
    Offset offset = -1;
    int64_t send_id = 0;
    uint32_t incarnation = 0;
    EventId event = 0;
  };
  using Key = std::pair<uint32_t, uint32_t>;  // producer; reader, 0: its own acks

  void compare(const Step& step, const PartitionHistory& log, const Claim& claim,
               uint32_t witness) {
    if (claim.send == nullptr) return;
    if (!claim.is_in_current_incarnation) return;
    const Send& send = *claim.send;
    if (may_be_late(log, claim)) return;
    const int64_t send_id = send.request.send_id;
    Farthest& farthest = farthest_[log][{send.producer, witness}];
    const bool is_comparable = farthest.offset != -1 && farthest.incarnation == log.incarnation();
    if (is_comparable && farthest.offset != claim.offset && farthest.send_id != send_id) {
      const bool is_promised = send.request.promises_order;
      if (is_promised) count_check();
      if ((claim.offset > farthest.offset) != (send_id > farthest.send_id)) {
        Finding finding{.subject = log.subject(claim.offset),
                        .since_ns = step.header.time_ns,
                        .detected_ns = step.header.time_ns,
                        .expected = fmt::format(
                            "{} {} offset {}, as it was sent {} record {}", send.to_string(),
                            send_id > farthest.send_id ? "above" : "below", farthest.offset,
                            send_id > farthest.send_id ? "after" : "before", farthest.send_id),
                        .observed = fmt::format("it is at offset {}", claim.offset),
                        .events = {farthest.event, step.header.id}};
        if (is_promised) {
          violated(std::move(finding));
        } else {
          finding.kind = Finding::Kind::kNote;
          note(std::move(finding));
        }
      }
    }
    if (!is_comparable || claim.offset > farthest.offset)
      farthest = {claim.offset, send_id, log.incarnation(), step.header.id};
  }

  // One request in flight keeps order as far as answers come. One that the client stopped waiting
  // for may reach the log behind its own retry and all that followed; and where the client gave the
  // record up, in the only copy. Only sequences could keep these out (idempotence).
  bool may_be_late(const PartitionHistory& log, const Claim& claim) {
    const Send& send = *claim.send;
    if (!send.request.promises_order || send.request.is_idempotent) return false;
    if (send.outcome == SendOutcome::kUnknown) return true;
    Copy& first = first_copies_[{send.producer, send.request.send_id}];
    const bool is_known = first.offset != -1 && first.incarnation == log.incarnation();
    if (!is_known || claim.offset < first.offset) first = {claim.offset, log.incarnation()};
    return claim.offset > first.offset;
  }

  struct Copy {
    Offset offset = -1;
    uint32_t incarnation = 0;
  };

  ByPartition<std::map<Key, Farthest>> farthest_;
  std::map<std::pair<uint32_t, int64_t>, Copy> first_copies_;  // by producer and send id
};

}  // namespace

std::unique_ptr<Checker> make_order_checker() { return make_checker<OrderChecker>(); }

}  // namespace faultline::sim
