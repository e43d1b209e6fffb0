// SPDX-License-Identifier: Apache-2.0
// Sections in the order of their tags; every count read is checked against the bytes that are left.
#include "sim/trace/run_file.h"

#include <algorithm>
#include <map>

#include "broker/base/byte_io.h"

namespace faultline::sim {
namespace {

constexpr std::string_view kMagic = "flrun\r\n\x1a";
constexpr uint32_t kVersion = 1;
enum Section : uint8_t { kInfo = 1, kTypes, kChoices, kCheckpoints, kEvents };

void write_text(ByteWriter& to, std::string_view text) {
  to.unsigned_varint(text.size());
  to.append(as_bytes(text));
}

std::string read_text(ByteReader& from) {
  const uint64_t size = from.unsigned_varint(10);
  return std::string(as_text(from.view(size)));
}

void write_fingerprint(ByteWriter& to, const Fingerprint& fingerprint) {
  to.write(fingerprint.high);
  to.write(fingerprint.low);
}

Fingerprint read_fingerprint(ByteReader& from) {
  Fingerprint fingerprint;
  fingerprint.high = from.read<uint64_t>();
  fingerprint.low = from.read<uint64_t>();
  return fingerprint;
}

// A number of elements, each of which takes at least `bytes_min` bytes.
uint64_t read_count(ByteReader& from, uint64_t bytes_min) {
  const uint64_t count = from.unsigned_varint(10);
  if (count <= from.remaining() / bytes_min) return count;
  from.set_failed();
  return 0;
}

void write_info(ByteWriter& to, const RunInfo& info) {
  write_text(to, info.scenario);
  to.write(info.seed);
  write_text(to, info.build);
  write_text(to, info.verdict);
  to.write(info.event_count);
  write_fingerprint(to, info.fingerprint);
  to.unsigned_varint(info.more.size());
  for (const auto& [key, value] : info.more) {
    write_text(to, key);
    write_text(to, value);
  }
}

void read_info(ByteReader& from, RunInfo& info) {
  info.scenario = read_text(from);
  info.seed = from.read<uint64_t>();
  info.build = read_text(from);
  info.verdict = read_text(from);
  info.event_count = from.read<uint64_t>();
  info.fingerprint = read_fingerprint(from);
  for (uint64_t left = read_count(from, 2); left > 0 && from.ok(); --left) {
    std::string key = read_text(from);
    std::string value = read_text(from);
    info.more.emplace_back(std::move(key), std::move(value));
  }
}

void write_types(ByteWriter& to, const std::vector<TypeInfo>& types) {
  to.unsigned_varint(types.size());
  for (const TypeInfo& type : types) {
    to.write(type.id);
    write_text(to, type.name);
    write_text(to, type.schema);
  }
}

void read_types(ByteReader& from, std::vector<TypeInfo>& types) {
  for (uint64_t left = read_count(from, 4); left > 0 && from.ok(); --left) {
    TypeInfo type;
    type.id = from.read<uint16_t>();
    type.name = read_text(from);
    type.schema = read_text(from);
    if (!types.empty() && types.back().id >= type.id) from.set_failed();
    types.push_back(std::move(type));
  }
}

void write_choices(ByteWriter& to, const std::vector<uint64_t>& choices) {
  to.unsigned_varint(choices.size());
  for (uint64_t choice : choices) to.unsigned_varint(choice);
}

void read_choices(ByteReader& from, std::vector<uint64_t>& choices) {
  for (uint64_t left = read_count(from, 1); left > 0 && from.ok(); --left)
    choices.push_back(from.unsigned_varint(10));
}

void write_checkpoints(ByteWriter& to, const std::vector<Checkpoint>& checkpoints) {
  to.unsigned_varint(checkpoints.size());
  for (const Checkpoint& checkpoint : checkpoints) {
    to.write(checkpoint.event_count);
    to.write(checkpoint.time_ns);
    write_fingerprint(to, checkpoint.fingerprint);
  }
}

void read_checkpoints(ByteReader& from, std::vector<Checkpoint>& checkpoints) {
  for (uint64_t left = read_count(from, 32); left > 0 && from.ok(); --left) {
    Checkpoint checkpoint;
    checkpoint.event_count = from.read<uint64_t>();
    checkpoint.time_ns = from.read<int64_t>();
    checkpoint.fingerprint = read_fingerprint(from);
    const uint64_t before = checkpoints.empty() ? 0 : checkpoints.back().event_count;
    if (checkpoint.event_count <= before) from.set_failed();
    checkpoints.push_back(checkpoint);
  }
}

// What both directions of the event codec remember.
struct DeltaState {
  int64_t time_ns = 0;
  std::map<int32_t, EventId> next_ids;

