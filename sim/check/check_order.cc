// SPDX-License-Identifier: Apache-2.0
// H4. Within one incarnation, a producer's later record has the higher offset: by what it was told
// in acks, and by what each reader meets. Where no order is promised it is noted only.
#include <map>

#include <fmt/format.h>

#include "sim/check/checker.h"

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
  using Key = std::tuple<TopicPartition, uint32_t, uint32_t>;  // producer; reader, 0: its own acks

  void compare(const Step& step, const PartitionHistory& log, const Claim& claim,
               uint32_t witness) {
    if (claim.send == nullptr) return;
    if (!claim.is_in_current_incarnation) return;
    const Send& send = *claim.send;
    const int64_t send_id = send.request.send_id;
    Farthest& farthest = farthest_[{log.name(), send.producer, witness}];
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

  std::map<Key, Farthest> farthest_;
};

}  // namespace

std::unique_ptr<Checker> make_order_checker() { return std::make_unique<OrderChecker>(); }

}  // namespace faultline::sim
