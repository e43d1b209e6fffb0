// SPDX-License-Identifier: Apache-2.0
// Goal: typed events reach the probe with the right kind and bytes, and every event of the shared
// vocabulary describes itself and comes back as it was. Method: a probe that remembers.
#include "broker/env/emit.h"

#include <set>

#include <gtest/gtest.h>

#include "broker/base/notation_fuzz.h"
#include "broker/base/notation_print.h"
#include "broker/env/history_events.h"
#include "broker/env/history_marks.h"
#include "broker/env/world_events.h"

namespace faultline {
namespace {

class LastEvent final : public Probe {
 public:
  EventId emit(const EventType& event_type, uint64_t event_entity,
               const EventPayload& given) override {
    type = &event_type;
    entity = event_entity;
    payload.assign(given.bytes.begin(), given.bytes.end());
    value = given.value;
    if (event_type.id == history::SendFailed::kType.id)
      with_payload<history::SendFailed>(given, [&](const auto& each) { error = each.error; });
    return ++count;
  }
  bool wants_details() const override { return true; }

  const EventType* type = nullptr;
  uint64_t entity = 0;
  std::vector<uint8_t> payload;
  const void* value = nullptr;
  std::string error;  // as with_payload() gives it
  EventId count = 0;
};

TEST(Emit, who_knows_the_type_sees_the_struct_and_later_what_its_bytes_say) {
  LastEvent probe;
  const history::SendFailed event{.send_id = 3, .error = "why"};
  emit(probe, 7, event);
  EXPECT_EQ(probe.value, &event);
  EXPECT_EQ(probe.error, "why");
  std::string error;
  const auto read = [&](const history::SendFailed& each) { error = each.error; };
  EXPECT_TRUE(with_payload<history::SendFailed>(Bytes(probe.payload), read));
  EXPECT_EQ(error, "why");
  error = "not called";
  EXPECT_FALSE(with_payload<history::SendFailed>(Bytes(probe.payload).first(5), read));
  EXPECT_EQ(error, "not called");
}

TEST(Emit, gives_the_probe_the_kind_the_entity_and_the_payload) {
  LastEvent probe;
  EXPECT_EQ(emit(probe, 7, history::SendFailed{.send_id = 3, .error = "why"}), 1U);
  EXPECT_EQ(probe.type, &history::SendFailed::kType);
  EXPECT_EQ(probe.entity, 7U);
  const Result<history::SendFailed> again = decode_event<history::SendFailed>(probe.payload);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->send_id, 3);
  EXPECT_EQ(again->error, "why");
  EXPECT_FALSE(decode_event<history::SendFailed>(Bytes(probe.payload).first(5)).has_value());
}

TEST(Emit, describes_a_payload_in_the_notation) {
  std::string schema;
  history::Polled::kType.describe(schema);
  EXPECT_EQ(schema,
            "client.polled 0\n"
            "  topic string\n"
            "  partition int32\n"
            "  fetch uint64\n"
            "  high_watermark int64\n"
            "  records []struct\n"
            "    offset int64\n"
            "    digest uint64\n"
            "    timestamp_ms int64\n");
}

template <class... Payloads>
void check_vocabulary() {
  std::set<uint16_t> ids;
  std::set<std::string> names;
  const auto check = [&]<class Payload>(Payload*) {
    LastEvent probe;
    ids.insert(Payload::kType.id);
    names.insert(Payload::kType.name);
    EXPECT_GE(Payload::kType.id, 0x1000);
    EXPECT_LT(Payload::kType.id, 0x1300);
    Draws draws(Payload::kType.id, 0, 0);
    const Payload payload = random_message<Payload>(0, draws);
    emit(probe, 1, payload);
    const Result<Payload> again = decode_event<Payload>(probe.payload);
    ASSERT_TRUE(again.has_value()) << Payload::kType.name;
    EXPECT_EQ(to_json(*again, 0), to_json(payload, 0));
  };
  (check(static_cast<Payloads*>(nullptr)), ...);
  EXPECT_EQ(ids.size(), sizeof...(Payloads));
  EXPECT_EQ(names.size(), sizeof...(Payloads));
}

TEST(Emit, carries_every_event_of_the_shared_vocabulary_under_its_own_id_and_name) {
  using namespace history;
  check_vocabulary<LogFile, LogAppended, LogFlushed, LogRecovered, LogTruncated, LogStartMoved,
                   LogFenced, LogAudited, LogDeleted, LogReached, BrokerAcked, SendInvoked,
                   SendAcked, SendFailed, SendUnknown, FetchSent, Polled, PositionReset, Unreadable,
                   ReadThrough, NodeStarted, NodeCrashed, NodeStopped, FaultInjected, FaultHealed,
                   DiskLost, DiskDamaged, TailStarted, RunEnded>();
}

}  // namespace
}  // namespace faultline