  EventId& next_id(int32_t node) {
    return next_ids.try_emplace(node, event_id(node, 1)).first->second;
  }
};

int64_t difference(uint64_t a, uint64_t b) { return static_cast<int64_t>(a - b); }

void write_events(ByteWriter& to, const EventLog& log) {
  to.unsigned_varint(log.size());
  DeltaState state;
  for (uint64_t index = log.first_index(); index < log.end_index(); ++index) {
    const auto [header, payload, value] = log.at(index);
    EventId& next_id = state.next_id(header.node);
    to.varint(header.node);
    to.unsigned_varint(header.kind);
    to.varlong(
        difference(static_cast<uint64_t>(header.time_ns), static_cast<uint64_t>(state.time_ns)));
    to.varlong(difference(header.id, next_id));
    to.unsigned_varint(header.entity);
    to.varlong(header.cause == 0 ? 0 : difference(header.id, header.cause));
    to.unsigned_varint(payload.size());
    to.append(payload);
    state.time_ns = header.time_ns;
    next_id = header.id + 1;
  }
}

void read_event(ByteReader& from, DeltaState& state, EventLog& log, FingerprintRoll& roll) {
  EventHeader header;
  header.node = from.varint();
  const uint32_t kind = from.unsigned_varint32();
  if (kind > UINT16_MAX) from.set_failed();
  header.kind = static_cast<uint16_t>(kind);
  header.time_ns = static_cast<int64_t>(static_cast<uint64_t>(state.time_ns) +
                                        static_cast<uint64_t>(from.varlong()));
  EventId& next_id = state.next_id(header.node);
  header.id = next_id + static_cast<uint64_t>(from.varlong());
  header.entity = from.unsigned_varint(10);
  const int64_t back = from.varlong();
  header.cause = back == 0 ? 0 : header.id - static_cast<uint64_t>(back);
  const uint64_t size = from.unsigned_varint(10);
  if (size > EventLog::kPayloadBytesMax) from.set_failed();
  const Bytes payload = from.view(size);
  if (!from.ok()) return;
  state.time_ns = header.time_ns;
  next_id = header.id + 1;
  log.append(header, payload);
  roll.add(header, payload);
}

// All events give the fingerprint that the file states, or this is not the run it says it is.
void read_events(ByteReader& from, RunFile& run) {
  DeltaState state;
  FingerprintRoll roll;
  uint64_t left = read_count(from, 7);
  if (left > run.info.event_count) from.set_failed();
  run.events = EventLog(0, run.info.event_count - left);
  for (; left > 0 && from.ok(); --left) read_event(from, state, run.events, roll);
  if (!run.is_complete()) return;
  if (roll.fingerprint() != run.info.fingerprint || roll.checkpoints() != run.checkpoints)
    from.set_failed();
}

void read_section(uint8_t tag, ByteReader& from, RunFile& run) {
  switch (tag) {
    case kInfo: return read_info(from, run.info);
    case kTypes: return read_types(from, run.types);
    case kChoices: return read_choices(from, run.choices);
    case kCheckpoints: return read_checkpoints(from, run.checkpoints);
    case kEvents: return read_events(from, run);
    default: return;
  }
}

template <class Write, class Part>
void write_section(ByteWriter& to, Section tag, Write write, const Part& part) {
  to.write(static_cast<uint8_t>(tag));
  const size_t length_at = to.size();
  to.write(uint64_t{0});
  write(to, part);
  to.patch(length_at, static_cast<uint64_t>(to.size() - length_at - sizeof(uint64_t)));
}

}  // namespace

const TypeInfo* RunFile::type(uint16_t id) const {
  const auto place = std::lower_bound(types.begin(), types.end(), id,
                                      [](const TypeInfo& a, uint16_t b) { return a.id < b; });
  return place != types.end() && place->id == id ? &*place : nullptr;
}

RunFile make_run(RunInfo info, std::vector<uint64_t> choices, Recorder&& recorder) {
  RunFile run;
  run.info = std::move(info);
  run.info.event_count = recorder.event_count();
  run.info.fingerprint = recorder.fingerprint();
  for (const EventType* type : recorder.types()) {
    TypeInfo& known = run.types.emplace_back(TypeInfo{type->id, type->name, {}});
    type->describe(known.schema);
  }
  run.choices = std::move(choices);
  run.checkpoints = recorder.checkpoints();
  run.events = std::move(recorder).take_log();
  return run;
}

Slice encode_run(const RunFile& run) {
  ByteWriter to;
  to.append(as_bytes(kMagic));
  to.write(kVersion);
  write_section(to, kInfo, write_info, run.info);
  write_section(to, kTypes, write_types, run.types);
  write_section(to, kChoices, write_choices, run.choices);
  write_section(to, kCheckpoints, write_checkpoints, run.checkpoints);
  write_section(to, kEvents, write_events, run.events);
  to.write(hash64(to.view()));
  return std::move(to).finish();
}

Result<RunFile> decode_run(Bytes bytes) {
  constexpr size_t kHead = 12;
  constexpr size_t kTail = sizeof(uint64_t);
  if (!as_text(bytes).starts_with(kMagic)) return fail(ErrorCode::kCorrupt, "not a recorded run");
  if (bytes.size() < kHead + kTail) return fail(ErrorCode::kTruncated, "recorded run");
  if (const uint32_t version = load_big_endian<uint32_t>(bytes.data() + kMagic.size());
      version != kVersion)
    return fail(ErrorCode::kUnsupported, "recorded run of version " + std::to_string(version));
  const Bytes covered = bytes.first(bytes.size() - kTail);
  if (load_big_endian<uint64_t>(bytes.data() + covered.size()) != hash64(covered))
    return fail(ErrorCode::kCorrupt, "recorded run: its checksum does not fit, or it is cut short");
  RunFile run;
  ByteReader from(covered.subspan(kHead));
  uint8_t last_tag = 0;
  while (from.remaining() > 0) {
    const uint8_t tag = from.read<uint8_t>();
    const uint64_t length = from.read<uint64_t>();
    const bool is_in_order = tag > last_tag;
    last_tag = tag;
    ByteReader part(from.view(length));
    if (from.ok() && is_in_order) read_section(tag, part, run);
    if (!from.ok() || !is_in_order || !part.ok())
      return fail(ErrorCode::kCorrupt, "recorded run: section " + std::to_string(tag));
  }
  return run;
}

}  // namespace faultline::sim
